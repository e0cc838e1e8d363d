"""The effect of each constant on an estimate."""

from collections.abc import Callable, Mapping
from typing import Any

# What each constant is made larger and smaller by.
SHARE = 0.2

Estimate = Mapping[tuple[str, str, str], float]


def vary(estimate: Callable[[Mapping[str, float]], Estimate], constants: Mapping[str, float]) -> list[dict[str, Any]]:
    """Make each constant larger and smaller by a fifth, one at a time.

    Args:
        estimate: gives, for a chip's constants, its estimates by platform, quantity and how.
        constants: of the chip.

    Returns:
        Rows of constant, platform, quantity, how, and the change of the estimate in percent, ``less_pct`` where the
        constant is smaller and ``more_pct`` where it is larger; constants that change nothing have no row.
    """
    usual = estimate(constants)
    rows = []
    for name, value in constants.items():
        less, more = (estimate({**constants, name: value * factor}) for factor in (1 - SHARE, 1 + SHARE))
        changes = {
            key: {"less_pct": 100 * (less[key] / usual[key] - 1), "more_pct": 100 * (more[key] / usual[key] - 1)}
            for key in usual
        }
        if any(abs(change) > 1e-9 for both in changes.values() for change in both.values()):
            for (platform, quantity, how), both in changes.items():
                rows.append({"constant": name, "platform": platform, "quantity": quantity, "how": how, **both})
    return rows
