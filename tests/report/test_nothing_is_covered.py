"""No text of a figure lies over another, and no text or legend over what is drawn."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from overlaps import overlaps

from delaysnn.core.metrics import Metrics
from delaysnn.report.figures.density import draw_density
from delaysnn.report.figures.levels import draw_levels
from delaysnn.report.figures.pareto import draw_pareto
from delaysnn.report.figures.quantisation import draw_quantisation
from delaysnn.report.figures.validation import draw_validation
from delaysnn.report.style import new_figure

NETWORKS = ("48", "48ax", "32", "24")
WAYS = {"loihi_1core": (9.0, 2.0), "seneca_scdq": (24.0, 4.5), "seneca_software": (80.0, 4.4)}


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_what_is_covered_is_found():
    figure = new_figure(3, 2)
    axis = figure.subplots()
    axis.plot([0, 1], [0, 1], "o", label="line")
    axis.text(1, 1, "over a point", ha="center", va="center")
    axis.text(0.98, 1, "over a text", ha="center", va="center")
    covered = {(a, b) for a, b in overlaps(figure) if not b.startswith("line of")}
    assert covered == {("over a point", "over a text"), ("over a point", "line"), ("over a text", "line")}
    figure = new_figure(3, 2)
    axis = figure.subplots()
    axis.plot([0, 1], [0, 1], "o", label="line")
    axis.legend(loc="upper right")
    assert ("legend", "line") in overlaps(figure)
    figure = new_figure(3, 2)
    axis = figure.subplots()
    axis.errorbar([0, 0.5, 1], [0, 0, 0], [0, 1, 0], label="line")
    axis.legend(loc="upper center")
    assert overlaps(figure) == [("legend", "a bar of an error")]


def levels():
    rows = [
        (network, levels, control, 95.0 - 40 / levels - 2 * place - 3 * bool(control))
        for place, network in enumerate(NETWORKS)
        for levels in (1, 2, 5, 10, 15, 20, 25, 30)
        for control in (None, *(("random", "coarse") if network == "48" and levels < 30 else ()))
    ]
    table = pd.DataFrame(rows, columns=["network", "levels", "control", "ours_mean"])
    return table.assign(ours_sd=1.5, seeds=2, dataset="spoken_digits")


def widths():
    rows = [
        (network, platform, bits, 94.0 - 150 / 4 ** (bits or 8) - place)
        for place, network in enumerate(NETWORKS)
        for platform, every in (("loihi", (2, 3, 4, 6, 8)), ("seneca", (None,)), ("pytorch", (None,)))
        for bits in every
    ]
    table = pd.DataFrame(rows, columns=["network", "platform", "bits", "ours_mean"])
    return table.astype({"bits": "Int64"}).assign(ours_sd=1.0, quantity="accuracy", seeds=2, dataset="spoken_digits")


def errors():
    costs = [("loihi_1core", "energy"), ("loihi_1core", "memory"), ("loihi_3cores", "energy")]
    costs += [(f"seneca_{queue}", cost) for queue in ("scdq", "software") for cost in ("energy", "latency", "memory")]
    costs += [("seneca_scdq", "delay_ip_energy")]
    rows = [
        (platform, cost, model, network, sign * (4.0 + 9 * place))
        for platform, cost in costs
        for place, model in enumerate(("mechanism", "hidden width", "kept parameters"))
        for network, sign in (("48", 1), ("32", -1), ("24", 0.5))
    ]
    table = pd.DataFrame(rows, columns=["platform", "quantity", "model", "network", "error_pct"])
    return table.assign(how="left_out")


def costs():
    fidelity = pd.DataFrame(
        [
            (network, chip, "accuracy", 94.0 - 1.5 * place - 0.4 * (chip == "seneca"), 87.0 - 2 * place)
            for place, network in enumerate(NETWORKS)
            for chip in ("loihi", "seneca")
        ],
        columns=["network", "platform", "quantity", "ours_mean", "published"],
    )
    energy = pd.DataFrame(
        [
            (network, way, cost, value / (1 + place / 2), 1.5 * value / (1 + place / 2), 10.0)
            for place, network in enumerate(NETWORKS)
            for way, values in WAYS.items()
            for cost, value in zip(("energy", "memory"), values, strict=True)
        ],
        columns=["network", "platform", "quantity", "ours_mean", "published", "model_error_pct"],
    ).assign(how="calibrated")
    sweep = pd.DataFrame(
        [
            (network, "loihi_1core", cost, levels, bits, value, how)
            for place, network in enumerate(NETWORKS)
            for levels in (2, 5, 10, 15)
            for bits in (2, 4, 8)
            for cost, value, how in (
                ("accuracy", 93.5 - 60 / bits**2 - 20 / levels - place, "measured"),
                ("energy", (2 + levels / 2 + bits / 8) / (1 + place / 2), "calibrated"),
                ("memory", (0.2 + levels * bits / 70) / (1 + place / 2), "calibrated"),
            )
        ],
        columns=["network", "platform", "quantity", "levels", "bits", "ours_mean", "how"],
    )
    return fidelity, energy, [sweep.astype({"levels": "Int64", "bits": "Int64"})], "spoken_digits"


def queues():
    densities = np.geomspace(1e-3, 1, 20)
    curves = {
        "ring_buffer": np.full(20, 5e4),
        "shared_queue": 1e6 * densities,
        "scdq": 6e4 * densities,
        "history": np.full(20, 2.9e3),
    }
    details = {"shape": {"n_pre": 48, "n_post": 48, "delays": 60}, "densities": densities.tolist()}
    details["curves"] = {name: curve.tolist() for name, curve in curves.items()}
    return [
        Metrics(
            network, seed, "spoken_digits", (),
            details | {"measured": {"density": 0.02 + place / 200 + seed / 900, "needed_bits": 6e3 - 900 * place}},
        )
        for place, network in enumerate(NETWORKS)
        for seed in (1, 2)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "draw",
    [
        lambda: draw_levels(levels(), kept=15, all_levels=30),
        lambda: draw_quantisation(widths()),
        lambda: draw_validation(errors()),
        lambda: draw_pareto(*costs()),
        lambda: draw_density(queues()),
    ],
    ids=["levels", "quantisation", "validation", "pareto", "density"],
)
def test_no_text_covers_another_and_no_legend_what_is_drawn(draw):
    assert overlaps(draw()) == []
