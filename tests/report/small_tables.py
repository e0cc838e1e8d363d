"""Small tables of the report, as they are read back from CSV."""

import numpy as np
import pandas as pd

from delaysnn.report.claims import Difference, share_interval
from delaysnn.report.comparisons import COMPARISON_COLUMNS
from delaysnn.report.tables.operations import OPERATION_COLUMNS


def tidy(rows, samples=0):
    columns = ["network", "platform", "quantity", "unit", "ours_mean", "ours_sd", "seeds", "dataset", "published"]
    table = pd.DataFrame([(*row[:6], 2, "spoken_digits", row[6]) for row in rows], columns=columns)
    table = table.assign(difference=np.nan)
    if not samples:
        return table
    intervals = [share_interval(mean, samples) if mean <= 100 else (np.nan, np.nan) for mean in table["ours_mean"]]
    return table.assign(
        samples=samples, ours_low=[low for low, _ in intervals], ours_high=[high for _, high in intervals]
    )


def compared(*rows):
    """Rows of the table ``comparisons``: network, platform, against (in PyTorch), difference and interval."""
    names = [
        ("networks", network, platform, "accuracy", against, "pytorch", "points", *found)
        for network, platform, against, *found in rows
    ]
    table = pd.DataFrame(names, columns=COMPARISON_COLUMNS[:10])
    verdicts = [Difference(*row).verdict for row in table[["difference", "low", "high"]].to_numpy()]
    rest = dict(zip(COMPARISON_COLUMNS[10:15], (verdicts, 2, 400, np.nan, "spoken_digits"), strict=True))
    return table.assign(**rest, **dict.fromkeys(COMPARISON_COLUMNS[15:]))


def estimates(rows):
    """Calibrated cells, and each as counted: from 0.5 to 0.8 of it by turns, so that no two ways save the same."""
    calibrated = tidy(rows).assign(how="calibrated", outside_fit=0)
    errors = {"energy": 5.0, "latency": 2.0, "delay_ip_energy": 10.0}
    calibrated["model_error_pct"] = calibrated["quantity"].map(errors)
    shares = 0.5 + 0.1 * (np.arange(len(calibrated)) % 4)
    counted = calibrated.assign(how="counted", ours_mean=calibrated["ours_mean"] * shares, model_error_pct=np.nan)
    return pd.concat([calibrated, counted], ignore_index=True)


def small_tables():
    """Small tables of the report, as they are read back from CSV."""
    equality = [("lava_batched", "simulation", "48", 1, 400, 90000, 0), ("scdq_simulator", "", "48", 1, 400, 80000, 0)]
    return {
        "models": tidy(
            [
                ("48", "pytorch", "parameters", "synapses", 82560.0, 0.0, 82560.0),
                ("48", "pytorch", "accuracy", "%", 86.0, 1.25, 87.0),
                ("48ax", "pytorch", "accuracy", "%", 84.0, 1.0, 76.0),
                ("48nodelay", "pytorch", "accuracy", "%", 75.0, 1.0, np.nan),
                ("48nodelay", "pytorch", "parameters", "synapses", 36864.0, 0.0, np.nan),
                ("85recurrent", "pytorch", "accuracy", "%", 85.0, 1.0, np.nan),
                ("85recurrent", "pytorch", "parameters", "synapses", 82875.0, 0.0, np.nan),
            ],
            samples=400,
        ),
        "comparisons": compared(
            ("48", "pytorch", "48ax", 2.0, -1.0, 5.0),
            ("48", "pytorch", "48nodelay", 11.0, 8.0, 14.0),
            ("48", "pytorch", "85recurrent", 1.0, -2.0, 4.0),
            ("48", "loihi", "48", -0.5, -1.5, 0.5),
        ),
        "queues": tidy(
            [
                (network, "seneca_scdq", quantity, "", value, 0.0, np.nan)
                for network, values in (("48", (30.0, 58.0, 36.0, 4000.0)), ("48ax", (15.0, 55.5, 35.2, 2000.0)))
                for quantity, value in zip(
                    ("useful_delays", "last_useful_delay", "steps_in_queue", "deliveries"), values, strict=True
                )
            ]
        ),
        "fidelity": tidy(
            [
                ("48", "loihi", "accuracy", "%", 85.5, 1.0, 87.0),
                ("48", "loihi", "agreement", "%", 96.0, 1.0, 97.0),
            ],
            samples=400,
        ),
        "energy": estimates(
            [
                ("48", "seneca_scdq", "energy", "uJ", 44.0, 1.0, 43.6),
                ("48", "seneca_scdq", "latency", "ms", 4.0, 0.1, 4.25),
                ("48", "seneca_scdq", "delay_ip_energy", "uJ", 1.0, 0.1, 0.98),
                ("48", "seneca_software", "energy", "uJ", 176.0, 1.0, 152.0),
                ("48", "seneca_software", "latency", "ms", 16.0, 0.1, 18.3),
                ("48ax", "seneca_scdq", "energy", "uJ", 33.0, 1.0, 31.4),
                ("48ax", "seneca_scdq", "delay_ip_energy", "uJ", 0.75, 0.1, 0.72),
            ]
        ),
        "baseline_costs": estimates(
            [
                (network, platform, "energy", "uJ", value, 1.0, np.nan)
                for network, values in (("48", (20.0, 30.0)), ("85recurrent", (30.0, 29.0)))
                for platform, value in zip(("loihi_1core", "seneca_scdq"), values, strict=True)
            ]
        ),
        "operations": tidy(
            [
                ("48ax (paper)", "seneca", f"{kind}_asked_by_{quantity}", "1", np.nan, np.nan, np.nan)
                for quantity in ("energy", "latency")
                for kind in ("operations", "queued")
            ]
        ).assign(from_published=[829_000.0, 668_000.0, 610_000.0, 479_000.0])[OPERATION_COLUMNS],
        "quantisation": tidy(
            [
                ("48", "loihi", "accuracy", "%", 70.0, 1.0, np.nan),
                ("48", "loihi", "accuracy", "%", 85.5, 1.0, np.nan),
            ]
        ).assign(bits=[2, 8]),
        "budgets": tidy(
            [("48", "loihi", "accuracy", "%", mean, 1.0, np.nan) for mean in (70.0, 70.0, 85.5)], samples=400
        ).assign(
            bits=[2, 2, 8],
            budget_kb=[32, 64, 128],
            memory_kb=[20.64, 20.64, 82.56],
            validation_mean=[72.0, 72.0, 88.0],
            validation_sd=1.0,
        ),
        "equality": pd.DataFrame(
            equality, columns=["comparison", "platform", "network", "seed", "samples", "spikes", "differences"]
        ),
    }
