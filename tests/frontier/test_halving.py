from pathlib import Path

import yaml

from delaysnn.core.metrics import Cell, Metrics
from delaysnn.frontier.halving import Scored, choose, collect, shorten, winners
from delaysnn.settings.configuration import read

PAPER = yaml.safe_load((Path(__file__).parents[2] / "config/config.yaml").read_text())
SMALL = [Scored("a", 1, 20), Scored("b", 1.5, 30), Scored("c", 2, 10)]
LARGE = [Scored("d", 3, 90), Scored("e", 3.5, 80), Scored("f", 4, 85), Scored("g", 4, 70)]


def test_a_share_of_each_budgets_own_goes_on_so_that_small_networks_stay():
    assert choose([*LARGE, *SMALL], [2, 4], 0.5) == ["b", "a", "d", "f"]
    assert choose([*LARGE, *SMALL], [2, 4], 0.01) == ["b", "d"]
    assert choose(SMALL, [2, 4, 8], 0.34) == ["b", "a"]
    # Floats would make four of three.
    many = [Scored(f"{index:02}", 1, index) for index in range(30)]
    assert choose(many, [2], 0.1) == ["29", "28", "27"]


def test_of_two_that_are_equally_accurate_the_smaller_one_goes_on_whatever_their_order():
    pair = [Scored("y", 1, 50), Scored("x", 2, 50)]
    assert choose(pair, [2], 0.5) == choose(pair[::-1], [2], 0.5) == ["y"]
    twins = [Scored("y", 1, 50), Scored("x", 1, 50)]
    assert choose(twins, [2], 0.5) == choose(twins[::-1], [2], 0.5) == ["x"]


def test_the_winner_of_a_budget_may_be_smaller_than_the_budget_before():
    assert winners([*SMALL, *LARGE], [1, 2, 4, 8]) == ["a", "b", "d", "d"]
    assert winners([Scored("small", 1, 90), Scored("large", 7, 80)], [2, 8]) == ["small", "small"]


def test_accuracies_are_means_over_seeds():
    def measured(name, seed, value):
        return Metrics(name, seed, "bars", (Cell("pytorch", "accuracy", "%", value),), {"memory_kb": 3})

    found = collect([measured("a", 1, 70), measured("b", 1, 60), measured("a", 2, 80)])
    assert found == [Scored("a", 3, 75), Scored("b", 3, 60)]


def test_later_phases_are_shortened_in_proportion_and_last_an_epoch_at_least():
    course = read(PAPER).training
    lengths = [
        [getattr(shorten(course, epochs, 40), phase).epochs for phase in ("dense", "pruned", "quantised")]
        for epochs in (1, 5, 15, 40)
    ]
    assert lengths == [[1, 1, 1], [5, 2, 1], [15, 6, 2], [40, 15, 5]]
    assert shorten(course, 40, 40) == course
