"""The table of keys in config/README.md is made from the types that check them."""

import subprocess
import sys
from pathlib import Path

import yaml

from delaysnn.settings.configuration import whole
from delaysnn.settings.table import key_table

ROOT = Path(__file__).parents[2]
TABLE = key_table(whole())


def test_the_readme_has_the_table_that_the_types_give():
    printed = subprocess.run([sys.executable, "-m", "delaysnn.settings"], capture_output=True, text=True, check=True)
    assert printed.stdout == TABLE + "\n"
    page = (ROOT / "config/README.md").read_text()
    assert page.endswith(f"python -m delaysnn.settings -->\n{TABLE}\n"), "print it anew: python -m delaysnn.settings"


def test_every_key_has_a_row_with_its_meaning():
    rows = [line.split(" | ") for line in TABLE.splitlines()[2:]]
    assert all(len(row) == 3 and row[2].removesuffix(" |").strip() for row in rows)
    keys = {row[0].removeprefix("| ").strip("`") for row in rows}
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    for section in ("data", "card", "delays", "loihi", "seneca", "quantisation", "download", "speech"):
        assert {f"{section}.{key}" for key in config[section]} <= keys
    assert {"training.dense.epochs", "networks.<name>.hidden", "networks.<name>.file", "folds.<number>.test"} <= keys


def test_another_platform_or_source_without_keys_changes_no_row():
    rows = dict(line.split(" | ")[:2] for line in TABLE.splitlines())
    assert rows["| `data.name`"] == "a source of data" and rows["| `platforms`"].endswith("each a platform")
