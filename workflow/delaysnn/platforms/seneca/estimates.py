"""Both estimates of an inference on Seneca, with SCDQ and with a queue in software."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from delaysnn.core.metrics import Cell
from delaysnn.platforms.protocol import Basis, Estimates
from delaysnn.platforms.seneca.cost import UNITS, by_platform, calibrate, calibrated, counted, outside
from delaysnn.platforms.seneca.counts import Counts
from delaysnn.platforms.seneca.edap import UNIT as EDAP_UNIT
from delaysnn.platforms.seneca.edap import areas_m2, edap, edap_outside

Values = Mapping[str, Mapping[tuple[str, str], Any]]


def estimate(happens: Counts, due: Counts, basis: Basis) -> Estimates:
    """Return all estimates, and energy times latency times area.

    Args:
        happens, due: what is counted within the sample, and what is due (:mod:`delaysnn.platforms.seneca.counts`).
        basis: what they rest on.
    """
    values, beyond = _price(happens, due, basis)
    cells = [
        Cell("seneca", f"{quantity}_{way}", "1", value, "counted")
        for way, counts in (("within_sample", happens), ("due", due))
        for quantity, value in counts.totals().items()
    ]
    if due.divided:
        cells.append(Cell("seneca", "cores", "1", len(due.operations), "counted"))
    areas = areas_m2(basis.published["table_5_area_um2"], len(due.operations), len(due.queue_events))
    for how, found in values.items():
        means = {key: float(np.mean(value)) for key, value in found.items()}
        cells += [Cell(*key, UNITS[key[1]], value, how) for key, value in means.items()]
        if means:
            cells += [Cell(setup, "edap", EDAP_UNIT, value, how) for setup, value in edap(means, areas).items()]
    for setup, products in edap_outside(beyond).items():
        beyond.setdefault(setup, {}).update(products)
    energies = values["calibrated" if values["calibrated"] else "counted"]["seneca_scdq", "energy"]
    return Estimates(cells, beyond, energies)


def estimate_floats(happens: Counts, due: Counts, waits: bool, basis: Basis) -> Estimates:
    """Return the estimates of a network of floats with SCDQ; ``waits`` says whether any spike passes a delay queue."""
    values, beyond = _price(happens, due, basis)
    setup, totals = "seneca_scdq", happens.totals()
    quantities = ["energy", "latency", *(["delay_ip_energy"] if waits else [])]
    cells = [Cell(setup, name, "1", totals[name], "counted") for name in ("operations", "queue_events")]
    cells += [
        Cell(setup, name, UNITS[name], float(np.mean(found[setup, name])), how)
        for how, found in values.items()
        for name in quantities
        if (setup, name) in found
    ]
    return Estimates(cells, beyond)


def _price(happens: Counts, due: Counts, basis: Basis) -> tuple[Values, dict[str, dict[str, Any]]]:
    """Return values by how, and what lies outside of the fit: lines were fitted to what is due, so they take that.

    They were fitted to the paper's networks of LIF neurons, so those with other neurons or features have none.
    """
    lines = calibrate(basis.published, basis.constants, basis.fitted) if basis.fitted and due.as_fitted else {}
    values = {"counted": counted(happens, basis.constants), "calibrated": calibrated(due, basis.constants, lines)}
    return values, by_platform(outside(due, basis.constants, lines))
