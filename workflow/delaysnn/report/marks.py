"""Texts for figures: the value of each mark as a tooltip, and the whole figure in words for screen readers."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import numpy as np

from delaysnn.report.style import Axes, Figure
from delaysnn.report.wide import number

_SVG = "http://www.w3.org/2000/svg"
_NAMESPACES = {
    "": _SVG,
    "xlink": "http://www.w3.org/1999/xlink",
    "dc": "http://purl.org/dc/elements/1.1/",
    "cc": "http://creativecommons.org/ns#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}
# Of a raster nobody reads single points off.
_MOST = 150
# Of the marks of one series as many are written out.
_WRITTEN = 8
# What Matplotlib calls what has no label.
_UNNAMED = re.compile("_(child|nolegend|container|line|collection|patch).*")


@dataclass(frozen=True)
class Series:
    """Marks of one kind in a panel: an artist for all of them, or one each, and their places in data units."""

    name: str
    artists: Sequence[Any]
    x: np.ndarray
    y: np.ndarray


def series_of(axis: Axes) -> Iterator[Series]:
    """Yield what is drawn in a panel as lines, points and bars, without what has no place in data units."""
    from matplotlib.container import BarContainer

    named = {id(line): each.get_label() for each in axis.containers for line in _lines(each)}
    for container in axis.containers:
        if isinstance(container, BarContainer):
            boxes = [(bar.get_x(), bar.get_y(), bar.get_width(), bar.get_height()) for bar in container.patches]
            x, y, width, height = np.array(boxes, float).reshape(-1, 4).T
            lying = container.orientation == "horizontal"
            places = (x + width, y + height / 2) if lying else (x + width / 2, y + height)
            yield Series(_name(container.get_label()), container.patches, *places)
    for line in axis.lines:
        ends = np.asarray(line.get_xydata(), float)
        if line.get_transform() == axis.transData and len(ends):
            yield Series(_name(named.get(id(line), line.get_label())), [line], *ends.T)
    for points in axis.collections:
        offsets: np.ndarray = np.ma.filled(np.ma.asarray(points.get_offsets(), float), np.nan)
        if len(offsets) and points.get_offset_transform() == axis.transData:
            yield Series(_name(points.get_label()), [points], *offsets.T)


def _lines(container: Any) -> list[Any]:
    from matplotlib.container import ErrorbarContainer

    return [container.lines[0]] if isinstance(container, ErrorbarContainer) else []


def _name(label: object) -> str:
    text = str(label)
    return "" if _UNNAMED.fullmatch(text) else text.lstrip("_")


class _Panel:
    """How a panel's values are written: by the names at its ticks where it has any."""

    def __init__(self, axis: Axes):
        self.x = axis.get_xlabel() or _shared(axis.get_shared_x_axes(), axis, "get_xlabel")
        self.y = axis.get_ylabel() or _shared(axis.get_shared_y_axes(), axis, "get_ylabel")
        self.title = axis.get_title(loc="left") or axis.get_title()
        self._ticks = [_names(one) for one in (axis.xaxis, axis.yaxis)]

    def write(self, x: float, y: float) -> str:
        return f"{self.at(x)}: {self.height(y)}"

    def at(self, x: float) -> str:
        return self._say(0, x, self.x)

    def height(self, y: float) -> str:
        return self._say(1, y, self.y)

    def _say(self, which: int, value: float, label: str) -> str:
        ticks = self._ticks[which]
        if ticks:
            place = min(ticks, key=lambda tick: abs(tick - value))
            if abs(place - value) <= 0.5 and not _is_number(ticks[place]):
                return ticks[place]
        unit = re.search(r"\(([^()]+)\)$", label)
        return number(value) + (f" {unit[1]}" if unit else "")


def _shared(grouper: Any, axis: Axes, label: str) -> str:
    return next(filter(None, (getattr(other, label)() for other in grouper.get_siblings(axis))), "")


def _names(axis: Any) -> dict[float, str]:
    from matplotlib.ticker import LogFormatter, ScalarFormatter

    if isinstance(axis.get_major_formatter(), ScalarFormatter | LogFormatter):
        return {}
    labels = (label.get_text().replace("-\n", "").replace("\n", " ") for label in axis.get_ticklabels())
    return {place: text for place, text in zip(axis.get_ticklocs(), labels, strict=False) if text}


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[-−]?[\d.,]+", text))


def panels(figure: Figure) -> list[Axes]:
    """Return the panels that show something."""
    return [axis for axis in figure.axes if axis.get_visible() and axis.axison and axis.get_label() != "<colorbar>"]


def name_marks(figure: Figure) -> dict[str, list[str]]:
    """Give every artist with marks a name (gid), and return the values of its marks in order, by that name."""
    found: dict[str, list[str]] = {}
    for axis in panels(figure):
        panel = _Panel(axis)
        for series in series_of(axis):
            known = np.isfinite(series.x) & np.isfinite(series.y)
            if known.sum() > _MOST or not _has_marks(series):
                continue
            texts = [panel.write(*place) for place in zip(series.x[known], series.y[known], strict=True)]
            texts = [f"{series.name}, {text}" if series.name else text for text in texts]
            parts = [texts] if len(series.artists) == 1 else [[text] for text in texts]
            for artist, own in zip(series.artists, parts, strict=False):
                artist.set_gid(f"mark{len(found)}")
                found[artist.get_gid()] = own
    return found


def _has_marks(series: Series) -> bool:
    marker = getattr(series.artists[0], "get_marker", lambda: "o")()
    return marker not in ("None", "none", "", " ", None)


def describe(figure: Figure) -> str:
    """Describe each panel in words: its axes, and the first and last value of every series."""
    return " ".join(filter(None, (_describe(axis) for axis in panels(figure))))


def _describe(axis: Axes) -> str:
    panel = _Panel(axis)
    head = " over ".join(filter(None, (panel.y, panel.x))).replace("\n", " ")
    head = f"{panel.title}: {head}" if panel.title and head else panel.title or head
    said = []
    for series in series_of(axis):
        known = np.isfinite(series.x) & np.isfinite(series.y)
        if not known.any() or not series.name or known.sum() > _MOST:
            continue
        places = sorted(zip(series.x[known], series.y[known], strict=True))
        if len(places) > _WRITTEN:
            (first, low), (last, high) = places[0], places[-1]
            text = f"from {panel.height(low)} at {panel.at(first)} to {panel.height(high)} at {panel.at(last)}"
        else:
            text = ", ".join(panel.write(*place) for place in places)
        said.append(f"{series.name}, {text}")
    return f"{head}{'. ' if head and said else ''}{'; '.join(said)}." if head or said else ""


def register_prefixes() -> None:
    """Have namespaces of SVG written by their usual names."""
    for prefix, name in _NAMESPACES.items():
        ElementTree.register_namespace(prefix, name)


def write_marks(svg: bytes, marks: dict[str, list[str]], description: str) -> bytes:
    """Return an SVG file with a title in each mark, and with a description of the whole."""
    register_prefixes()
    root = ElementTree.fromstring(svg)
    if description:
        element = ElementTree.Element(f"{{{_SVG}}}desc")
        element.text = description
        root.insert(0, element)
    for group in root.iter(f"{{{_SVG}}}g"):
        for mark, text in zip(_marks(group), marks.get(group.get("id", ""), []), strict=False):
            ElementTree.SubElement(mark, f"{{{_SVG}}}title").text = text
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _marks(group: ElementTree.Element) -> list[ElementTree.Element]:
    """Return what is drawn in a group, mark by mark, without what is only defined there."""
    used = list(group.iter(f"{{{_SVG}}}use"))
    return used or [path for path in group.findall(f"{{{_SVG}}}path")]
