import pandas as pd
import pytest

from delaysnn.core.errors import InputError
from delaysnn.core.metrics import Cell, Metrics
from delaysnn.report.estimates import ESTIMATE_COLUMNS, estimate_table, model_errors, preferred
from delaysnn.report.figures.baseline_costs import draw_baseline_costs
from delaysnn.report.figures.energy import draw_energy
from delaysnn.report.figures.pareto import draw_pareto
from delaysnn.report.tables.baseline_costs import tabulate_baseline_costs
from delaysnn.report.tidy import add_intervals, read_table, summarise, write_table
from delaysnn.report.wide import measured

ROWS = [
    {"platform": "loihi_1core", "quantity": "energy", "error_pct": error, "model": model, "how": how}
    for error, model, how in [
        (-4.0, "mechanism", "left_out"),
        (3.0, "mechanism", "left_out"),
        (9.0, "mechanism", "fitted"),
        (20.0, "hidden width", "left_out"),
    ]
]


def estimated(seed, calibrated=20.0, beyond=(), dataset="shd"):
    cells = [Cell("loihi_1core", "energy", "uJ", 12.0, "counted")]
    if calibrated is not None:
        cells.append(Cell("loihi_1core", "energy", "uJ", calibrated, "calibrated"))
    return Metrics("48", seed, dataset, tuple(cells), {"outside_fit": {"loihi_1core": {key: ["x"] for key in beyond}}})


def table(*metrics):
    errors = model_errors([{"rows": ROWS}])
    return estimate_table(metrics, {("48", "loihi_1core", "energy"): 28.0}, ["loihi_1core"], ["energy"], errors)


def test_both_estimates_stand_beside_each_other():
    found = table(estimated(1, 20.0), estimated(2, 22.0, beyond=["energy"]))
    assert list(found.columns) == ESTIMATE_COLUMNS
    calibrated, counted = found.itertuples()
    assert (calibrated.how, calibrated.ours_mean, calibrated.difference) == ("calibrated", 21.0, -7.0)
    # Over seeds, and what the model misses on a network left out: two numbers, never one.
    assert (calibrated.ours_sd, calibrated.model_error_pct) == (pytest.approx(2**0.5), 4.0)
    assert calibrated.outside_fit == 1
    assert (counted.how, counted.ours_mean, counted.published) == ("counted", 12.0, 28.0)
    assert pd.isna(counted.difference) and pd.isna(counted.model_error_pct) and counted.outside_fit == 0


def test_without_a_fit_what_is_counted_stands_alone():
    found = table(estimated(1, None))
    assert found["how"].tolist() == ["counted"]
    assert preferred(found)["how"].tolist() == ["counted"]
    assert preferred(table(estimated(1)))["how"].tolist() == ["calibrated"]
    with pytest.raises(InputError, match="estimate"):
        estimate_table([estimated(1)], {}, ["seneca_scdq"], ["energy"], {})


def test_the_report_says_what_the_model_misses():
    wide = measured(table(estimated(1), estimated(2)))
    assert [[cell.ours for cell in row] for row in wide.rows] == [
        ["48", "Loihi, 1 core, calibrated", "20 (model ± 0.800)"],
        ["48", "Loihi, 1 core, counted", "12"],
    ]
    beyond = measured(table(estimated(1, beyond=["energy"])))
    assert beyond.rows[0][2].ours == "20 (model ± 0.800, outside of its fit)"


def test_the_figure_draws_the_models_error_and_what_is_counted():
    cells = table(estimated(1), estimated(2, 22.0))
    full = pd.concat(
        [cells.assign(platform=platform, quantity=quantity)
         for platform in ("loihi_1core", "seneca_scdq", "seneca_software")
         for quantity in ("energy", "latency", "memory")]
    )  # fmt: skip
    axis = draw_energy(full).axes[0]
    seeds_and_model = [bar.get_segments()[0][:, 1] for bar in axis.collections if hasattr(bar, "get_segments")]
    spans = sorted({round(float(top - bottom), 3) for bottom, top in seeds_and_model})
    assert spans == [round(2 * 21 * 0.04, 3), round(2 * 2**0.5, 3)]
    assert {patch.get_height() for patch in axis.patches} == {21.0}
    assert any(12.0 in points.get_offsets()[:, 1] for points in axis.collections if len(points.get_offsets()) == 1)


def test_what_predicts_nothing_has_no_difference_and_says_so():
    found = estimate_table([estimated(1)], {("48", "loihi_1core", "energy"): 28.0}, ["loihi_1core"], ["energy"], {})
    assert found["difference"].isna().all()
    assert measured(found).rows[0][2].ours == "20 (not predicted)"


def test_a_network_that_is_counted_on_one_chip_alone_stands_in_every_table_and_figure_of_costs(tmp_path):
    def written(table):
        write_table(tmp_path / "table.csv", table, {})
        return read_table(tmp_path / "table.csv")

    def cells(setup, *ways):
        amounts = {"energy": "uJ", "latency": "ms", "memory": "Mbit"}
        return [Cell(setup, name, unit, 2.0, how) for name, unit in amounts.items() for how in ways]

    both = ("calibrated", "counted")
    metrics = [
        Metrics("48", 1, "shd", (*cells("loihi_1core", *both), *cells("seneca_scdq", *both))),
        Metrics("48adlif", 1, "shd", tuple(cells("seneca_scdq", "counted"))),
    ]
    setups = ["loihi_1core", "seneca_scdq"]
    table = written(estimate_table(metrics, {}, setups, ["energy", "latency", "memory"], {}))
    own = table[table["network"] == "48adlif"]
    assert set(own["how"]) == {"counted"} and set(own["platform"]) == {"seneca_scdq"} and len(own) == 3
    accuracies = [
        Metrics(name, 1, "shd", tuple(Cell(chip, "accuracy", "%", 80.0, samples=100) for chip in chips))
        for name, chips in (("48", ("pytorch", "loihi", "seneca")), ("48adlif", ("pytorch", "seneca")))
    ]
    accuracy = written(summarise(accuracies, {}, ["pytorch", "loihi", "seneca"], ["accuracy"]))
    assert draw_energy(table).axes and draw_pareto(accuracy, table, [], "shd").axes
    networks = {name: {"delays": True, "recurrent": False} for name in ("48", "48adlif")}
    baselines = written(tabulate_baseline_costs(metrics, [], networks))
    models = add_intervals(accuracy[accuracy["platform"] == "pytorch"], accuracies)
    assert draw_baseline_costs(baselines, models).axes
    assert len(measured(table).rows) == len(measured(baselines).rows) == 5
