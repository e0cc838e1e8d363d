"""How much the constants matter: each one a fifth smaller and larger."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

SENSITIVITY_COLUMNS = ["network", "platform", "quantity", "how", "constant", "less_pct", "more_pct"]


def sensitivity_table(found: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Return one row a constant, platform, quantity and way of estimating, those without any effect left out.

    Args:
        found: for each chip the network and the rows of :func:`delaysnn.costs.sensitivity.vary`.
    """
    parts = [pd.DataFrame(chip["rows"]).assign(network=chip["network"]) for chip in found]
    table = pd.concat(parts, ignore_index=True)[SENSITIVITY_COLUMNS]
    # A fit takes a change back but for rounding.
    changes = ["less_pct", "more_pct"]
    table[changes] = table[changes].round(3) + 0.0
    changed = (table[changes] != 0).any(axis=1)
    return table[changed | (table["how"] == "calibrated")].reset_index(drop=True)
