"""How much the constants matter: each one a fifth smaller and larger."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from delaysnn.report.registry import table
from delaysnn.report.wide import plain

SENSITIVITY_COLUMNS = ["network", "platform", "quantity", "how", "constant", "less_pct", "more_pct"]


@table(
    title="How much the constants matter",
    caption="""
    Each constant of the paper's chips 20 % smaller and 20 % larger, and how both estimates of the paper's network 48
    change, in percent. The fit of a calibrated estimate compensates for the change, so it says nothing about a
    constant. Memory is the exception, since it grows with the bits of a weight and a delay. Constants that change
    neither estimate are left out.
    """,
    section="Trust",
    place=50,
    inputs=lambda study: {"validation": study.validation()},
    when=lambda study: study.validated,
    of_data=False,
    show=plain,
)
def sensitivity_table(validation: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return one row a constant, platform, quantity and way of estimating, those without any effect left out."""
    found = [chip["sensitivity"] for chip in validation]
    parts = [pd.DataFrame(chip["rows"]).assign(network=chip["network"]) for chip in found]
    table = pd.concat(parts, ignore_index=True)[SENSITIVITY_COLUMNS]
    # A fit takes a change back but for rounding.
    changes = ["less_pct", "more_pct"]
    table[changes] = table[changes].round(3) + 0.0
    changed = (table[changes] != 0).any(axis=1)
    return table[changed | (table["how"] == "calibrated")].reset_index(drop=True)
