"""JSON that people write by hand: read with errors that say where it is broken."""

import json
from pathlib import Path
from typing import Any

from delaysnn.core.errors import InputError
from delaysnn.core.metrics import parse_json


def read_user_json(path: str | Path, needs: str) -> Any:
    """Return the content of a JSON that a user wrote.

    Args:
        path: of the file.
        needs: what such a file is for, for a message where it is missing.

    Raises:
        InputError: the file is missing, is not JSON, or has a key twice; the message names the line, and a superfluous
            comma.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file; {needs}.") from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: is not UTF-8, byte {error.start} is 0x{error.object[error.start]:02x}; save it as UTF-8."
        ) from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from None
    try:
        return parse_json(path, text)
    except json.JSONDecodeError as error:
        # Python itself says so from 3.13 on alone.
        if text[error.pos :].lstrip()[:1] in {"}", "]"} and text[: error.pos].rstrip().endswith(","):
            reason = (
                f"a comma stands before the closing {text[error.pos :].lstrip()[0]} in line {error.lineno}; remove it"
            )
        else:
            reason = f"line {error.lineno}, column {error.colno}: {error.msg}"
        raise InputError(f"{path}: is not JSON; {reason}.") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: cannot be read as JSON ({error}).") from None
