"""A fault anywhere in the engine shows in spikes: each of these engines has one, and is noticed."""

import pytest
from random_engines import CASES, EAGER, SLOW, Engines

from delaysnn.core.errors import InputError
from delaysnn.platforms.fpga.images import Options

# Delay structure, file, what it says once, what the mutant says instead.
MUTANTS = [
    ("history", "delay_history.v", "history[level*STRIDE]", "history[level*STRIDE+1]"),  # a step too late
    ("history", "delay_history.v", "in_ready = !in_eot || !scanning", "in_ready = 1'b1"),  # an EOT too early
    ("history", "delay_history.v", "step == 0 ? {PAST{1'b0}} : stored", "stored"),  # remembers the sample before
    ("history", "levels.v", "others = left & (left - 1'b1)", "others = 0"),  # one level of several
    ("scdq", "delay_queue.v", "restart = rst || ends && out_ready", "restart = rst"),  # the queue is not emptied
    ("scdq", "delay_queue.v", "/ STRIDE;", "/ STRIDE + 1;"),  # the next level's weights
    ("shared_queue", "delay_queue.v", "row[age] = age % STRIDE == 0 &&", "row[age] = age % STRIDE == 1 &&"),
    ("scdq_strided", "delay_strided.v", "row3 >> level3 >> 1", "row3 >> level3"),  # stays too long
    ("scdq_strided", "delay_strided.v", "kept, waiting", "left, waiting"),  # how many are due in a later step
    ("scdq_strided", "delay_strided.v", "used <= 0;\n          tail <= head;", ""),  # the ring is not emptied
    ("ring_buffer", "sums_ring.v", "ahead >= SLOTS ?", "ahead > SLOTS ?"),  # where the ring closes
    ("ring_buffer", "sums_ring.v", "forwarded ? written : stored", "stored"),  # a sum that is still being written
    ("ring_buffer", "sums_ring.v", "used[word] <= !eot", "used[word] <= 1'b1"),  # a slot is not cleared
    ("history", "sums.v", "eot ? {LANES * SUM_BITS{1'b0}} : added", "added"),  # sums are not cleared
    ("history", "sums.v", "group = all[LANES*SUM_BITS-1:0]", "group = all[GROUPS*LANES*SUM_BITS-1-:LANES*SUM_BITS]"),
    ("history", "add_lanes.v", "{weight[WEIGHT_BITS-1]}", "{1'b0}"),  # no sign
    ("history", "add_lanes.v", "weights[lane*WEIGHT_BITS+:", "weights[(LANES-1-lane)*WEIGHT_BITS+:"),  # another lane
    ("history", "layer_core.v", "due_level} * N_PRE +", "due_level} * N_POST +"),  # another row of weights
    ("history", "layer_core.v", "row1} * GROUPS +", "row1} +"),
    ("history", "layer_core.v", "advance = !(ends3 && busy)", "advance = 1'b1"),  # sums under way are overwritten
    ("history", "neurons.v", "fires ? 24'd0 : v5", "v5"),  # no reset
    ("history", "neurons.v", "step == 0 ? 24'sd0 : stored", "stored"),  # a sample begins where one ended
    ("history", "neurons.v", "arrives - left", "arrives - left - 25'sd1"),  # rounds down, not towards zero
    ("history", "neurons.v", "v5 > $signed", "v5 >= $signed"),
    ("history", "neurons.v", "total4 > MOST ? MOST[23:0] : ", ""),  # wraps above
    ("history", "neurons.v", "total4 < -MOST ? -MOST[23:0] : ", ""),  # wraps below
    ("history", "neurons.v", "advance = !out_valid || out_ready", "advance = 1'b1"),  # does not wait
]  # fmt: skip


@pytest.fixture(scope="module")
def engines(rtl, tmp_path_factory):
    # A sum is read while it is written only where a spike reaches all neurons at once.
    lanes = [None if structure == "ring_buffer" else 4 for structure, *_ in MUTANTS]
    options = [Options(each[0], own, depth=96, weight_bits=8) for each, own in zip(MUTANTS, lanes, strict=True)]
    return Engines(tmp_path_factory.mktemp("mutants"), rtl, options, [tuple(rest) for _, *rest in MUTANTS])


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(MUTANTS)), ids=[f"{said} -> {now}" for _, _, said, now in MUTANTS])
def test_a_mutant_is_noticed(engines, number):
    for case in CASES:
        for how in (EAGER, *SLOW):
            try:
                if engines.play(number, *case, how)[1]:
                    return
            except InputError:  # an output that changed while it waited, or a step that did not end
                return
    pytest.fail("the mutant behaves as the engine")
