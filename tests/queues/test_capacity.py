from pathlib import Path

import pytest
import yaml

from delaysnn.queues.capacity import (
    break_even_density,
    compare_with_published,
    curves,
    history_bits,
    ring_buffer_bits,
    scdq_events,
    shared_queue_events,
)

REFERENCES = yaml.safe_load((Path(__file__).parents[2] / "config/published.yaml").read_text())["capacity_references"]


def test_truenorth():
    row = REFERENCES["truenorth"]
    assert shared_queue_events(row["neurons"], row["delay_levels"]) == row["shared_queue_events"]
    assert scdq_events(row["neurons"], row["delay_levels"]) == row["scdq_events"]


@pytest.mark.parametrize("chip", ["loihi", "spinnaker"])
def test_ring_buffers_and_where_a_queue_breaks_even(chip):
    row = REFERENCES[chip]
    ring = ring_buffer_bits(row["neurons"], row["delay_levels"], row["weight_bits"])
    queue = 16 * scdq_events(row["neurons"], row["delay_levels"])
    assert (ring, queue) == (row["ring_buffer_bits"], row["scdq_bits"])
    assert break_even_density(ring, queue) == pytest.approx(row["break_even_alpha"], abs=0.02)


def test_the_tops_of_figure_11():
    tops = REFERENCES["figure_11_tops"]
    assert shared_queue_events(8, 16) == tops["delay_levels_16_neurons_8"]
    assert shared_queue_events(16, 8) == tops["neurons_16_delay_levels_8"]


def test_memory_of_queues_scales_with_activity_and_a_history_does_not():
    assert scdq_events(256, 64, density=0.5) == 0.5 * scdq_events(256, 64)
    assert history_bits(256, 64) == 256 * 64


def test_every_published_size_has_its_row():
    rows = compare_with_published(REFERENCES, event_bits=16)
    assert len(rows) == 10
    for row in rows:
        assert row["ours"] == pytest.approx(row["published"], abs=0.02 if row["unit"] == "share" else 0)


def test_curves_hold_every_combination():
    rows = curves([4, 8], [1, 2, 3])
    assert len(rows) == 2 * 2 * 3
    assert {"structure": "scdq", "neurons": 8, "delay_levels": 3, "events": 40.0} in rows
