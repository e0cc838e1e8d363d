"""Proofs about queues and FIFOs, and that each property notices a fault: what is proven depends on the Verilog."""

import re

import pytest
from proofs import RTL, prove_always, prove_from_reset, prove_one

from delaysnn.core.errors import InputError
from delaysnn.platforms.fpga.images import STRUCTURES

STRIDED, FIFO = "engine/delay_strided.v", "engine/stream_fifo.v"
# Memories may hold anything, so these are proven at the sizes of network 48; a FIFO's output is its memory's.
ALWAYS = {
    "scdq": ("scdq.v", {"ADDRESS_BITS": 6, "AXONS": 48, "LEVELS": 59, "DEPTH": 2048}, ("memory", "wvu")),
    "delay_strided": (STRIDED, {}, ("memory",)),
    "stream_fifo": (FIFO, {"WIDTH": 2, "WORDS": 5}, ()),
}
# Delays of 0 and 2 time steps, queues of two events, samples of three steps; as many cycles as take seconds.
SMALL = {"LEVELS": 2, "LEVEL_BITS": 1, "STRIDE": 2, "DEPTH": 2, "TIME_STEPS": 3}
SIZES = {
    "scdq": {"ADDRESS_BITS": 1, "AXONS": 2, "LEVELS": 3, "DEPTH": 2},
    "delay_strided": {"N_PRE": 2, "LEVELS": 2, "STRIDE": 2, "DEPTH": 2, "TIME_STEPS": 3},
    "stream_fifo": ALWAYS["stream_fifo"][1],
}
CYCLES = {"scdq": 15, "history": 18, "shared_queue": 15, "scdq_strided": 18}
# Module, property, file, what it says once, what the mutant says instead. Each property has one that breaks it.
MUTANTS = [
    ("scdq", "prq_holds_depth", "scdq.v", "!in_eot && tail != FULL", "!in_eot"),
    ("scdq", "poq_holds_what_was_popped", "scdq.v", "keep = advance && popped && later", "keep = advance && later"),
    ("scdq", "swap_loses_nothing", "scdq.v", "head == tail && !popped", "head == tail"),
    ("scdq", "counter_stops_at_zero", "filter.v", "later = |(row & longer)", "later = |row"),
    ("scdq", "eot_comes_out_once", "scdq.v", "closing <= 1'b0;\n        head <= 0;", "head <= 0;"),
    ("scdq", "output_stays", "scdq.v", "advance = !out_valid || out_ready", "advance = 1'b1"),
    ("delay_strided", "ring_holds_depth", STRIDED, "keep && used != FULL", "keep"),
    ("delay_strided", "nothing_is_lost", STRIDED, "kept, waiting", "left, waiting"),
    ("delay_strided", "in_order", STRIDED, "used <= 0;\n          tail <= head;", "used <= 0;"),
    ("delay_strided", "step_ends_behind_its_events", STRIDED, "advance && !closing;", "advance;"),
    ("delay_strided", "level_in_range", STRIDED, "row3 >> level3 >> 1", "row3 >> level3"),
    ("delay_strided", "eot_is_last", STRIDED, "advance && !closing;", "advance;"),
    ("delay_strided", "eot_comes_out_once", STRIDED, "if (close) ending <= 1'b1;", ""),
    ("delay_strided", "output_stays", STRIDED, "advance = !out_valid || out_ready", "advance = 1'b1"),
    ("stream_fifo", "holds_words", FIFO, "in_ready = stored != FULL", "in_ready = 1'b1"),
    ("stream_fifo", "index_in_range", FIFO, "write_index == LAST ? 0 :", ""),
    ("stream_fifo", "nothing_is_lost", FIFO, "if (read || out_ready)", "if (read)"),
    ("stream_fifo", "in_order", FIFO, "if (read) read_index", "if (write) read_index"),
    ("stream_fifo", "output_stays", FIFO, "stored != 0 && (!out_valid || out_ready)", "stored != 0"),
]  # fmt: skip
MUTANTS_FROM_RESET = [
    ("scdq", "scdq.v", "tail <= kept;", "tail <= 0;"),  # the swap loses what was kept
    ("scdq", "scdq.v", "swapped <= !swapped", "swapped <= swapped"),  # the old queue is read again
    ("scdq", "scdq.v", "head == tail && !popped", "head == tail"),  # an EOT in front of the last event
    ("scdq", "engine/delay_queue.v", "restart = rst || ends && out_ready", "restart = rst"),  # a sample into the next
    ("history", "engine/delay_history.v", "history[level*STRIDE]", "history[level*STRIDE+1]"),
    ("history", "engine/delay_history.v", "in_ready = !in_eot || !scanning", "in_ready = 1'b1"),
    ("shared_queue", "shared_queue.v", "in_eot || row[delay]", "in_eot || row[0]"),  # where it is not useful
    ("scdq_strided", STRIDED, "kept, waiting", "left, waiting"),
    ("scdq_strided", STRIDED, "due = row3[level3]", "due = 1'b1"),
]
FAILS = "proof did fail"


@pytest.mark.parametrize("name", ALWAYS)
def test_holds_in_every_cycle(tmp_path, name):
    prove_always(tmp_path, *ALWAYS[name])


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=[f"{module}-{named}" for module, named, *_ in MUTANTS])
def test_each_property_notices_a_fault(tmp_path, mutant):
    module, named, *change = mutant
    file, sizes = ALWAYS[module][0], SIZES[module]
    prove_always(tmp_path, file, sizes)
    with pytest.raises(InputError, match=FAILS):
        prove_one(tmp_path, file, sizes, named, 20, change)


def test_every_property_has_a_mutant():
    for module in ALWAYS:
        named = re.findall(r"(\w+) : assert", (RTL / f"formal/{module}.sv").read_text())
        assert named == [named for own, named, *_ in MUTANTS if own == module]


@pytest.mark.slow
@pytest.mark.parametrize("structure", CYCLES)
def test_a_delay_unit_delivers_each_spike_once_at_each_useful_level(tmp_path, structure):
    prove_from_reset(tmp_path, STRUCTURES.index(structure), SMALL, CYCLES[structure])


@pytest.mark.slow
@pytest.mark.parametrize(("structure", "mutant"), [(structure, rest) for structure, *rest in MUTANTS_FROM_RESET])
def test_a_faulty_delay_unit_is_noticed(tmp_path, structure, mutant):
    with pytest.raises(InputError, match=FAILS):
        prove_from_reset(tmp_path, STRUCTURES.index(structure), SMALL, CYCLES[structure], mutant)
