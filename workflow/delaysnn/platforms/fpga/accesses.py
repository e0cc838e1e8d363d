"""What an inference on the engine touches and computes: accesses to each memory, additions, products, flip-flops."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.fpga.images import STRUCTURES, Design, Images
from delaysnn.platforms.loihi.integer_network import IntegerLayer

# Widths that the Verilog settles: of a sum, a potential, and a neuron's decay and threshold; words of a FIFO.
SUM_BITS, STATE_BITS, CONSTANTS_BITS, AHEAD = 16, 24, 30, 512
# Of a neuron's step (neurons.v): additions, for a size, the sum with what arrives, both ends of the range and the
# threshold; and the widths of what it multiplies.
ADDITIONS, FACTORS = 5, (23, 13)
# What an adaptive one takes more (adaptation.v): bits of its constants; additions, for two sizes, two sums, both ends
# of the range and what is taken from the potential; and products.
ADAPTATION_BITS, ADAPTIVE_ADDITIONS, ADAPTIVE_PRODUCTS = 43, 7, 2


@dataclass(frozen=True)
class Memory:
    """A memory of the engine, and how often a sample touches it.

    Attributes:
        part: of the engine: weights, delay_unit, neurons or fifos.
        words, width: so many words of so many bits.
        reads, writes: a sample, on average; those that are needed (docs/cost-models.md says which are more).
    """

    part: str
    words: int
    width: int
    reads: float
    writes: float

    @property
    def bits(self) -> int:
        """Bits that it holds."""
        return self.words * self.width


@dataclass(frozen=True)
class Counts:
    """What a sample takes, on average, with one delay structure.

    Attributes:
        memories: all of them.
        sums: additions of :data:`SUM_BITS` bits, a weight to a sum.
        updates: neurons times time steps.
        adaptive: those of adaptive neurons among them.
        clocked: flip-flops of sums, times the cycles in which they take a value.
    """

    memories: tuple[Memory, ...]
    sums: float
    updates: float
    adaptive: float
    clocked: float


@dataclass(frozen=True)
class _Arrivals:
    """Spikes in front of a layer with delays, and what the delays make of them; means over samples.

    Attributes:
        spikes: that arrive.
        due: float [level]; deliveries within the sample.
        copies: float [level]; spikes to which the level is useful, whether it is due within the sample or not.
        pops, keeps: of SCDQ: events taken from a queue, and given to the other.
        returns, returned: of strided SCDQ: events read from the ring, and written.
    """

    spikes: float
    due: np.ndarray
    copies: np.ndarray
    pops: float
    keeps: float
    returns: float
    returned: float


def count(images: Images, inputs: SpikeTrains, layers: Sequence[SpikeTrains]) -> dict[str, Counts]:
    """Count what a sample takes with each of :data:`STRUCTURES`, by its name.

    Args:
        images: the network on the engine.
        inputs, layers: spikes of the input channels and of every layer.
    """
    design, network = images.design, images.network
    before = [inputs, *layers[:-1]]
    arrivals = [
        _arrivals(layer, spikes, design.levels if index else 1, design.stride)
        for index, (layer, spikes) in enumerate(zip(network.layers, before, strict=True))
    ]
    return {name: _count(design, name, arrivals) for name in STRUCTURES}


def _arrivals(layer: IntegerLayer, spikes: SpikeTrains, levels: int, stride: int) -> _Arrivals:
    useful = np.zeros((layer.weights.shape[1], levels), bool)
    useful[:, [delay // stride for delay in layer.delay_levels]] = (layer.weights != 0).any(axis=2).T
    if levels == 1:
        # Without a delay unit each spike reads its row.
        useful[:] = True
    left = spikes.n_steps - spikes.steps.astype(np.int64)
    reached = (left - 1) // stride
    last = (useful * np.arange(levels)).max(axis=1)[spikes.neurons]
    copies = useful[spikes.neurons]
    within = np.arange(levels) <= reached[:, None]

    def mean(total: int) -> float:
        return float(total) / len(spikes)

    return _Arrivals(
        spikes=mean(len(left)),
        due=(copies & within).sum(axis=0) / len(spikes),
        copies=copies.sum(axis=0) / len(spikes),
        pops=mean(np.minimum(left, last * stride + 1).sum()),
        keeps=mean(np.minimum(left, last * stride).sum()),
        returns=mean(np.minimum(reached, last).sum()),
        returned=mean(np.minimum(reached + 1, last).sum()),
    )


def _count(design: Design, structure: str, arrivals: Sequence[_Arrivals]) -> Counts:
    pres = (design.n_input, design.n_first, design.n_second)
    posts = (design.n_first, design.n_second, design.n_output)
    lanes = (design.lanes_first, design.lanes_second, design.lanes_output)
    stored = (design.rows_first, design.rows_second, design.rows_output)
    steps = design.time_steps
    memories: list[Memory] = []
    sums = clocked = adaptive = 0.0
    for index, (pre, post, lane, rows, arrived) in enumerate(zip(pres, posts, lanes, stored, arrivals, strict=True)):
        groups, delayed = -(-post // lane), index > 0 and design.levels > 1
        ring = delayed and structure == "ring_buffer"
        # A ring of sums takes a spike at all its levels at once, those behind the sample's end, too.
        read = float((arrived.copies if ring else arrived.due).sum())
        memories.append(Memory("weights", rows * groups, lane * design.weight_bits, read * groups, 0))
        sums += read * post
        if ring:
            slots = ((design.levels - 1) * design.stride + 1) * groups
            touched = read * groups
            # Sums of coming steps are how it delays.
            memories.append(Memory("delay_unit", slots, lane * SUM_BITS, touched + steps * groups, touched))
        else:
            clocked += (read + steps) * groups * groups * lane * SUM_BITS
        # The copy of all sums that the neurons take theirs from: loaded once a step, moved on a neuron and an EOT.
        clocked += steps * (groups + post + 1) * groups * lane * SUM_BITS
        memories.append(Memory("neurons", post, STATE_BITS, steps * post, steps * post))
        memories.append(Memory("neurons", post, CONSTANTS_BITS, steps * post, 0))
        if design.adaptive >> index & 1:
            adaptive += steps * post
            memories.append(Memory("neurons", post, STATE_BITS, steps * post, steps * post))
            memories.append(Memory("neurons", post, ADAPTATION_BITS, steps * post, 0))
        if delayed:
            memories += _delay_unit(design, structure, pre, arrived)
        if index > 0:
            words = arrived.spikes + steps
            memories.append(Memory("fifos", AHEAD, _index_bits(pre) + 1, words, words))
    return Counts(tuple(memories), sums, float(steps * sum(posts)), adaptive, clocked)


def _delay_unit(design: Design, structure: str, pre: int, arrived: _Arrivals) -> Iterator[Memory]:
    steps, levels, pre_bits = design.time_steps, design.levels, _index_bits(pre)
    delays = (levels - 1) * design.stride + 1

    def rows(reads: float) -> Memory:
        """Return the memory of which levels are useful; queues that count in time steps have it in flip-flops."""
        return Memory("delay_unit", pre, levels, reads, 0)

    if structure == "history":
        yield Memory("delay_unit", pre, delays - 1, steps * pre, steps * pre)
        yield rows(steps * pre)
    elif structure == "ring_buffer":
        # A step's end passes as a spike does.
        yield rows(arrived.spikes + steps)
    elif structure == "scdq_strided":
        yield Memory("delay_unit", design.depth, pre_bits + _index_bits(levels), arrived.returns, arrived.returned)
        yield rows(arrived.spikes + arrived.returns)
    elif structure == "scdq":
        # Two queues, which take turns.
        writes = arrived.spikes + arrived.keeps
        for _ in range(2):
            width = pre_bits + _index_bits(delays)
            yield Memory("delay_unit", design.depth, width, arrived.pops / 2, writes / 2)
    else:
        yield from _fifos(design, delays, pre_bits + 1, arrived)


def _fifos(design: Design, delays: int, width: int, arrived: _Arrivals) -> Iterator[Memory]:
    """Yield the FIFOs of a shared queue, one a delay in time steps, each with its share of the depth.

    Beside events each takes a mark a step; what is first in line has been read when the sample ends.
    """
    for delay in range(delays):
        level, between = divmod(delay, design.stride)
        due, copies = (0.0, 0.0) if between else (float(arrived.due[level]), float(arrived.copies[level]))
        words = -(-design.depth * (delay + 1) // delays) + delay + 1
        reads = due + max(0, design.time_steps - delay) + (delay > 0)
        yield Memory("delay_unit", words, width, reads, copies + design.time_steps)


def _index_bits(number: int) -> int:
    return max(1, int(number - 1).bit_length())
