import pytest

from delaysnn.core.metrics import Cell, Metrics
from delaysnn.report.figures.baseline_costs import draw_baseline_costs
from delaysnn.report.tables.baseline_costs import BASELINE_COST_COLUMNS, memory_of, tabulate_baseline_costs
from delaysnn.report.tidy import select
from delaysnn.report.wide import measured

MISSED = {"platform": "loihi_1core", "quantity": "energy", "model": "mechanism", "how": "left_out", "error_pct": -8.0}
NETWORKS = {"48": {"delays": True, "recurrent": False}, "85recurrent": {"delays": False, "recurrent": True}}


def costs():
    metrics = []
    for seed in (1, 2):
        for name, energy in (("48", 20.0 + seed), ("85recurrent", 30.0)):
            cells = [
                Cell(platform, "energy", "uJ", energy * share, how)
                for platform in ("loihi_1core", "seneca_scdq")
                for how, share in (("calibrated", 1), ("counted", 0.5))
            ]
            cells.append(Cell("seneca_scdq", "operations", "1", 5e5, "counted"))
            beyond = {"loihi_1core": {"energy": ["counted_uj"]}} if name == "85recurrent" else {}
            metrics.append(Metrics(name, seed, "spoken_digits", tuple(cells), {"outside_fit": beyond}))
    return tabulate_baseline_costs(metrics, [{"rows": [MISSED]}], NETWORKS)


def test_a_network_is_named_by_what_it_remembers_with():
    wanted = {"learned delays": True, "random delays": "random", "decay alone": False}
    for samples, delays in wanted.items():
        assert memory_of({"delays": delays, "recurrent": False}) == samples
    assert memory_of({"delays": "learned", "recurrent": False}) == "learned delays"
    assert memory_of({"delays": True, "recurrent": False, "features": ["recurrent"]}) == "delays and recurrence"
    assert memory_of(NETWORKS["85recurrent"]) == "recurrence"


def test_both_estimates_of_every_network_are_in_the_table():
    table = costs()
    assert list(table.columns) == BASELINE_COST_COLUMNS
    energy = select(table, platform="loihi_1core", quantity="energy")
    assert energy[["network", "how", "ours_mean", "memory_by"]].to_numpy().tolist() == [
        ["48", "calibrated", 21.5, "learned delays"],
        ["48", "counted", 10.75, "learned delays"],
        ["85recurrent", "calibrated", 30.0, "recurrence"],
        ["85recurrent", "counted", 15.0, "recurrence"],
    ]
    assert energy["outside_fit"].tolist() == [0, 0, 2, 0]
    assert energy["model_error_pct"].tolist()[0] == 8.0


def test_readers_see_what_a_network_remembers_with():
    texts = [[cell.ours for cell in row] for row in measured(costs()).rows]
    assert [row[0] for row in texts] == ["48, learned delays"] * 4 + ["85recurrent, recurrence"] * 4
    assert "21.5" in texts[0][measured(costs()).columns.index("energy (µJ)")]


def test_every_network_is_a_point_of_either_estimate_on_either_chip(tables):
    figure = draw_baseline_costs(costs(), tables["models"])
    for axis in figure.axes:
        lines = [line for line in axis.lines if len(line.get_xdata()) == 1]
        points = {(*map(float, line.get_xydata()[0]),): line.get_markerfacecolor() == "white" for line in lines}
        assert points == {(10.75, 86.0): True, (15.0, 85.0): True, (21.5, 86.0): False, (30.0, 85.0): False}
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels == ["48: learned delays", "85recurrent: recurrence", "calibrated", "counted"]


def test_what_the_model_misses_is_a_grey_bar_along_the_energy(tables, grey_bars):
    """Of Loihi the model misses 8 %, of Seneca nothing was predicted; what is counted has no such error."""
    figure = draw_baseline_costs(costs(), tables["models"])
    loihi, seneca = map(grey_bars, figure.axes)
    assert loihi == [pytest.approx((19.78, 23.22, 86)), pytest.approx((27.6, 32.4, 85))]
    assert seneca == []
    assert "grey: what the model misses" in figure.get_supxlabel()
