"""A fault anywhere in the engine shows in spikes: each of these engines has one, and is noticed."""

import pytest
from random_engines import CASES_OF, EAGER, SLOW, Engines

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
    ("history", "stream_fifo.v", "in_ready = stored != FULL", "in_ready = 1'b1"),  # spikes are lost
    ("history", "stream_fifo.v", "stored != 0 && (!out_valid || out_ready)", "stored != 0"),
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


# The same for neurons that adapt, with a history, and for which cases.
ADAPTIVE_MUTANTS = [
    ("adaptive", "adaptation.v", "begins ? 24'sd0 : stored", "stored"),  # a sample begins where one ended
    ("adaptive", "adaptation.v", "total8 > MOST ? MOST[23:0] : ", ""),  # wraps above
    ("adaptive", "adaptation.v", "total8 < -MOST ? -MOST[23:0] : ", ""),  # wraps below
    ("adaptive", "adaptation.v", "negative_w7 ? -left_w :", "negative_w7 ? -left_w - 26'sd1 :"),  # rounds down
    ("adaptive", "adaptation.v", "negative_v7 ? -left_v :", "negative_v7 ? -left_v - 26'sd1 :"),
    ("adaptive", "adaptation.v", "negative_v7 ? -left_v :", ""),  # no sign
    ("adaptive", "adaptation.v", "fired6 ? jump : 17'd0", "jump"),  # with and without a spike
    ("adaptive", "adaptation.v", "w5 <= w4", "w5 <= w2"),  # another neuron's
    ("adaptive", "neurons.v", "- {w2[23], w2}", "+ {w2[23], w2}"),  # excites
    ("adaptive", "neurons.v", ".v5(v5)", ".v5(fires ? 24'sd0 : v5)"),  # takes the potential behind its reset
    ("adaptive", "neurons.v", "ADAPTIVE != 0 ? 25 : 24", "24"),  # what arrives wraps
    ("adaptive", "neurons.v", "TOTAL_BITS = DRIVE_BITS + 1", "TOTAL_BITS = DRIVE_BITS"),  # and what it adds up to
    ("few", "adaptation.v", "ends = valid[8] && slot8 == EOT", "ends = valid5 && slot5 == EOT"),  # too early
]
TESTED = [("lif", *each) for each in MUTANTS] + [(kind, "history", *rest) for kind, *rest in ADAPTIVE_MUTANTS]


@pytest.fixture(scope="module")
def engines(rtl, tmp_path_factory):
    # A sum is read while it is written only where a spike reaches all neurons at once.
    lanes = [None if structure == "ring_buffer" else 4 for _, structure, *_ in TESTED]
    options = [Options(each[1], own, depth=96, weight_bits=8) for each, own in zip(TESTED, lanes, strict=True)]
    mutants = [tuple(rest) for _, _, *rest in TESTED]
    return Engines(tmp_path_factory.mktemp("mutants"), rtl, options, mutants, [kind for kind, *_ in TESTED])


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(TESTED)), ids=[f"{said} -> {now}" for *_, said, now in TESTED])
def test_a_mutant_is_noticed(engines, number):
    for case in CASES_OF[TESTED[number][0]]:
        for how in (EAGER, *SLOW):
            try:
                if engines.play(number, *case, how)[1]:
                    return
            except InputError:  # an output that changed while it waited, or a step that did not end
                return
    pytest.fail("the mutant behaves as the engine")
