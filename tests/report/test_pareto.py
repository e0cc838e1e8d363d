import numpy as np
import pandas as pd

from delaysnn.report.figures.pareto import collect, collect_sweep, draw_pareto, front


def tables():
    fidelity = pd.DataFrame(
        [("48", "loihi", "accuracy", 90.0, 87.0), ("48", "seneca", "accuracy", 88.0, None)],
        columns=["network", "platform", "quantity", "ours_mean", "published"],
    )
    energy = pd.DataFrame(
        [
            ("48", platform, quantity, value, published, error)
            for platform, value, published in (("loihi_1core", 16.0, 28.4), ("seneca_scdq", 23.0, 43.6))
            for quantity, error in (("energy", 25.0 if platform == "loihi_1core" else np.nan), ("memory", 50.0))
        ],
        columns=["network", "platform", "quantity", "ours_mean", "published", "model_error_pct"],
    ).assign(how="calibrated")
    return fidelity, energy


def test_each_platform_has_the_accuracy_of_its_numbers():
    points = collect(*tables())
    assert points[["platform", "accuracy", "energy"]].to_numpy().tolist() == [
        ["loihi_1core", 90.0, 16.0],
        ["seneca_scdq", 88.0, 23.0],
    ]
    assert points["published_energy"].tolist() == [28.4, 43.6]


def test_a_platform_without_one_of_the_costs_is_drawn_over_the_other():
    fidelity, energy = tables()
    without = energy[(energy["platform"] == "loihi_1core") | (energy["quantity"] == "energy")]
    over_energy, over_memory = draw_pareto(fidelity, without, [sweep()], "spoken_digits").axes
    drawn = [
        sorted(float(x) for path in axis.collections for x, y in path.get_offsets() if y == 88.0)
        for axis in (over_energy, over_memory)
    ]
    assert drawn[0] == [23.0] and not [x for x in drawn[1] if x == x]


def test_a_cost_that_nothing_is_said_of_has_no_panel():
    fidelity, energy = tables()
    (axis,) = draw_pareto(fidelity, energy[energy["quantity"] == "energy"], [], "spoken_digits").axes
    assert axis.get_xlabel() == "energy (µJ)"


def test_the_front_leaves_out_what_is_beaten():
    cost, accuracy = np.array([3.0, 1.0, 2.0, 2.0]), np.array([9.0, 5.0, 4.0, 7.0])
    assert front(cost, accuracy).tolist() == [1, 3, 0]


def sweep():
    return pd.DataFrame(
        [
            ("48", "loihi_1core", kind, levels, 8, value + levels, how)
            for levels in (2, 15)
            for kind, value, how in (
                ("accuracy", 60.0, "measured"),
                ("energy", 3.0, "counted"),
                ("energy", 5.0, "calibrated"),
                ("memory", 1.0, "calibrated"),
                ("memory", 0.5, "counted"),
            )
        ],
        columns=["network", "platform", "quantity", "levels", "bits", "ours_mean", "how"],
    )


def test_the_sweep_has_one_row_a_setting():
    rows = collect_sweep(sweep())
    assert rows[["network", "levels", "bits", "accuracy", "energy", "memory"]].to_numpy().tolist() == [
        ["48", 2, 8, 62.0, 7.0, 3.0],
        ["48", 15, 8, 75.0, 20.0, 16.0],
    ]


def test_without_a_fit_the_sweep_is_what_is_counted():
    rows = collect_sweep(sweep()[lambda table: table["how"] != "calibrated"])
    assert rows["energy"].tolist() == [5.0, 18.0]


def test_every_point_is_drawn_on_both_axes():
    figure = draw_pareto(*tables(), [sweep()], "spoken_digits")
    for axis in figure.axes:
        drawn = sorted(y for path in axis.collections for _, y in path.get_offsets() if path.get_facecolor().size)
        assert drawn == [62.0, 75.0, 88.0, 90.0]


def test_what_the_model_misses_is_a_grey_bar_along_the_costs(grey_bars):
    figure = draw_pareto(*tables(), [sweep()], "spoken_digits")
    bars = [grey_bars(axis) for axis in figure.axes]
    assert bars == [[(12.0, 20.0, 90.0)], [(8.0, 24.0, 90.0), (11.5, 34.5, 88.0)]]
    assert "grey: what the model misses" in figure.get_supxlabel()
