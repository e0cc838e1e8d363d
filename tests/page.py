"""docs/extending.md, block by block: files that a stranger writes, and commands."""

import re
from pathlib import Path
from typing import NamedTuple

PAGE = Path(__file__).parents[1] / "docs/extending.md"


class Block(NamedTuple):
    """A fenced block below a heading: a file, which its first line names, or commands (``file`` is empty)."""

    heading: str
    file: str
    text: str


def blocks():
    found = []
    for section in PAGE.read_text().split("\n## ")[1:]:
        for language, text in re.findall(r"```(\w+)\n(.*?)```", section, re.DOTALL):
            file = "" if language == "sh" else re.match(r"# (\S+)\n", text)[1]
            found.append(Block(section.splitlines()[0], file, text))
    return found


def files():
    """Return what is in every file, by its path."""
    return {block.file: block.text for block in blocks() if block.file}
