"""What lies over what in a figure, in pixels."""

from itertools import combinations, pairwise

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from delaysnn.report.marks import panels, series_of

# Letters do not fill their boxes.
_AIR = 1.0


def overlaps(figure):
    """Return each pair of texts whose boxes overlap, and each text or legend that a mark's place lies in."""
    figure.canvas.draw()
    unseen = {id(label) for axis in figure.axes for label in _beyond(axis)}
    texts = [text for text in figure.findobj(Text) if text.get_text().strip() and _is_seen(text)]
    texts = {id(text): text for text in texts if id(text) not in unseen}.values()
    boxes = [(text.get_text(), _shrunk(text.get_window_extent())) for text in texts]
    found = [(one, other) for (one, a), (other, b) in combinations(boxes, 2) if Bbox.intersection(a, b) is not None]
    legends = [*figure.legends, *(axis.get_legend() for axis in figure.axes if axis.get_legend())]
    boxes += [("legend", legend.get_window_extent()) for legend in legends]
    for axis in panels(figure):
        for name, places in _drawn(axis):
            found += [(text, name) for text, box in boxes if any(box.contains(*place) for place in places)]
    return found


def _drawn(axis):
    """Yield a name and the pixels that it is drawn through: of marks their centres, of lines all."""
    for series in series_of(axis):
        yield series.name or "a mark", axis.transData.transform(_known(np.column_stack([series.x, series.y])))
    for line in axis.lines:
        if line.get_linestyle() != "None":
            yield f"line of {line.get_label()}", _between(line.get_transform().transform(_known(line.get_xydata())))
    for lines in axis.collections:
        if isinstance(lines, LineCollection):
            for segment in lines.get_segments():
                yield "a bar of an error", _between(lines.get_transform().transform(segment))


def _known(places):
    return places[np.isfinite(places).all(axis=1)]


def _between(corners):
    if len(corners) < 2:
        return corners
    shares = np.linspace(0, 1, 50)[:, None]
    return np.concatenate([a + shares * (b - a) for a, b in pairwise(corners)])


def _is_seen(text):
    if not text.get_visible() or text.get_window_extent().width == 0:
        return False
    axis = text.axes
    return axis is None or axis.get_visible()


def _beyond(axis):
    """Yield labels of ticks that lie beyond a panel's ends, which are never drawn."""
    for one in (axis.xaxis, axis.yaxis):
        low, high = sorted(one.get_view_interval())
        for tick in [*one.get_major_ticks(), *one.get_minor_ticks()]:
            if not low <= tick.get_loc() <= high:
                yield from (tick.label1, tick.label2)


def _shrunk(box):
    return Bbox.from_extents(box.x0 + _AIR, box.y0 + _AIR, max(box.x1 - _AIR, box.x0 + _AIR), box.y1 - _AIR)
