"""How many bits of Loihi's synaptic memory a layer takes, in axons and 64-bit words as NengoLoihi counts them.

An axon is a list of synapses in blocks of up to 64; a block has a header and fills whole words. A dense axon reaches
consecutive neurons, once each, and stores no index; a sparse one stores an index with each synapse. Where pairs have
several delays, a source needs a dense axon for the first delay of each pair, another for the second, and so on.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

# Widths that a synapse format can have (NengoLoihi, block.py: WEIGHT_BITS_MAP and INDEX_BITS_MAP).
_WEIGHT_BITS = (1, 2, 3, 4, 5, 6, 8)
_INDEX_BITS = (6, 7, 8, 9, 10, 11, 12)


@dataclass(frozen=True)
class Stored:
    """What the synapses of a layer take, by source.

    Attributes:
        words: of 64 bits, int64 [pre].
        axons: int64 [pre].
    """

    words: np.ndarray
    axons: np.ndarray


def store(
    kept: np.ndarray, bits: int, delay_bits: int, format: Mapping[str, float], sparse_alone: bool = False
) -> Stored:
    """Store each source's synapses in dense axons or in a sparse one, whichever takes fewer words.

    Args:
        kept: delays that each pair has, [pre, post].
        bits: of a weight, sign included; at most 8.
        delay_bits: of a delay; 0 where the layer has none.
        format: ``core_word_bits``, ``core_block_synapses``, ``core_block_header_bits`` of config/hardware/loihi.yaml.
        sparse_alone: take a sparse axon for each source, whatever words that takes: where axons are short.
    """
    payload = stored_width(bits) + delay_bits
    index_bits = _wide_enough((kept.shape[1] - 1).bit_length(), _INDEX_BITS)
    sparse = _words(kept.sum(axis=1), payload + index_bits, format)
    if sparse_alone:
        return Stored(sparse, np.asarray(kept.any(axis=1), np.int64))
    dense, axons = np.zeros_like(sparse), np.zeros_like(sparse)
    for delay in range(int(kept.max(initial=0))):
        reached = kept > delay
        used = reached.any(axis=1)
        # From the first neuron reached to the last; those between that are not reached take a weight of zero.
        span = kept.shape[1] - reached.argmax(axis=1) - reached[:, ::-1].argmax(axis=1)
        dense += np.where(used, _words(span, payload, format), 0)
        axons += used
    return Stored(np.minimum(dense, sparse), np.where(dense <= sparse, axons, kept.any(axis=1)))


def stored_width(bits: int) -> int:
    """Return the bits that a weight of ``bits`` bits is stored in: 7 are stored in 8."""
    return _wide_enough(bits, _WEIGHT_BITS)


def _words(synapses: np.ndarray, bits_each: int, format: Mapping[str, float]) -> np.ndarray:
    """Return the words that axons of so many synapses take, int64."""
    word, block, header = (format[f"core_{key}"] for key in ("word_bits", "block_synapses", "block_header_bits"))
    full, rest = np.divmod(synapses.astype(np.int64), block)
    return full * -(-(block * bits_each + header) // word) + np.where(rest, -(-(rest * bits_each + header) // word), 0)


def _wide_enough(bits: int, widths: tuple[int, ...]) -> int:
    # What is wider than the widest has more neurons than a core, which is refused for that.
    return next((width for width in widths if width >= bits), widths[-1])
