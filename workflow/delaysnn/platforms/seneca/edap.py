"""Energy times latency times area of an inference on Seneca (sibling paper arXiv 2501.13610)."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

UNIT = "J s m2"
# Which Delay IP of paper Table V a platform has, if any.
_DELAY_IPS = {"seneca_scdq_flip_flop": "flip_flop", "seneca_scdq_sram": "sram", "seneca_software": None}
PLATFORMS = list(_DELAY_IPS)
_FACTORS = ("energy", "latency")


def areas_m2(published: Mapping[str, Any], n_cores: int, n_queues: int) -> dict[str, float]:
    """Return each platform's area in square metres: of its cores, and a Delay IP a queue.

    The areas are the published ones (GF 22 nm); ours are gate counts of another cell library and say nothing here.

    Args:
        published: the paper's ``table_5_area_um2``.
        n_cores: cores, one a layer of synapses or more.
        n_queues: delay queues before them.
    """
    core = published["seneca_core"]
    delay_ip = {name: published[kind]["total"] if kind else 0 for name, kind in _DELAY_IPS.items()}
    return {name: (n_cores * core + n_queues * area) * 1e-12 for name, area in delay_ip.items()}


def edap(estimates: Mapping[tuple[str, str], float], areas: Mapping[str, float]) -> dict[str, float]:
    """Return the product of every platform in joule second square metre.

    Args:
        estimates: energy in microjoule and latency in millisecond by (platform, quantity), as ``cost.estimate`` gives
            them for ``seneca_scdq`` and ``seneca_software``.
        areas: of :func:`areas_m2`.
    """
    products = {}
    for platform, area in areas.items():
        costs = _priced_as(platform)
        products[platform] = estimates[costs, "energy"] * 1e-6 * estimates[costs, "latency"] * 1e-3 * area
    return products


def edap_errors(errors: Mapping[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    """Return what the models of energy and latency miss together, in percent, by platform and ``edap``."""
    return {
        (platform, "edap"): math.hypot(*(errors[_priced_as(platform), factor] for factor in _FACTORS))
        for platform in PLATFORMS
    }


def edap_outside(outside: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, dict[str, list[str]]]:
    """Return what lies outside of the fits of energy or latency, by platform and ``edap``, where anything does."""
    found = {}
    for platform in PLATFORMS:
        own = outside.get(_priced_as(platform), {})
        if names := sorted({name for factor in _FACTORS for name in own.get(factor, [])}):
            found[platform] = {"edap": names}
    return found


def _priced_as(platform: str) -> str:
    """Return the platform whose energy and latency a product has: SCDQ's, however its queues are built."""
    return "seneca_software" if platform == "seneca_software" else "seneca_scdq"
