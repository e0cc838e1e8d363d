"""A figure's SVG as a part of an HTML page."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import markupsafe

from delaysnn.report.marks import register_prefixes

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_ABOUT = "{http://purl.org/dc/elements/1.1/}description"


@dataclass(frozen=True)
class About:
    """What an SVG file says of itself: its width in points, what is to be seen in it, and where it comes from."""

    width: float
    words: str
    provenance: Mapping[str, Any]


def read_about(root: ElementTree.Element) -> About:
    """Return what is written in a file that :func:`delaysnn.report.style.save_figure` made."""
    return About(
        float(root.get("width", "0").removesuffix("pt")),
        root.findtext(f"{_SVG}desc", ""),
        json.loads(next(root.iter(_ABOUT)).text or "{}"),
    )


def embed(root: ElementTree.Element, name: str, words: str) -> markupsafe.Markup:
    """Return the drawing for a page that has others: its names are its own, and words say what is to be seen.

    Args:
        root: of the file; it is changed.
        name: of the figure, before every name in it.
        words: for readers who do not see it.
    """
    for tag in ("metadata", "desc"):
        for element in root.findall(f"{_SVG}{tag}"):
            root.remove(element)
    for element in root.iter():
        if own := element.get("id"):
            element.set("id", f"{name}-{own}")
        if target := element.get(_HREF):
            element.set(_HREF, target.replace("#", f"#{name}-"))
        for key in ("clip-path", "style", "fill"):
            if "url(#" in (value := element.get(key, "")):
                element.set(key, re.sub(r"url\(#", f"url(#{name}-", value))
    for key in ("width", "height"):
        root.attrib.pop(key, None)
    root.set("role", "img")
    root.set("aria-label", words)
    register_prefixes()
    return markupsafe.Markup(ElementTree.tostring(root, encoding="unicode"))
