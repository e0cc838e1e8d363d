"""The map of which structure needs least where."""

import numpy as np
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex

from delaysnn.core.metrics import Metrics
from delaysnn.report.figures.regions import draw_regions
from delaysnn.report.style import colour_of, label_of

CONSTANTS = {"event_bits": 16, "weight_bits": 16}


def network(name, density):
    queue = {"density": density, "levels": 30, "stride": 2}
    other = queue | {"stride": 1}
    shape = {"n_pre": 48, "n_post": 48, "delays": 59}
    return Metrics(name, 1, "bars", (), {"shape": shape, "queues": [queue, other]})


def colour_at(axis, activity, levels):
    """The colour of the region that a point lies in."""
    for mesh in axis.collections:
        if isinstance(mesh, PathCollection):
            continue
        values = mesh.get_array()
        xs, ys = mesh.get_coordinates()[0, :, 0], mesh.get_coordinates()[:, 0, 1]
        if not np.ma.getmaskarray(values)[np.searchsorted(ys, levels) - 1, np.searchsorted(xs, activity) - 1]:
            return to_hex(mesh.get_cmap()(0))
    return None


def test_a_map_a_quantity_and_kind_of_pruning_with_each_queue_where_it_lies():
    figure = draw_regions([network("48", 0.2), network("48ax", 0.1)], CONSTANTS, 2, 0.5, ["48ax"])
    assert len(figure.axes) == 6
    points = [
        [tuple(place) for each in axis.collections if isinstance(each, PathCollection) for place in each.get_offsets()]
        for axis in figure.axes
    ]
    # Levels that are not a stride apart are not on this map.
    assert points == [[(0.2, 30)]] * 3 + [[(0.1, 30)]] * 3
    memory, accesses, moved = figure.axes[:3]
    for axis in (memory, accesses, moved):
        assert colour_at(axis, 0.9, 30) == colour_of("history")
    assert colour_at(memory, 0.01, 30) not in (colour_of("history"), colour_of("scdq"), None)
    assert colour_at(moved, 0.08, 30) == colour_at(accesses, 0.02, 30) != colour_at(accesses, 0.08, 30)
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert {label_of("history"), label_of("stride_units"), "network 48ax"} <= set(names)
    # What needs least nowhere has no region.
    assert label_of("hierarchical") not in names and label_of("ring_buffer") not in names
