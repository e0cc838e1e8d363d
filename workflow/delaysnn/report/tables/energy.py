"""Paper Table III: energy, latency and memory of an inference on every platform."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from delaysnn.core.metrics import Metrics
from delaysnn.report.engine_speed import simulated, speeds
from delaysnn.report.estimates import estimate_table, model_errors, name_unfitted, of_setups
from delaysnn.report.published import Key
from delaysnn.report.registry import table
from delaysnn.report.study import Study

_QUANTITIES = ["energy", "latency", "memory", "delay_ip_energy", "cycles"]
_SETUPS = of_setups("energy")
_ENGINE = """The engine in Verilog: energy and memory are counted with constants of a chip in 45 nm, not of an FPGA.
Cycles are the mean over all test samples, simulated one after the other; latency is these over the clock of the engine
that was placed on an FPGA for as many bits, where there is one."""


def _deployed_bits(study: Study) -> dict[str, int]:
    """Return the width of the widest weights that each network on the engine is deployed with."""
    default = study.config["quantisation"]["deployed"]
    widths = {name: study.networks[name].get("bits") or default for name in study.deployed_on.get("fpga", [])}
    return {name: bits if isinstance(bits, int) else max(bits) for name, bits in widths.items()}


@table(
    title="Table III: energy, latency and memory of an inference",
    caption=lambda study: (
        f"""
    {
            study.said(
                ", ",
                loihi="Loihi on one core",
                seneca="Seneca with the shared circular delay queue (SCDQ), and Seneca with the queue in software",
                end=".",
            )
        }
    There are two estimates. Counted: operations on the test samples times the constants in config/hardware. Nothing is
    fitted, and what no constant covers is left out. Calibrated: a line in the same operations, fitted to the paper's
    Table III. "Model" is the largest error of that line on a network that was left out of the fit. In brackets is the
    paper's value for a network of this shape on SHD. {name_unfitted(study, study.deployed)}
    {study.said(fpga=_ENGINE)}
    """
    ),
    section="Energy, latency, memory",
    place=10,
    inputs=lambda study: {
        **_SETUPS["inputs"](study),
        "played": simulated(study),
        "engines": study.engines if study.has("fpga") else [],
    },
    params=lambda study: {**_SETUPS["params"](study), "widths": _deployed_bits(study)},
    when=_SETUPS["when"],
)
def tabulate_energy(
    metrics: Sequence[Metrics],
    validation: Sequence[Mapping[str, Any]],
    beside: Mapping[Key, float],
    setups: Sequence[str],
    played: Sequence[Metrics],
    engines: Sequence[Mapping[str, Any]],
    widths: Mapping[str, int],
) -> pd.DataFrame:
    """Return both estimates of every network in each of the ways to run it, and what was simulated of the engine.

    Args:
        metrics, validation, beside, setups: of the estimates (:func:`delaysnn.report.estimates.estimate_table`).
        played, engines, widths: of the engine (:func:`delaysnn.report.engine_speed.speeds`).
    """
    found = [*metrics, *speeds(played, engines, widths)]
    return estimate_table(found, beside, setups, _QUANTITIES, model_errors(validation))
