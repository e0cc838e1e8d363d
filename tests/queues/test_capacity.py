from pathlib import Path

import pytest
import yaml

from delaysnn.queues.capacity import compare_with_published, curves

REFERENCES = yaml.safe_load((Path(__file__).parents[2] / "config/published.yaml").read_text())["capacity_references"]


def test_every_published_size_comes_out():
    rows = compare_with_published(REFERENCES, event_bits=16)
    assert len(rows) == 10
    for row in rows:
        assert row["ours"] == pytest.approx(row["published"], abs=0.02 if row["unit"] == "share" else 0)


def test_curves_hold_every_combination():
    rows = curves([4, 8], [1, 2, 3])
    assert len(rows) == 2 * 2 * 3
    assert {"structure": "scdq", "neurons": 8, "delay_levels": 3, "events": 40.0} in rows
