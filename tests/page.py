"""A page of docs/, block by block: files that a stranger writes, and commands."""

import re
from pathlib import Path
from typing import NamedTuple

DOCS = Path(__file__).parents[1] / "docs"


class Block(NamedTuple):
    """A fenced block below a heading: a file, which its first line names, or commands (``file`` is empty)."""

    heading: str
    file: str
    text: str


def blocks(name="extending.md"):
    found = []
    for section in (DOCS / name).read_text().split("\n## ")[1:]:
        for language, text in re.findall(r"```(\w+)\n(.*?)```", section, re.DOTALL):
            file = "" if language == "sh" else re.match(r"# (\S+)\n", text)[1]
            found.append(Block(section.splitlines()[0], file, text))
    return found


def files(name="extending.md"):
    """Return what is in every file, by its path."""
    return {block.file: block.text for block in blocks(name) if block.file}
