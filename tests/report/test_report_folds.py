from itertools import product

import pytest

from delaysnn.core.metrics import Cell, Metrics
from delaysnn.report.tables.folds import FOLD_COLUMNS, tabulate_folds
from delaysnn.report.tidy import select


def scored(network, seed, speakers, accuracy, validation=(9,), train=400):
    samples = {"train": train, "validation": 50, "test": 100}
    details = {"test": speakers, "validation": list(validation), "samples": samples}
    return Metrics(network, seed, "mine", (Cell("pytorch", "accuracy", "%", accuracy, samples=100),), details)


METRICS = [
    scored("48", 1, [0, 1], 70.0),
    scored("48", 2, [0, 1], 74.0),
    scored("48", 1, [2, 3], 90.0),
    scored("32", 1, [0, 1], 60.0),
    scored("32", 1, [2, 3], 64.0),
]


def test_a_fold_counts_once_however_many_seeds_it_has():
    table = tabulate_folds(METRICS)
    assert list(table.columns) == FOLD_COLUMNS
    row = select(table, network="48", test_speakers=None).iloc[0]
    assert (row["ours_mean"], row["seeds"]) == (81.0, 2)
    assert row["ours_sd"] == pytest.approx(2 * 9 / 2**0.5)
    # t(1) is 12.706; a variance of 162, over two folds whose training is shared.
    half = 12.7062 * (162 * (1 / 2 + 100 / 400)) ** 0.5
    assert row["ours_high"] - row["ours_low"] == pytest.approx(2 * half, rel=1e-4)
    assert select(table, network="32", test_speakers=None)["ours_mean"].tolist() == [62.0]


def test_validation_speakers_that_take_turns_make_no_further_fold():
    turns = [
        scored("48", 1, [0, 1], 70.0, [7], train=380),
        scored("48", 1, [0, 1], 72.0, [8], train=400),
        scored("48", 1, [0, 1], 77.0, [9], train=420),
        scored("48", 1, [2, 3], 81.0, [9]),
    ]
    table = tabulate_folds(turns)
    mean, one, other = table.itertuples()
    assert (mean.ours_mean, mean.seeds, mean.validations) == (77.0, 1, 3)
    ratio = (100 / 380 + 100 / 400 + 100 / 420) / 3
    half = 12.7062 * (32 * (1 / 2 + (ratio + 100 / 400) / 2)) ** 0.5
    assert mean.ours_high - mean.ours_low == pytest.approx(2 * half, rel=1e-4)
    assert (one.ours_mean, one.seeds, one.validations) == (73.0, 1, 3)
    # 70, 72 and 77; the same 100 samples are tested each time.
    assert one.ours_sd == pytest.approx(13**0.5) and one.samples == 100
    assert (other.ours_mean, other.validations) == (81.0, 1)


def test_each_fold_is_named_by_its_test_speakers():
    table = tabulate_folds(METRICS)
    row = select(table, network="48", test_speakers="0 1").iloc[0]
    assert (row["ours_mean"], row["seeds"]) == (72.0, 2)
    assert row["ours_sd"] == pytest.approx(8**0.5)
    # Wilson's interval of 72 of 100.
    assert (row["ours_low"], row["ours_high"]) == pytest.approx((62.512, 79.860), abs=1e-3)
    assert select(table, test_speakers="2 3")["ours_mean"].tolist() == [90.0, 64.0]


def test_splits_and_phases_are_columns():
    def scored_all(seed, speakers):
        cells = [
            Cell("pytorch", "accuracy", "%", 10.0 * place + seed, samples=100, split=split, **phase)
            for place, (phase, split) in enumerate(product(({"phase": "dense"}, {}, {"bits": 8}), (None, "validation")))
        ]
        samples = {"train": 400, "validation": 50, "test": 100}
        details = {"test": speakers, "validation": [9], "samples": samples}
        return Metrics("48", seed, "mine", tuple(cells), details)

    table = tabulate_folds([scored_all(1, [4]), scored_all(3, [5])])
    means = select(table, test_speakers=None).fillna({"split": "test", "phase": ""})
    assert means[["split", "phase", "ours_mean"]].to_numpy().tolist() == [
        ["test", "dense", 2.0],
        ["test", "", 22.0],
        ["test", "", 42.0],
        ["validation", "dense", 12.0],
        ["validation", "", 32.0],
        ["validation", "", 52.0],
    ]
    assert means["bits"].fillna(0).tolist() == [0, 0, 8] * 2 and set(table["quantity"]) == {"accuracy"}
    assert select(table, test_speakers="5", bits=8)["ours_mean"].tolist() == [43.0, 53.0]
