"""Table V: gates of ours, areas of theirs, and the ratios that compare."""

from pathlib import Path

import pandas as pd
import pytest
import yaml

from delaysnn.report.figures.area import draw_area
from delaysnn.report.registry import find
from delaysnn.report.tables.area import area_table
from delaysnn.report.tidy import select

CONFIG = Path(__file__).parents[2] / "config"
PUBLISHED = yaml.safe_load((CONFIG / "published.yaml").read_text())
CELLS = {"nand2_um2": 0.2, "sram_cell_um2": 0.1}
SIZES = {"axons": 48, "delays": 60, "depth": 2048}


def rows(design, queues, gates, **changed):
    size = {"delays": 60, "depth": 2048, **changed}
    head = {"design": design, "queues": queues, **size}
    parts = {"control": 1.0, "filter": 2.0, "wvu": 3.0, "queues": 0.0 if queues == "sram" else gates}
    return [
        {**head, "part": part, "combinational": scale, "flip_flops": 4 * scale, "memory_bits": size["depth"] // 20}
        for part, scale in parts.items()
    ]


AREA = {
    "sizes": SIZES,
    "rows": [
        *rows("scdq", "flip_flop", 54.0),
        *rows("scdq", "sram", 0.0),
        *rows("scdq", "flip_flop", 24.0, depth=1024),
        *rows("scdq", "sram", 0.0, depth=1024),
        *rows("shared_queue", "sram", 0.0),
        *rows("scdq", "flip_flop", 10.0, depth=64),
        *rows("scdq", "sram", 0.0, delays=16),
        *rows("shared_queue", "sram", 0.0, delays=16),
    ],
}


def cell(platform, quantity, words=4096):
    table = select(area_table(AREA, PUBLISHED, CELLS), platform=platform, quantity=quantity)
    return table[(table["queue_words"] == words) | table["queue_words"].isna()].squeeze()


def test_gates_are_summed_over_parts_and_swept_sizes_left_out():
    assert cell("scdq_flip_flop", "combinational").ours_mean == 60
    assert cell("scdq_sram", "flip_flops").ours_mean == 24
    assert cell("scdq_flip_flop", "queues").ours_mean == 270
    assert cell("shared_queue_sram", "queue_memory").ours_mean == 102


def test_published_gates_are_areas_over_that_of_one_gate():
    assert cell("scdq_sram", "combinational", 2048).published == pytest.approx(2287 / 0.2)
    row = cell("scdq_flip_flop", "flip_flops")
    assert row.published == pytest.approx(64739 / 0.2)
    # Gates of two cell libraries have no difference.
    assert row.ours_mean > 0 and pd.isna(row.difference)


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


def test_2048_words_in_all_stand_beside_ours_of_half_the_depth():
    assert cell("scdq_flip_flop", "queues", 2048).ours_mean == 120
    row = cell("scdq_flip_flop", "combinational_over_sram", 2048)
    assert (row.ours_mean, row.published) == (5, pytest.approx(16885 / 2287))


@pytest.mark.parametrize(("words", "ours"), [(4096, 54 / 102), (2048, 24 / 51)])
def test_a_bit_of_the_queues_is_what_flip_flops_add_over_sram(words, ours):
    row = cell("scdq_flip_flop", "combinational_a_queue_bit", words)
    assert row.ours_mean == pytest.approx(ours)
    assert row.published == pytest.approx((16885 - 2287) / (16 * words) / 0.2)
    assert cell("scdq_flip_flop", "flip_flops_a_queue_bit", words).ours_mean == pytest.approx(4 * ours)
    assert cell("scdq_sram", "sram_cells_share", words).published == pytest.approx(10 * 16 * words / 8618)


def test_the_cells_of_22_nm_have_their_constants():
    assert set(yaml.safe_load((CONFIG / "hardware/cells.yaml").read_text())) == set(CELLS)


def test_a_reader_sees_the_words_but_no_empty_data_set():
    columns = find("table_area").show(area_table(AREA, PUBLISHED, CELLS).assign(network=float("nan"))).columns
    assert "queue words" in columns
    assert not {"dataset", "seeds", "network"} & set(columns)


def test_the_figure_shows_the_rows():
    figure = draw_area(AREA)
    assert figure.get_supxlabel().startswith(f"{AREA['sizes']['axons']} axons")
    by_part, over_depth, over_delays = figure.axes
    assert [round(bar.get_height() * 1000) for bar in by_part.patches] == [5, 5, 10, 10, 15, 15]
    assert over_depth.lines[0].get_xydata().tolist() == [[64, 0.05], [1024, 0.12], [2048, 0.27]]
    assert over_delays.lines[0].get_xydata()[:, 0].tolist() == [16, 60]
    assert {line.get_label() for line in over_delays.lines} == {"SCDQ", "shared queue, a FIFO a level"}
