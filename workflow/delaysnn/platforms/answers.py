"""Checks of what platforms return, before it is written: a wrong layer or unit would otherwise pass unnoticed."""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.metrics import Cell
from delaysnn.core.network import Network
from delaysnn.core.readout import SPIKES
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.protocol import Estimates, Platform, Run

_HOW = ("calibrated", "counted", "measured")
# Of what stands side by side in tables and figures; other quantities have one of all these.
_UNITS = {
    "energy": "uJ",
    "delay_ip_energy": "uJ",
    "latency": "ms",
    "memory": "Mbit",
    "edap": "J s m2",
    "operations": "1",
}


def check_run(platform: Platform, run: Run, network: Network, inputs: SpikeTrains) -> None:
    """Check that a run has the network's layers and neurons, and the samples and steps of its inputs.

    Raises:
        InputError: naming the platform's file.
    """
    where, labels = _where(platform), dict(platform.labels)
    _check_scores(where, run, network, len(inputs))
    for name, layers in {"layers": run.layers, **run.beside}.items():
        if name != "layers" and name not in labels:
            raise InputError(f"{where}: run returns {name!r} in beside, but labels lacks it; add it to labels.")
        if len(layers) != len(network.layers):
            raise InputError(
                f"{where}: run returns {len(layers)} layers as {name}; return one for each of the network's "
                f"{len(network.layers)}."
            )
        for index, (spikes, layer) in enumerate(zip(layers, network.layers, strict=True), 1):
            if not isinstance(spikes, SpikeTrains):
                raise InputError(f"{where}: layer {index} of {name} is a {type(spikes).__name__}; return SpikeTrains.")
            found = {"samples": len(spikes), "steps": spikes.n_steps, "neurons": spikes.n_neurons}
            wanted = {"samples": len(inputs), "steps": inputs.n_steps, "neurons": layer.weights.shape[2]}
            for what, count in found.items():
                if count != wanted[what]:
                    raise InputError(
                        f"{where}: layer {index} of {name} has {count} {what}; return the spikes of {wanted[what]}."
                    )


def _check_scores(where: str, run: Run, network: Network, samples: int) -> None:
    """Check that there is a score for each sample and class where membranes decide, and none where spikes do."""
    wanted = None if network.readout == SPIKES else (samples, network.topology[-1])
    found = {"scores": run.scores, **{f"scores_beside[{name!r}]": run.scores_beside.get(name) for name in run.beside}}
    for name, scores in found.items():
        shape = None if scores is None else scores.shape
        if shape != wanted or (scores is not None and not np.isfinite(scores).all()):
            raise InputError(
                f"{where}: run returns {name} of shape {shape}; the network's readout is {network.readout}, so return "
                f"{'None' if wanted is None else f'finite numbers of shape {wanted}'}."
            )


def check_estimates(platform: Platform, found: Estimates, samples: int | None = None) -> None:
    """Check that estimates are finite, in units that tables compare, and under the platform's own names, once each.

    Args:
        platform: whose they are.
        found: the estimates.
        samples: of the energies of each sample; None where there are none.

    Raises:
        InputError: naming the platform's file and the cell.
    """
    where = _where(platform)
    own = (platform.name, *(setup.name for setup in platform.setups), *dict(platform.labels))
    for cell in found.cells:
        about = f"{where}: {cell.platform} {cell.quantity}"
        if not platform.owns(cell.platform):
            raise InputError(f"{about} is under none of the platform's names; write one of {', '.join(own)}.")
        if cell.how not in _HOW:
            raise InputError(f"{about} has how {cell.how!r}; write one of {', '.join(_HOW)}.")
        units = [_UNITS[cell.quantity]] if cell.quantity in _UNITS else sorted(set(_UNITS.values()))
        if cell.unit not in units:
            raise InputError(f"{about} has the unit {cell.unit!r}; write {' or '.join(units)}.")
        # A line that is fitted to larger networks may fall below zero for a small one; a warning says so.
        least = -math.inf if cell.how == "calibrated" else 0
        if not isinstance(cell.value, int | float) or not math.isfinite(cell.value) or cell.value < least:
            raise InputError(f"{about} is {cell.value!r}; return a finite number that is not negative.")
    for cell in _twice(found.cells):
        raise InputError(f"{where}: {cell.platform} {cell.quantity} is {cell.how} twice; return it once.")
    if samples is not None:
        energies = np.asarray(found.energy_uj)
        if energies.shape != (samples,) or energies.dtype.kind != "f" or not np.isfinite(energies).all():
            raise InputError(
                f"{where}: energy_uj has shape {energies.shape}, {energies.dtype}; by_sample promises a finite "
                f"energy for each of {samples} samples."
            )


def _twice(cells: Sequence[Cell]) -> list[Cell]:
    counts = Counter((cell.platform, cell.quantity, cell.how, cell.bits, cell.levels) for cell in cells)
    return [cell for cell in cells if counts[cell.platform, cell.quantity, cell.how, cell.bits, cell.levels] > 1]


def _where(platform: Platform) -> str:
    return f"platforms/{platform.name}/platform.py"
