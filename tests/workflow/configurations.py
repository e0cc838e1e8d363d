"""Configurations to change, and a check of what is said of those that cannot be."""

import copy
import re
from pathlib import Path

import pytest
import yaml

from delaysnn.core.errors import InputError
from delaysnn.settings.configuration import settle

ROOT = Path(__file__).parents[2]
PAPER = yaml.safe_load((ROOT / "config/config.yaml").read_text())
QUICK = yaml.safe_load((ROOT / "config/quick.yaml").read_text())
FILES = {"name": "mine", "train": "none.h5", "licence": "CC0", "citation": "nobody"}
RECORDINGS = {"name": "mine", "folder": "a", "table": "b", "sample_rate": 48000, "seed": 1}
RECORDINGS |= {"licence": "CC0", "citation": "nobody"}


def overlay(below, above):
    """Merge as Snakemake does: mappings key by key, all else replaced."""
    merged = copy.deepcopy(below)
    for key, value in above.items():
        nested = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = overlay(merged[key], value) if nested else copy.deepcopy(value)
    return merged


def network(**settings):
    return {"networks": {"mine": {"hidden": [24, 24], "delays": True, "pruning": "synapse"} | settings}}


def check(config, samples):
    with pytest.raises(InputError) as caught:
        settle(config, ROOT)
    message = str(caught.value)
    assert samples in message
    # What is wrong, and perhaps what to do: one or two sentences on one line.
    assert message.endswith(".") and len(message) < 600
    assert "\n" not in message and len(re.findall(r"\.\s+[A-Z]", message)) <= 1
