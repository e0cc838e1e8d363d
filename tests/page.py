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


class Fragment(NamedTuple):
    """A fenced block that is neither: a part of what a reader writes."""

    heading: str
    language: str
    text: str


def blocks(name="extending.md"):
    return [each for each in _fenced(name) if isinstance(each, Block)]


def fragments(name):
    return [each for each in _fenced(name) if isinstance(each, Fragment)]


def _fenced(name):
    for section in (DOCS / name).read_text().split("\n## ")[1:]:
        heading = section.splitlines()[0]
        for language, text in re.findall(r"```(\w+)\n(.*?)```", section, re.DOTALL):
            named = language != "sh" and re.match(r"# (\S+)\n", text)
            if named or language == "sh":
                yield Block(heading, named[1] if named else "", text)
            else:
                yield Fragment(heading, language, text)


def files(name="extending.md"):
    """Return what is in every file, by its path."""
    return {block.file: block.text for block in blocks(name) if block.file}
