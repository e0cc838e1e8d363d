from pathlib import Path

import yaml

from delaysnn.core.metrics import Cell, Metrics
from delaysnn.frontier.halving import Scored, choose, collect, shorten, winners
from delaysnn.settings.configuration import read

PAPER = yaml.safe_load((Path(__file__).parents[2] / "config/config.yaml").read_text())
SMALL = [Scored("a", 1, 20), Scored("b", 1.5, 30), Scored("c", 2, 10)]
LARGE = [Scored("d", 3, 90), Scored("e", 3.5, 80), Scored("f", 4, 85), Scored("g", 4, 70)]


def kb(budgets):
    return {"budgets_kb": budgets}


def measured(name, seed, value):
    return Metrics(name, seed, "bars", (Cell("pytorch", "accuracy", "%", value),), {"memory_kb": 3})


def test_a_share_of_each_budgets_own_goes_on_so_that_small_networks_stay():
    assert choose([*LARGE, *SMALL], kb([2, 4]), 0.5) == ["b", "a", "d", "f"]
    assert choose([*LARGE, *SMALL], kb([2, 4]), 0.01) == ["b", "d"]
    assert choose(SMALL, kb([2, 4, 8]), 0.34) == ["b", "a"]
    # Floats would make four of three.
    many = [Scored(f"{index:02}", 1, index) for index in range(30)]
    assert choose(many, kb([2]), 0.1) == ["29", "28", "27"]


def test_of_two_that_are_equally_accurate_the_smaller_one_goes_on_whatever_their_order():
    pair = [Scored("y", 1, 50), Scored("x", 2, 50)]
    assert choose(pair, kb([2]), 0.5) == choose(pair[::-1], kb([2]), 0.5) == ["y"]
    twins = [Scored("y", 1, 50), Scored("x", 1, 50)]
    assert choose(twins, kb([2]), 0.5) == choose(twins[::-1], kb([2]), 0.5) == ["x"]


def test_the_winner_of_a_budget_may_be_smaller_than_the_budget_before():
    found = winners([*SMALL, *LARGE], kb([1, 2, 4, 8]))
    assert found == {"budgets_kb": {"1": "a", "2": "b", "4": "d", "8": "d"}}
    found = winners([Scored("small", 1, 90), Scored("large", 7, 80)], kb([2, 8]))
    assert found == {"budgets_kb": {"2": "small", "8": "small"}}


def test_candidates_go_on_and_win_by_either_quantity():
    # The large one takes little energy, and what it takes is not known of the last.
    scored = [Scored("a", 1, 50, 9.0), Scored("b", 1, 40, 8.0), Scored("c", 4, 45, 2.0), Scored("d", 1, 90, None)]
    budgets = {"budgets_kb": [2, 4], "budgets_uj": [1.0, 2.5, 10.0]}
    # By memory d of three and c; by energy c, and a of two.
    assert choose(scored, budgets, 0.3) == ["d", "c", "a"]
    found = winners(scored, budgets)
    assert found["budgets_kb"] == {"2": "d", "4": "d"}
    assert found["budgets_uj"] == {"1": None, "2.5": "c", "10": "a"}


def test_energies_are_means_over_seeds_where_every_seed_has_one():
    def priced(name, seed, *values):
        cells = tuple(Cell("chip", "energy", "uJ", value, "counted") for value in values)
        return Metrics(name, seed, "bars", cells)

    scores = [measured(name, seed, 70) for name in "abc" for seed in (1, 2)]
    energies = [priced("a", 1, 2.0), priced("a", 2, 3.0), priced("b", 1, 2.0), priced("b", 2)]
    assert [each.energy_uj for each in collect(scores, energies)] == [2.5, None, None]


def test_accuracies_are_means_over_seeds():
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
