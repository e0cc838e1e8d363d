"""Synaptic memory in axons and words, against counting by hand and axon by axon."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from delaysnn.platforms.loihi.storage import store, stored_width

FORMAT = yaml.safe_load((Path(__file__).parents[3] / "config/hardware/loihi.yaml").read_text())


def words_of_axon(synapses, bits_each):
    """Fill blocks one by one, each with its header, up to whole words."""
    words = 0
    while synapses > 0:
        words += -(-(min(synapses, 64) * bits_each + 10) // 64)
        synapses -= 64
    return words


def words_of_source(kept, weight, delay):
    """Return the words and axons of one source that reaches each neuron by so many delays."""
    sparse = words_of_axon(sum(kept), weight + delay + 6)
    dense = []
    for turn in range(max(kept)):
        reached = [post for post, delays in enumerate(kept) if delays > turn]
        dense.append(words_of_axon(reached[-1] - reached[0] + 1, weight + delay))
    return (sum(dense), len(dense)) if sum(dense) <= sparse else (sparse, 1 if sum(kept) else 0)


def test_the_papers_network_needs_36_words_more_than_a_core_has():
    layers = [(700, 48, 1, 0), (48, 48, 15, 6), (48, 20, 15, 6)]
    found = [store(np.full((pre, post), kept), 8, delay, FORMAT).words.sum() for pre, post, kept, delay in layers]
    # A channel's 48 weights of 8 bits and a header of 10 are 394 bits, 7 words; 48 and 20 of 14 bits 11 and 5 words.
    assert found == [700 * 7, 48 * 15 * 11, 48 * 15 * 5]
    assert sum(found) == 16384 + 36


@pytest.mark.parametrize(("bits", "delay_bits", "width"), [(8, 0, 8), (7, 6, 8), (6, 6, 6), (2, 3, 2)])
def test_every_source_takes_what_its_axons_take(bits, delay_bits, width):
    random = np.random.default_rng(bits)
    kept = random.integers(0, 4, (60, 40))
    kept[:10] *= random.random((10, 40)) < 0.1
    kept[10:20, :12] = 0
    kept[5] = 0
    found = store(kept, bits, delay_bits, FORMAT)
    expected = [words_of_source(source.tolist(), width, delay_bits) for source in kept]
    assert list(zip(found.words.tolist(), found.axons.tolist(), strict=True)) == expected
    # Both ways of storing occur.
    assert {axons > 1 for axons in found.axons[kept.max(axis=1) > 1].tolist()} == {True, False}
    assert (stored_width(bits), found.words[5], found.axons[5]) == (width, 0, 0)


def test_an_index_is_as_wide_as_the_layer_asks():
    for neurons, index_bits in ((64, 6), (65, 7), (1024, 10)):
        kept = np.zeros((1, neurons), int)
        kept[0, [0, -1]] = 1, 62
        assert store(kept, 8, 6, FORMAT).words.tolist() == [words_of_axon(63, 14 + index_bits)]
