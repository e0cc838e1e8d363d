"""Keys that had another name before: an overlay that still uses one is told the new one."""

from collections.abc import Mapping
from typing import Any

from delaysnn.core.errors import InputError

# Old and new, below the section that they are in. Recipes have the keys of `training`.
RENAMED = {
    "": {"rotations": "folds"},
    "training": {"surrogate_scale": "surrogate_slope", "leak_rate_factor": "decay_rate_factor"},
}


def refuse_renamed(config: Mapping[str, Any]) -> None:
    """Refuse keys of former versions.

    Raises:
        InputError: naming the old key and the new one.
    """
    recipes = config.get("recipes")
    places = [(section, section, config if not section else config.get(section)) for section in RENAMED]
    places += [
        ("training", f"recipes.{name}", recipe)
        for name, recipe in (recipes.items() if isinstance(recipes, Mapping) else ())
    ]
    for section, path, keys in places:
        for old, new in RENAMED[section].items():
            if isinstance(keys, Mapping) and old in keys:
                beginning = f"{path}." * bool(path)
                raise InputError(f"Configuration: {beginning}{old} is now called {beginning}{new}; rename it.")
