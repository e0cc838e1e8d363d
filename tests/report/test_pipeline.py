import matplotlib.pyplot as plt
from matplotlib.colors import to_hex

from delaysnn.report.figures.pipeline import draw_pipeline

EDGES = [("bin", "train"), ("train", "prune"), ("bin", "prune"), ("lava", "deploy"), ("prune", "deploy")]
ROOMS = {"bin": "data", "train": "training", "prune": "training", "lava": "loihi", "deploy": "loihi"}


def legend(rooms):
    figure = draw_pipeline({"edges": EDGES, "rooms": rooms, "pages": ["training", "folds", "data", "loihi"]})
    [found] = figure.legends
    plt.close(figure)
    return [text.get_text() for text in found.get_texts()], [to_hex(text.get_color()) for text in found.get_texts()]


def drawn(edges, rooms):
    figure = draw_pipeline({"edges": edges, "rooms": rooms, "pages": ["training", "folds", "data", "loihi"]})
    [axis] = figure.axes
    places = {text.get_text(): text.get_position()[0] for text in axis.texts}
    arrows = len(axis.patches)
    plt.close(figure)
    return places, arrows


def test_a_rule_stands_behind_what_it_needs_and_as_late_as_it_may():
    places, _ = drawn(EDGES, ROOMS)
    assert [places[rule] for rule in ("bin", "train", "prune", "deploy", "lava")] == [0, 1, 2, 3, 2]


def test_an_edge_that_a_longer_way_says_is_not_drawn():
    assert drawn(EDGES, ROOMS)[1] == len(EDGES) - 1


def test_every_rule_of_a_room_is_drawn_and_no_other():
    places, arrows = drawn(EDGES, {rule: ROOMS[rule] for rule in ("bin", "train", "prune")})
    assert sorted(places) == ["bin", "prune", "train"]
    assert arrows == 2


def test_pages_that_are_drawn_are_named_in_their_order_and_colours():
    names, colours = legend(ROOMS)
    assert names == ["training", "data", "loihi"]
    assert colours == ["#0072b2", "#d55e00", "#009e73"]
