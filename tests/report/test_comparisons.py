import numpy as np
import pandas as pd
import pytest

from delaysnn.core.errors import InputError
from delaysnn.core.metrics import Cell, Metrics, read_metrics, share, write_metrics
from delaysnn.report.claims import NONE_DETECTED, compare_samples
from delaysnn.report.comparisons import COMPARISON_COLUMNS, compare_fold_means, compare_tested, find_difference
from delaysnn.report.tables import read_table, select, write_table
from delaysnn.report.wide import widen

FLOATS = ("pytorch", "accuracy")


def right(*wrong, samples=100):
    return ~np.isin(np.arange(samples), np.concatenate(wrong) if wrong else [])


def measured(network, seed, cells, dataset="mine"):
    return Metrics(network, seed, dataset, tuple(share(*names, answers) for names, answers in cells.items()))


def everything():
    """Two networks and two seeds: "a" misses 10 samples, "b" those and 20 more; both miss one on a chip in addition."""
    metrics = []
    for seed in (1, 2):
        few, many = range(10), range(30)
        metrics.append(measured("a", seed, {FLOATS: right(few), ("pytorch", "accuracy_dense"): right(few)}))
        metrics.append(measured("a", seed, {("loihi", "accuracy"): right(few, [50])}))
        metrics.append(measured("a", seed, {("loihi", "accuracy_2bit"): right(range(70))}))
        metrics.append(measured("a", seed, {("pytorch", "accuracy_15levels_random"): right(few)}))
        metrics.append(measured("a", seed, {("pytorch", "accuracy_2levels"): right(many)}))
        metrics.append(measured("a", seed, {("pytorch", "accuracy_2levels_random"): right(range(60))}))
        metrics.append(measured("b", seed, {FLOATS: right(many), ("pytorch", "accuracy_dense"): right(many)}))
        metrics.append(measured("b", seed, {("loihi", "accuracy"): right(many, [50])}))
    return metrics


def test_what_belongs_together_is_compared():
    table = compare_tested(everything(), 15)
    assert list(table.columns) == COMPARISON_COLUMNS
    names = ["compared", "network", "platform", "quantity", "against", "against_platform", "against_quantity"]
    assert sorted(map(tuple, table[names].to_numpy())) == [
        ("bits", "a", "loihi", "accuracy_2bit", "a", *FLOATS),
        ("levels", "a", *FLOATS, "a", "pytorch", "accuracy_15levels_random"),
        ("levels", "a", "pytorch", "accuracy_2levels", "a", "pytorch", "accuracy_2levels_random"),
        ("networks", "a", "loihi", "accuracy", "b", "loihi", "accuracy"),
        ("networks", "a", *FLOATS, "b", *FLOATS),
        ("phases", "a", *FLOATS, "a", "pytorch", "accuracy_dense"),
        ("phases", "b", *FLOATS, "b", "pytorch", "accuracy_dense"),
        ("platforms", "a", "loihi", "accuracy", "a", *FLOATS),
        ("platforms", "b", "loihi", "accuracy", "b", *FLOATS),
    ]


def test_a_pair_has_its_interval_and_the_verdict_that_follows():
    table = compare_tested(everything(), 15)
    (row,) = select(table, compared="networks", platform="pytorch").itertuples()
    answers = np.stack([right(range(10))] * 2), np.stack([right(range(30))] * 2)
    found = compare_samples(*answers, one_training=False)
    assert (row.difference, row.low, row.high, row.unit) == (20.0, found.low, found.high, "points")
    assert (row.verdict, row.seeds, row.samples, row.dataset) == ("better", 2, 100, "mine")
    assert set(select(table, compared="platforms")["verdict"]) == {NONE_DETECTED}
    assert select(table, compared="bits")["verdict"].tolist() == ["worse"]


def test_the_claim_flips_when_the_interval_holds_zero():
    """Twenty samples more are told apart; of few samples, or of seeds that disagree, nothing is."""

    def verdict(first, second):
        metrics = [
            measured(name, seed, {FLOATS: answers[seed]})
            for name, answers in (("a", first), ("b", second))
            for seed in range(len(answers))
        ]
        return compare_tested(metrics, 15)["verdict"].tolist()

    few, many = right(range(10)), right(range(30))
    assert verdict([few, few], [many, many]) == ["better"]
    assert verdict([many, many], [few, few]) == ["worse"]
    assert verdict([few, many], [many, few]) == [NONE_DETECTED]
    assert verdict([right(range(1), samples=10)], [right(range(3), samples=10)]) == [NONE_DETECTED]


def test_answers_survive_the_files(tmp_path):
    cell = share("loihi", "accuracy", np.array([True, False, True, True]))
    assert cell == Cell("loihi", "accuracy", "%", 75.0, samples=4, right="1011")
    write_metrics(tmp_path / "m.json", Metrics("48", 1, "mine", (cell,)))
    assert read_metrics(tmp_path / "m.json").cells == (cell,)
    metrics = [measured(name, 1, {FLOATS: right([int(name)])}) for name in ("48", "32")]
    write_table(tmp_path / "t.csv", compare_tested(metrics, 15), {})
    (row,) = read_table(tmp_path / "t.csv").itertuples()
    assert (row.network, row.against, row.difference) == ("48", "32", 0)


def test_seeds_are_paired_where_both_are_one_training():
    """A second seed to which all is harder: a network and its own other form still agree, two networks may not."""
    easy, hard = right([1]), right(range(30))

    def width(network, quantity):
        metrics = [measured("a", seed, {FLOATS: answers}) for seed, answers in enumerate((easy, hard))]
        metrics += [
            measured(network, seed, {("pytorch", quantity): answers}) for seed, answers in enumerate((easy, hard))
        ]
        (row,) = compare_tested(metrics, 15).itertuples()
        return row.high - row.low

    one = width("a", "accuracy_dense")
    assert one == width("a", "accuracy_15levels_random") < 10
    assert min(width("a", "accuracy_15levels_coarse"), width("b", "accuracy")) > 50


def test_other_samples_or_data_are_refused():
    metrics = [measured("a", 1, {FLOATS: right([1])}), measured("b", 1, {FLOATS: right([1], samples=50)})]
    with pytest.raises(InputError, match=r"a and b were tested on \[50, 100\] samples"):
        compare_tested(metrics, 15)
    with pytest.raises(InputError, match="mixes data sets"):
        compare_tested([metrics[0], measured("b", 1, {FLOATS: right([1])}, "theirs")], 15)


def test_a_difference_is_found_from_either_side():
    table = compare_tested(everything(), 15)
    forth, back = (find_difference(table, (one, *FLOATS), (other, *FLOATS)) for one, other in ("ab", "ba"))
    assert (forth.mean, forth.low, forth.high) == (-back.mean, -back.high, -back.low)
    assert (forth.verdict, back.verdict) == ("better", "worse")
    with pytest.raises(InputError, match="does not compare a loihi accuracy with b pytorch accuracy"):
        find_difference(table, ("a", "loihi", "accuracy"), ("b", *FLOATS))


def fold(network, seed, speakers, dense, pruned):
    cells = (Cell("pytorch", "accuracy_dense", "%", dense), Cell("pytorch", "accuracy", "%", pruned))
    samples = {"train": 400, "validation": 50, "test": 80 + 10 * speakers[0]}
    return Metrics(network, seed, "mine", cells, {"test": speakers, "samples": samples})


def test_folds_are_paired_and_count_once_each():
    metrics = [
        *(fold("a", seed, [0, 1], 80.0 + seed, 70.0) for seed in (1, 3)),
        fold("a", 1, [2, 3], 70.0, 71.0),
        fold("a", 1, [4, 5], 60.0, 60.0),
        fold("b", 1, [0, 1], 78.0, 70.0),
        fold("b", 1, [2, 3], 67.5, 71.0),
        fold("b", 1, [4, 5], 56.0, 60.0),
    ]
    table = compare_fold_means(metrics, ["accuracy_dense", "accuracy"])
    assert list(table.columns) == COMPARISON_COLUMNS
    (row,) = select(table, compared="networks", quantity="accuracy_dense").itertuples()
    # Differences 4, 2.5 and 4: t(2) is 4.3027. 80, 100 and 120 samples are tested, 400 trained on.
    half = 4.302653 * (3 / 4 * (1 / 3 + 1 / 4)) ** 0.5
    assert (row.difference, row.low, row.high) == pytest.approx((3.5, 3.5 - half, 3.5 + half))
    assert (row.verdict, row.folds, row.seeds) == ("better", 3, 2) and pd.isna(row.samples)
    phases = select(table, compared="phases")
    assert phases[["network", "quantity", "against_quantity"]].to_numpy().tolist() == [
        ["a", "accuracy", "accuracy_dense"],
        ["b", "accuracy", "accuracy_dense"],
    ]
    assert set(phases["verdict"]) == {NONE_DETECTED}


def test_readers_see_a_pair_a_row():
    wide = widen(compare_tested(everything(), 15))
    assert wide.columns == ["compared", "network", "against", "verdict", "difference (points)"]
    assert wide.text_columns == 4
    row = next(row for row in wide.rows if row[1].ours == "a, Loihi, 2bit")
    assert [cell.ours for cell in row] == ["bits", "a, Loihi, 2bit", "a", "worse", "-60.0"]
    assert row[-1].interval == "-68.9 to -48.7"
    controls = [row[2].ours for row in wide.rows if row[0].ours == "levels"]
    assert controls == ["a, 15levels random", "a, 2levels random"]
