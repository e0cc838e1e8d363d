import pandas as pd
import pytest

from delaysnn.core.errors import InputError
from delaysnn.core.metrics import Cell, Metrics
from delaysnn.report.tables.equality import EQUALITY_COLUMNS, tabulate_equality
from delaysnn.report.tidy import (
    COLUMNS,
    FIDELITY_COLUMNS,
    SHARE_COLUMNS,
    add_intervals,
    name_platform,
    read_table,
    select,
    summarise,
    write_table,
)


def measured(network, seed, accuracy, dataset="random", energy=None):
    cells = [Cell("loihi", "accuracy", "%", accuracy)]
    if energy is not None:
        cells.append(Cell("loihi_1core", "energy", "uJ", energy))
    return Metrics(network, seed, dataset, tuple(cells))


PUBLISHED = {("48", "loihi", "accuracy"): 87.0}


def test_seeds_become_mean_deviation_and_difference():
    metrics = [measured("48", 1, 80.0, "shd"), measured("48", 2, 84.0, "shd")]
    table = summarise(metrics, PUBLISHED, ["loihi"], ["accuracy"])
    assert list(table.columns) == COLUMNS
    row = table.iloc[0]
    assert (row["ours_mean"], row["seeds"], row["published"], row["difference"]) == (82.0, 2, 87.0, -5.0)
    assert row["ours_sd"] == pytest.approx(8**0.5)


def test_no_difference_is_taken_between_data_sets():
    table = summarise([measured("48", 1, 80.0, "spoken_digits")], PUBLISHED, ["loihi"], ["accuracy"])
    assert table.iloc[0]["published"] == 87
    assert table["difference"].isna().all()


def test_what_was_not_published_or_has_one_seed_stays_empty(tmp_path):
    table = summarise([measured("custom", 1, 80.0)], PUBLISHED, ["loihi"], ["accuracy"])
    write_table(tmp_path / "t.csv", table, {})
    assert (tmp_path / "t.csv").read_text().splitlines()[1] == "custom,loihi,accuracy,%,80,,1,random,,"


def test_a_share_has_the_interval_of_its_samples_and_no_other_cell_has_one(tmp_path):
    metrics = [
        Metrics(
            "48",
            seed,
            "random",
            (Cell("loihi", "accuracy", "%", 90.0, samples=samples), Cell("loihi", "s", "spikes", 5.0)),
        )
        for seed, samples in ((1, 120), (2, 100))
    ]
    table = add_intervals(summarise(metrics, {}, ["loihi"], ["accuracy", "s"]), metrics)
    write_table(tmp_path / "t.csv", table, {})
    share, other = read_table(tmp_path / "t.csv").itertuples(index=False)
    assert list(table.columns) == SHARE_COLUMNS
    # Two seeds on the same samples are no more samples: Wilson's interval of 90 of 100.
    assert (share.samples, share.ours_low, share.ours_high) == pytest.approx((100, 82.5634, 94.4772), abs=1e-3)
    assert pd.isna([other.samples, other.ours_low, other.ours_high]).all()


def test_settings_tell_rows_apart_and_are_columns_behind(tmp_path):
    cells = [
        Cell("loihi", "accuracy", "%", 90.0, samples=50),
        *(Cell("loihi", "accuracy", "%", value, bits=bits, samples=100) for bits, value in ((10, 80.0), (2, 70.0))),
        Cell("loihi", "accuracy", "%", 60.0, bits=2, control="random", samples=10),
    ]
    metrics = [Metrics("48", 1, "random", tuple(cells))]
    table = add_intervals(summarise(metrics, PUBLISHED, ["loihi"], ["accuracy"], ["bits"]), metrics)
    assert list(table.columns) == [*COLUMNS, "bits", *SHARE_COLUMNS[len(COLUMNS) :]]
    write_table(tmp_path / "t.csv", table, {})
    table = read_table(tmp_path / "t.csv")
    assert table["ours_mean"].tolist() == [90, 70, 80] and table["samples"].tolist() == [50, 100, 100]
    assert select(table, bits=None)["published"].tolist() == [87]
    assert select(table, bits=2)["ours_mean"].tolist() == [70] and table["published"].notna().sum() == 1
    assert ",2,100," in (tmp_path / "t.csv").read_text()
    assert summarise(metrics, {}, ["loihi"], ["accuracy"])["ours_mean"].tolist() == [90]


def test_rows_follow_networks_then_platforms_then_quantities():
    metrics = [measured("48", 1, 80.0, energy=3.0), measured("24", 1, 70.0, energy=2.0)]
    table = summarise(metrics, {}, ["loihi", "loihi_1core"], ["accuracy", "energy"])
    assert table[["network", "quantity"]].to_numpy().tolist() == [
        ["48", "accuracy"],
        ["48", "energy"],
        ["24", "accuracy"],
        ["24", "energy"],
    ]


def test_no_cells_and_mixed_data_sets_are_refused():
    with pytest.raises(InputError, match="energy"):
        summarise([measured("48", 1, 80.0)], {}, ["loihi"], ["energy"])
    with pytest.raises(InputError, match="mixes"):
        summarise([measured("48", 1, 80.0), measured("48", 2, 80.0, "other")], {}, ["loihi"], ["accuracy"])


def test_network_names_stay_text(tmp_path):
    table = summarise([measured("48", 1, 80.0)], PUBLISHED, ["loihi"], ["accuracy"])
    write_table(tmp_path / "t.csv", table, {"rule": "x"})
    assert read_table(tmp_path / "t.csv")["network"].tolist() == ["48"]
    write_table(
        tmp_path / "n.csv", summarise([measured("None", 1, 80.0, "007")], {}, ["loihi"], ["accuracy"]), {"rule": "x"}
    )
    (row,) = read_table(tmp_path / "n.csv").itertuples()
    assert (row.network, row.dataset) == ("None", "007") and pd.isna(row.published)
    assert (tmp_path / "t.json").exists()


def test_equality_collects_every_comparison():
    entry = {"comparison": "lava_stock", "platform": "simulation", "samples": 4, "spikes": 100, "differences": 0}
    metrics = Metrics("48", 2, "random", (), {"equality": [entry]})
    table = tabulate_equality([metrics])
    assert list(table.columns) == EQUALITY_COLUMNS
    assert table.iloc[0].tolist() == ["lava_stock", "simulation", "48", 2, 4, 100, 0]
    queue = {"comparison": "scdq_rtl", "samples": 1, "spikes": 50, "differences": 0}
    assert tabulate_equality([Metrics("48", 2, "random", (), {"equality": [queue]})])["platform"].tolist() == [""]
    potentials = entry | {"comparison": "lava_batched", "potentials": 480}
    table = tabulate_equality([Metrics("48", 2, "random", (), {"equality": [queue, potentials]})])
    assert list(table.columns) == [*EQUALITY_COLUMNS[:-1], "potentials", "differences"]
    assert table["potentials"].tolist() == [480, 0]
    skipped = Metrics("48", 1, "random", (), {"equality": [], "skipped": "no compiler"})
    assert len(tabulate_equality([metrics, skipped])) == 1
    with pytest.raises(InputError, match="no comparison"):
        tabulate_equality([Metrics("48", 1, "random", ())])


def test_rows_of_loihi_say_what_repeated_them():
    metrics = [measured("48", seed, 80.0) for seed in (1, 2)] + [measured("24", 1, 70.0)]
    table = add_intervals(summarise(metrics, {}, ["loihi"], ["accuracy"]), metrics)
    other = table.assign(platform="seneca")
    table = pd.concat([table, other], ignore_index=True)

    def deployed(network, seed, name):
        return Metrics(network, seed, "random", (), {"platform": {"name": name, "reason": "a test"}})

    lava = [deployed("48", 1, "simulation"), deployed("48", 2, "Loihi 2"), deployed("24", 1, "simulation")]
    table = name_platform(table, [("loihi", each) for each in lava], ["loihi"])
    assert list(table.columns) == FIDELITY_COLUMNS
    assert table["ran_on"].tolist() == ["Loihi 2, simulation", "simulation", "", ""]
    assert name_platform(table, [], ["loihi"])["ran_on"].tolist() == ["integer reference"] * 2 + ["", ""]


def test_select_filters_by_every_column():
    table = pd.DataFrame({"network": ["48", "24"], "platform": ["a", "a"]})
    assert select(table, network="24", platform="a").index.tolist() == [1]
