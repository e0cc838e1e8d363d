import numpy as np
import pandas as pd
import pytest

from delaysnn.core.errors import InputError
from delaysnn.core.metrics import Cell, Metrics, read_metrics, share, write_metrics
from delaysnn.report.claims import NONE_DETECTED, compare_samples
from delaysnn.report.comparisons import COMPARISON_COLUMNS, compare_fold_means, compare_tested, find_difference
from delaysnn.report.tables.comparisons import show_comparisons
from delaysnn.report.tidy import read_table, select, write_table

FLOATS = ("pytorch",)
DENSE = ("pytorch", None, None, None, "dense")


def right(*wrong, samples=100):
    return ~np.isin(np.arange(samples), np.concatenate(wrong) if wrong else [])


def measured(network, seed, cells, dataset="mine"):
    names = ("levels", "bits", "control", "phase")
    found = [
        share(platform, "accuracy", answers, **dict(zip(names, form, strict=False)))
        for (platform, *form), answers in cells.items()
    ]
    return Metrics(network, seed, dataset, tuple(found))


def everything():
    """Two networks and two seeds: "a" misses 10 samples, "b" those and 20 more; both miss one on a chip in addition."""
    metrics = []
    for seed in (1, 2):
        few, many = range(10), range(30)
        metrics.append(measured("a", seed, {FLOATS: right(few), DENSE: right(few)}))
        metrics.append(measured("a", seed, {("loihi",): right(few, [50])}))
        metrics.append(measured("a", seed, {("loihi", None, 2): right(range(70))}))
        metrics.append(measured("a", seed, {("pytorch", 15, None, "random"): right(few)}))
        metrics.append(measured("a", seed, {("pytorch", 2): right(many)}))
        metrics.append(measured("a", seed, {("pytorch", 2, None, "random"): right(range(60))}))
        metrics.append(measured("b", seed, {FLOATS: right(many), DENSE: right(many)}))
        metrics.append(measured("b", seed, {("loihi",): right(many, [50])}))
    return metrics


def test_what_belongs_together_is_compared():
    table = compare_tested(everything(), 15)
    assert list(table.columns) == COMPARISON_COLUMNS
    forms = [f"{side}{name}" for side in ("", "against_") for name in ("levels", "bits", "control", "phase")]
    found = []
    for row in table[["compared", "network", "platform", "against", "against_platform", *forms]].itertuples(
        index=False
    ):
        form = {name: value for name, value in zip(forms, row[5:], strict=True) if pd.notna(value)}
        found.append((*row[:5], form))
    assert sorted(found, key=str) == [
        ("bits", "a", "loihi", "a", "pytorch", {"bits": 2}),
        ("levels", "a", "pytorch", "a", "pytorch", {"against_levels": 15, "against_control": "random"}),
        ("levels", "a", "pytorch", "a", "pytorch", {"levels": 2, "against_levels": 2, "against_control": "random"}),
        ("networks", "a", "loihi", "b", "loihi", {}),
        ("networks", "a", "pytorch", "b", "pytorch", {}),
        ("phases", "a", "pytorch", "a", "pytorch", {"against_phase": "dense"}),
        ("phases", "b", "pytorch", "b", "pytorch", {"against_phase": "dense"}),
        ("platforms", "a", "loihi", "a", "pytorch", {}),
        ("platforms", "b", "loihi", "b", "pytorch", {}),
    ]
    assert set(table["quantity"]) == {"accuracy"}


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
    table = read_table(tmp_path / "t.csv")
    (row,) = table.itertuples()
    assert (row.network, row.against, row.difference) == ("48", "32", 0)
    assert find_difference(table, ("48", "pytorch"), ("32", "pytorch")).mean == 0


def test_seeds_are_paired_where_both_are_one_training():
    """A second seed to which all is harder: a network and its own other form still agree, two networks may not."""
    easy, hard = right([1]), right(range(30))

    def width(network, *form):
        metrics = [measured("a", seed, {FLOATS: answers}) for seed, answers in enumerate((easy, hard))]
        metrics += [measured(network, seed, {("pytorch", *form): answers}) for seed, answers in enumerate((easy, hard))]
        (row,) = compare_tested(metrics, 15).itertuples()
        return row.high - row.low

    one = width("a", *DENSE[1:])
    assert one == width("a", 15, None, "random") < 10
    assert min(width("a", 15, None, "coarse"), width("b")) > 50


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
    with pytest.raises(InputError, match="does not compare a loihi with b pytorch"):
        find_difference(table, ("a", "loihi"), ("b", *FLOATS))


def fold(network, seed, speakers, dense, pruned, validation=9):
    cells = (Cell("pytorch", "accuracy", "%", dense, phase="dense"), Cell("pytorch", "accuracy", "%", pruned))
    samples = {"train": 400, "validation": 50, "test": 80 + 10 * speakers[0]}
    details = {"test": speakers, "validation": [validation], "samples": samples}
    return Metrics(network, seed, "mine", cells, details)


def test_folds_are_paired_and_count_once_each():
    metrics = [
        *(fold("a", seed, [0, 1], 80.0 + seed, 70.0) for seed in (1, 3)),
        fold("a", 1, [2, 3], 70.0, 71.0),
        fold("a", 1, [4, 5], 60.0, 60.0),
        fold("b", 1, [0, 1], 78.0, 70.0),
        fold("b", 1, [2, 3], 67.5, 71.0),
        fold("b", 1, [4, 5], 56.0, 60.0),
    ]
    table = compare_fold_means(metrics)
    assert list(table.columns) == COMPARISON_COLUMNS
    (row,) = select(table, compared="networks", phase="dense").itertuples()
    # Differences 4, 2.5 and 4: t(2) is 4.3027. 80, 100 and 120 samples are tested, 400 trained on.
    half = 4.302653 * (3 / 4 * (1 / 3 + 1 / 4)) ** 0.5
    assert (row.difference, row.low, row.high) == pytest.approx((3.5, 3.5 - half, 3.5 + half))
    assert (row.verdict, row.folds, row.seeds) == ("better", 3, 2) and pd.isna(row.samples)
    phases = select(table, compared="phases")
    assert phases[["network", "against_phase"]].to_numpy().tolist() == [["a", "dense"], ["b", "dense"]]
    assert phases["phase"].isna().all()
    assert set(phases["verdict"]) == {NONE_DETECTED}


def test_a_fold_whose_validation_speakers_take_turns_is_one_pair():
    turns = [
        fold(network, 1, speakers, accuracy + validation, 50.0, validation)
        for network, accuracy in (("a", 70.0), ("b", 68.0))
        for speakers in ([0, 1], [2, 3])
        for validation in (4, 5, 6)
    ]
    (row,) = select(compare_fold_means(turns), compared="networks", phase="dense").itertuples()
    assert (row.difference, row.folds, row.seeds) == (2.0, 2, 1)


def test_readers_see_a_pair_a_row():
    wide = show_comparisons(compare_tested(everything(), 15))
    assert wide.columns == ["compared", "network", "against", "verdict", "difference (points)"]
    assert wide.text_columns == 4
    row = next(row for row in wide.rows if row[1].ours == "a, Loihi, 2 bits")
    assert [cell.ours for cell in row] == ["bits", "a, Loihi, 2 bits", "a", "worse", "-60.0"]
    assert row[-1].interval == "-68.9 to -48.7"
    controls = [row[2].ours for row in wide.rows if row[0].ours == "levels"]
    assert controls == ["a, 15 levels, random", "a, 2 levels, random"]
