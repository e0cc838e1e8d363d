"""Table V: gates of ours, areas of theirs, and the ratios that compare."""

from pathlib import Path

import pytest
import yaml

from delaysnn.paper.area import area_table, draw_area
from delaysnn.paper.tables import select

PUBLISHED = yaml.safe_load((Path(__file__).parents[2] / "config/published.yaml").read_text())["table_5_area_um2"]
SIZES = {"axons": 48, "delays": 60, "depth": 2048}


def rows(design, queues, gates, **changed):
    size = {"delays": 60, "depth": 2048, **changed}
    head = {"design": design, "queues": queues, **size}
    parts = {"control": 1.0, "filter": 2.0, "wvu": 3.0, "queues": 0.0 if queues == "sram" else gates}
    return [
        {**head, "part": part, "combinational": scale, "flip_flops": 4 * scale, "memory_bits": 100}
        for part, scale in parts.items()
    ]


AREA = [
    *rows("scdq", "flip_flop", 54.0),
    *rows("scdq", "sram", 0.0),
    *rows("shared_queue", "sram", 0.0),
    *rows("scdq", "flip_flop", 10.0, depth=64),
    *rows("scdq", "sram", 0.0, delays=16),
    *rows("shared_queue", "sram", 0.0, delays=16),
]


def cell(platform, quantity):
    return select(area_table(AREA, SIZES, PUBLISHED), platform=platform, quantity=quantity).iloc[0]


def test_gates_are_summed_over_parts_and_swept_sizes_left_out():
    assert cell("scdq_flip_flop", "combinational").ours_mean == 60
    assert cell("scdq_sram", "flip_flops").ours_mean == 24
    assert cell("scdq_flip_flop", "queues").ours_mean == 270
    assert cell("shared_queue_sram", "queue_memory").ours_mean == 100


def test_a_published_area_has_no_value_of_ours_beside_it():
    row = cell("scdq_sram", "sram_area")
    assert (row.published, row.unit) == (8618, "um2")
    assert row.ours_mean != row.ours_mean


def test_ratios_stand_beside_the_ratios_of_the_published_areas():
    row = cell("scdq_flip_flop", "combinational_over_sram")
    assert row.ours_mean == 10
    assert row.published == pytest.approx(16885 / 2287)
    share = cell("scdq_flip_flop", "flip_flop_share")
    assert share.ours_mean == pytest.approx(80)
    assert share.difference == pytest.approx(80 - 100 * 64739 / 81624)


def test_the_figure_shows_the_rows():
    figure = draw_area(AREA, SIZES)
    by_part, over_depth, over_delays = figure.axes
    assert [round(bar.get_height() * 1000) for bar in by_part.patches] == [5, 5, 10, 10, 15, 15]
    assert over_depth.lines[0].get_xydata().tolist() == [[64, 0.05], [2048, 0.27]]
    assert {line.get_label() for line in over_delays.lines} == {"SCDQ", "shared queue, a FIFO a level"}
