"""The quantity of a budget: memory, known before training, or energy, counted after training."""

from dataclasses import dataclass

from delaysnn.core.errors import InputError


@dataclass(frozen=True)
class Quantity:
    """What networks are compared at.

    Attributes:
        key: of the budgets in the configuration's section ``frontier``.
        name: as tables have it.
        unit: of the budgets.
        taken: what a network takes of it, in files of the search.
    """

    key: str
    name: str
    unit: str
    taken: str


MEMORY = Quantity("budgets_kb", "memory", "kB", "memory_kb")
ENERGY = Quantity("budgets_uj", "energy", "uJ", "energy_uj")
QUANTITIES = {quantity.key: quantity for quantity in (MEMORY, ENERGY)}


def name_budget(quantity: Quantity, budget: float) -> str:
    """Return a budget as files and command lines have it, such as 22kB or 10uJ."""
    return f"{budget:g}{quantity.unit}"


def read_budget(name: str) -> tuple[Quantity, str]:
    """Return what a budget of such a name is of, and its number as text.

    Raises:
        InputError: it has another unit.
    """
    for quantity in QUANTITIES.values():
        if name.endswith(quantity.unit):
            return quantity, name.removesuffix(quantity.unit)
    units = " or ".join(quantity.unit for quantity in QUANTITIES.values())
    raise InputError(f"A budget is {name}; write a number and {units}, as in 22kB.")
