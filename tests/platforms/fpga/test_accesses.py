"""What is counted of an inference on the engine, against the engine: its memories count what reads and writes them."""

import dataclasses
import re
import subprocess
from collections import Counter

import numpy as np
import pytest
from random_engines import EAGER, LEVELS, STEPS, STRIDE, adapting, inputs, network

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.fpga.accesses import count
from delaysnn.platforms.fpga.images import STRUCTURES, Images, Options, make_images
from delaysnn.platforms.fpga.verilog import build_top, engine_sources, play
from delaysnn.platforms.loihi2.fixed_point import simulate

# Which reads happen in every cycle, whether their word is needed or not: only those that are needed are counted.
IDLE = {"scdq_strided": ("strided.delay.rows",), "ring_buffer": ("sums.memory",)}
# Words and width of the queue or FIFO that, before it begins anew, takes one event of the step that would come next.
AHEAD = {"scdq": (96, 7), "shared_queue": (106, 4)}
COUNTING = """
  integer reads = 0, writes = 0;
  always @(posedge clk) begin
    if (read) reads <= reads + 1;
    if (write) writes <= writes + 1;
  end
  final $display("memory %m %0d %0d %0d %0d", WORDS, WIDTH, reads, writes);
endmodule
"""


def images(structure, adapts=False):
    own = adapting(network(1), 1) if adapts else network(1)
    return make_images(own, Options(structure, depth=96, weight_bits=8))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("structure", "adapts"), [*((structure, False) for structure in STRUCTURES), ("history", True)]
)
def test_every_memory_is_touched_as_often_as_counted(rtl, tmp_path, structure, adapts):
    own, spikes = images(structure, adapts), inputs(1)
    memory = tmp_path / "memory.v"
    memory.write_text(re.sub(r"endmodule\s*$", COUNTING, (rtl / "memory.v").read_text()))
    sources = [memory, *(file for file in engine_sources(rtl) if file.name != "memory.v")]
    build_top("engine", sources, rtl, tmp_path, own.design.parameters, optimise="-O0")
    play(tmp_path, own, spikes, dataclasses.replace(EAGER, one_by_one=True))
    ran = subprocess.run([tmp_path / "engine", tmp_path / "stimulus", tmp_path / "run"], capture_output=True, text=True)
    # A load writes each word once; only samples are counted.
    found, idle = Counter(), Counter()
    for path, *numbers in re.findall(r"memory (\S+) (\d+) (\d+) (\d+) (\d+)", ran.stdout):
        words, width, reads, writes = map(int, numbers)
        loaded = words if re.search(r"(weights|registers|rows)$", path) else 0
        (idle if path.endswith(IDLE.get(structure, ("none",))) else found)[words, width, "reads"] += reads
        found[words, width, "writes"] += writes - loaded
    counted = Counter()
    for each in count(own, spikes, simulate(own.network, spikes).layers)[structure].memories:
        counted[each.words, each.width, "reads"] += each.reads * len(spikes)
        counted[each.words, each.width, "writes"] += each.writes * len(spikes)
    needed = {key: counted.pop(key) for key in idle}
    if structure in AHEAD:
        counted[(*AHEAD[structure], "reads")] += 2 * len(spikes)
    assert {key: value for key, value in found.items() if value} == pytest.approx(
        {key: value for key, value in counted.items() if value}
    )
    assert all(idle[key] > needed[key] > 0 for key in idle)


def one_spike(step):
    """Neuron 0 of the first layer alone fires, in this step, of two samples in one."""
    layers = []
    for post in (6, 6, 4):
        dense = np.zeros((STEPS, 2, post))
        if not layers:
            dense[step, 0, 0] = 1
        layers.append(SpikeTrains.from_dense(dense))
    return layers


def with_useful(*levels):
    """A network whose neuron 0 has weights at these levels in the second layer."""
    integer = network(1)
    weights = integer.layers[1].weights.copy()
    weights[:, 0] = 0
    weights[levels, 0, 0] = 2
    layers = (integer.layers[0], dataclasses.replace(integer.layers[1], weights=weights), integer.layers[2])
    return make_images(dataclasses.replace(integer, layers=layers), Options(depth=96))


def touched(images: Images, step: int) -> dict[str, tuple[float, float]]:
    """Return reads and writes of two samples in the queue between the first two layers, by structure."""
    found = count(images, inputs(1, samples=2), one_spike(step))
    queues = {}
    for structure in ("scdq", "scdq_strided"):
        own = [each for each in found[structure].memories if each.words == 96]
        queues[structure] = 2 * sum(each.reads for each in own), 2 * sum(each.writes for each in own)
    return queues


def test_an_event_waits_for_its_last_useful_level_and_no_longer_than_the_sample():
    assert (LEVELS, STRIDE) == (4, 3)
    # Delays 0 and 6: SCDQ takes it in steps 0 to 6 and keeps it six times; by strides only levels 1 and 2 are read.
    assert touched(with_useful(0, 2), 4) == {"scdq": (7, 7), "scdq_strided": (2, 2)}
    # Three steps before the end SCDQ takes it three times, and keeps it three; level 1 is no longer read.
    assert touched(with_useful(0, 2), STEPS - 3) == {"scdq": (3, 4), "scdq_strided": (0, 1)}
    # An axon without useful delays is taken once and dropped.
    assert touched(with_useful(), 4) == {"scdq": (1, 1), "scdq_strided": (0, 0)}


def test_a_ring_of_sums_adds_what_is_due_behind_the_end_too():
    found = count(with_useful(0, 2), inputs(1, samples=2), one_spike(STEPS - 1))
    first = len(inputs(1, samples=2).steps) * 6 / 2
    assert (found["history"].sums, found["ring_buffer"].sums) == (first + 6 / 2, first + 2 * 6 / 2)
