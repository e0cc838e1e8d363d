"""What a figure's marks say to whoever points at them, and in words."""

from xml.etree import ElementTree

import matplotlib.pyplot as plt
import numpy as np
import pytest

from delaysnn.report.marks import describe
from delaysnn.report.style import new_figure, save_figure

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def saved(figure, folder):
    save_figure(figure, folder / "a.png", folder / "a.svg", {"rule": "figure_a"})
    return ElementTree.parse(folder / "a.svg").getroot()


def titles(root):
    return [title.text for title in root.iter(f"{SVG}title")]


def test_each_point_of_a_line_says_its_series_place_and_value(tmp_path):
    figure = new_figure(3, 2)
    axis = figure.subplots()
    axis.errorbar([2, 4, 8], [42.5, np.nan, 93.8], [1, 1, 1], marker="o", label="network 48")
    axis.plot([2, 8], [50, 50], label="without marks")
    axis.set_xlabel("bits a weight")
    axis.set_ylabel("accuracy (%)")
    root = saved(figure, tmp_path)
    assert titles(root) == ["network 48, 2: 42.5 %", "network 48, 8: 93.8 %"]
    marked = [use for use in root.iter(f"{SVG}use") if use.find(f"{SVG}title") is not None]
    assert float(marked[0].get("x")) < float(marked[1].get("x"))
    assert float(marked[0].get("y")) > float(marked[1].get("y"))


def test_bars_and_points_are_called_as_their_ticks(tmp_path):
    figure = new_figure(3, 2)
    axis = figure.subplots()
    axis.bar([0, 1], [3.0, 5.0], label="Seneca")
    axis.scatter([1], [4.0], label="_published")
    axis.set_xticks([0, 1], ["32 small", "48\nax"])
    axis.set_ylabel("energy (µJ)")
    assert titles(saved(figure, tmp_path)) == [
        "Seneca, 32 small: 3 µJ",
        "Seneca, 48 ax: 5 µJ",
        "published, 48 ax: 4 µJ",
    ]


def test_a_raster_has_no_values_and_a_figure_without_panels_no_words(tmp_path):
    figure = new_figure(3, 2)
    figure.subplots().scatter(np.arange(200), np.arange(200))
    assert titles(saved(figure, tmp_path)) == []
    assert describe(new_figure(1, 1)) == ""


def test_a_figure_says_in_words_what_is_to_be_seen(tmp_path):
    figure = new_figure(3, 2)
    left, right = figure.subplots(1, 2, sharey=True)
    left.plot(np.arange(20), 2.0 * np.arange(20), label="SCDQ")
    left.set_title("eight neurons")
    left.set_xlabel("delay levels")
    left.set_ylabel("events")
    right.bar([0, 1], [3, 5], label="gates")
    right.set_xticks([0, 1], ["a", "b"])
    wanted = "eight neurons: events over delay levels. SCDQ, from 0 at 0 to 38 at 19. events. gates, a: 3, b: 5."
    assert saved(figure, tmp_path).find(f"{SVG}desc").text == wanted
