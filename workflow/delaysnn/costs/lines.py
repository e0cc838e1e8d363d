"""Lines fitted to published cells: their prices, their errors on a network left out, and null models beside them.

A line is a sum of prices times drivers. A driver is a quantity that a cost may grow with (operations, queue events,
steps). With three published networks a line of two prices always comes close. So each line stands beside *null models*,
which know nothing of a chip: a line in the width of the hidden layers, and one in the parameters kept.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Drivers = Mapping[str, Any]

# A driver that is the same for every network: what its price is worth is an offset.
CONSTANT = "one"
NULL_MODELS = {"hidden width": (CONSTANT, "width"), "kept parameters": (CONSTANT, "parameters")}
MECHANISM = "mechanism"
# A driver this far outside of those that a line was fitted to, as a share of their span, is no rounding.
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Mechanism:
    """The drivers that a cost is assumed to grow with.

    Attributes:
        terms: drivers whose prices are fitted.
        fixed: drivers whose prices are known.
        predicts: whether the error on a network left out means anything; not if all published cells are one number.
    """

    terms: tuple[str, ...]
    fixed: Mapping[str, float] = field(default_factory=dict)
    predicts: bool = True


@dataclass(frozen=True)
class Line:
    """Prices of a unit of each driver, and the range of each driver in the fit."""

    prices: Mapping[str, float]
    ranges: Mapping[str, tuple[float, float]]

    def __call__(self, drivers: Drivers) -> Any:
        """Return the cost, a number or one a sample."""
        return sum(price * drivers[name] for name, price in self.prices.items())

    def outside(self, drivers: Drivers) -> list[str]:
        """Return the drivers whose mean lies outside of the range of the fit."""
        found = []
        for name, (low, high) in self.ranges.items():
            mean, slack = float(np.mean(drivers[name])), _TOLERANCE * max(abs(low), abs(high))
            if not low - slack <= mean <= high + slack:
                found.append(name)
        return found


def fit(drivers: Sequence[Drivers], costs: Sequence[float], mechanism: Mechanism) -> Line:
    """Fit the prices of a mechanism's terms to published costs by least squares.

    Args:
        drivers: of each network.
        costs: of each network, in the unit that the line is to give.
        mechanism: which prices are sought and which are known.
    """
    known = np.array([sum(price * d[name] for name, price in mechanism.fixed.items()) for d in drivers])
    matrix = np.array([[d[name] for name in mechanism.terms] for d in drivers], float)
    # Drivers differ by orders of magnitude.
    scale = np.abs(matrix).max(axis=0)
    prices = np.linalg.lstsq(matrix / scale, np.asarray(costs, float) - known, rcond=None)[0] / scale
    names = [*mechanism.terms, *mechanism.fixed]
    ranges = {name: (min(d[name] for d in drivers), max(d[name] for d in drivers)) for name in names}
    return Line({**dict(zip(mechanism.terms, prices.tolist(), strict=True)), **mechanism.fixed}, ranges)


def validate(
    costs: Mapping[str, float], drivers: Mapping[str, Drivers], mechanism: Mechanism, model: str = MECHANISM
) -> list[dict[str, Any]]:
    """Predict each network's cost from a fit on the others, beside a fit on all.

    Args:
        costs: the published value of each network.
        drivers: of each network.
        mechanism: what is fitted.
        model: its name in the rows.

    Returns:
        Rows of network, published, ours, error_pct, model and how: ``fitted``, ``left_out``, or ``not_predicted`` where
        the mechanism says that leaving out says nothing.
    """
    rows = []
    for how in ("fitted", "left_out"):
        for name in costs:
            others = [other for other in costs if how == "fitted" or other != name]
            line = fit([drivers[other] for other in others], [costs[other] for other in others], mechanism)
            said = how if how == "fitted" or mechanism.predicts else "not_predicted"
            rows.append({"network": name, **compare(costs[name], line(drivers[name])), "how": said, "model": model})
    return rows


def compare(published: float, ours: float) -> dict[str, float]:
    """Return a published value, ours, and the error of ours in percent."""
    return {"published": published, "ours": float(ours), "error_pct": 100 * (float(ours) / published - 1)}


def validate_beside_null_models(
    costs: Mapping[str, float],
    drivers: Mapping[str, Drivers],
    mechanism: Mechanism,
    others: Mapping[str, Sequence[str]],
    counted: Mapping[str, float],
) -> list[dict[str, Any]]:
    """Validate a mechanism, the null models, and ``others``: further terms that were tried, by name.

    Rows of what is ``counted`` for each network stand last.
    """
    rows = validate(costs, drivers, mechanism)
    for name, terms in {**NULL_MODELS, **others}.items():
        rows += validate(costs, drivers, Mechanism(tuple(terms), predicts=mechanism.predicts), name)
    about = {"how": "counted", "model": "counted"}
    return rows + [{"network": name, **compare(cost, counted[name]), **about} for name, cost in costs.items()]


def published_shape(published: Mapping[str, Any], network: str) -> dict[str, float]:
    """Return the drivers of the null models, and of others that need the shape alone, for a network of the paper."""
    model = published["table_1_models"][network]
    width = model["topology"][1]
    return {CONSTANT: 1.0, "width": width, "width_squared": width**2, "parameters": model["parameters"]}


def warn_outside(platform: str, quantities: Mapping[str, Sequence[str]]) -> None:
    """Log which estimates of a platform lie outside of what their line was fitted to, and by which drivers."""
    for quantity, names in quantities.items():
        logging.warning(
            "%s: the calibrated %s lies outside of the range of its fit, by %s; it is an extrapolation.",
            *(platform, quantity, ", ".join(names)),
        )
