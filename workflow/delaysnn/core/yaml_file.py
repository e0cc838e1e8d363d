"""YAML without duplicate keys: YAML itself would silently take the last one."""

from pathlib import Path
from typing import Any

import yaml

from delaysnn.core.errors import InputError


class _Loader(yaml.SafeLoader):
    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        # Here what is merged (<<) has not been mixed in yet, which is there to be overridden.
        node = super().compose_mapping_node(anchor)
        lines: dict[Any, int] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == "tag:yaml.org,2002:merge":
                continue
            value, line = self.construct_object(key), key.start_mark.line + 1
            if value in lines:
                raise InputError(
                    f"{self.name}: has the key {value!r} twice, in lines {lines[value]} and {line}; keep one of them."
                )
            lines[value] = line
        return node


def read_yaml(path: str | Path) -> Any:
    """Read YAML, or JSON, of which it is a part but for tabs.

    Raises:
        InputError: the file is missing, is not YAML, or has a key twice, naming the lines.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file.") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not YAML, since it is not text in UTF-8 ({error}).") from None
    if text.lstrip().startswith("{"):
        text = text.replace("\t", " ")
    loader = _Loader(text)
    loader.name = str(path)  # in its messages
    try:
        return loader.get_single_data()
    except yaml.YAMLError as error:
        raise InputError(f"{path}: is not YAML ({' '.join(str(error).split())}).") from None
    finally:
        loader.dispose()
