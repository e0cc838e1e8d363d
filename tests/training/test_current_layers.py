"""The current-based neuron, compiled and in pure torch, does what its equations say, forwards and backwards."""

import pytest
import torch
from test_adaptive_layers import CASES, SCALE, Surrogate, run

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.neurons import registered
from delaysnn.training import kernels, layers
from delaysnn.training.layers import Fired, InputBatch, delayed_lif

CUBA = registered()["cuba"]


def equations(spikes, weights, a, g, recurrent=None, *, threshold, stride):
    """The three equations, one step at a time."""
    batch, n_steps, _ = spikes.shape
    u = s = i = torch.zeros(batch, weights.shape[2], dtype=spikes.dtype)
    fired, membrane = [], []
    for step in range(n_steps):
        due = [(level, step - level * stride) for level in range(len(weights)) if step >= level * stride]
        current = sum(spikes[:, sent] @ weights[level] for level, sent in due)
        if recurrent is not None:
            current = current + s @ recurrent
        i = g * i + current
        u = a * u * (1 - s) + i
        s = Surrogate.apply(u - threshold)
        fired.append(s)
        membrane.append(u)
    return torch.stack(fired, 1), torch.stack(membrane, 1)


def ours(spikes, weights, a, g, recurrent=None, *, threshold, stride):
    trains = SpikeTrains.from_dense(spikes.detach().numpy().transpose(1, 0, 2))
    before = Fired(spikes, spikes, InputBatch.of(trains).events)
    layer = delayed_lif(before, weights, a, threshold, stride, SCALE, recurrent, CUBA, [g])
    return layer.spikes, layer.membrane


def problem(dtype, n_pre, n_post, n_levels, n_steps, batch=5, recurrent=False):
    """Return what the loss is differentiated by, the arguments of a layer, then thresholds and a probe."""
    generator = torch.Generator().manual_seed(1)

    def random(*shape):
        return torch.rand(*shape, generator=generator, dtype=torch.float64).to(dtype)

    spikes = (random(batch, n_steps, n_pre) < 0.2).to(dtype)
    weights = (random(n_levels, n_pre, n_post) - 0.45) / (n_pre * n_levels) ** 0.5
    leaves = [spikes, weights, 0.5 + 0.4 * random(n_post), 0.95 * random(n_post)]
    if recurrent:
        leaves.append((random(n_post, n_post) - 0.6) / n_post**0.5)
    probe = random(batch, n_steps, n_post), random(batch, n_steps, n_post)
    return [leaf.requires_grad_() for leaf in leaves], torch.full((n_post,), 0.3, dtype=dtype), probe


@pytest.mark.parametrize(("shape", "stride", "recurrent"), CASES)
def test_pure_torch_equals_the_equations_in_double_precision(shape, stride, recurrent):
    leaves, threshold, probe = problem(torch.float64, *shape, recurrent=recurrent)
    expected, found = (run(layer, leaves, probe, threshold=threshold, stride=stride) for layer in (equations, ours))
    assert (found[0] == expected[0]).all() and 0.02 < expected[0].mean() < 0.9
    assert torch.allclose(found[1], expected[1], atol=1e-12)
    for a, b in zip(found[2], expected[2], strict=True):
        assert torch.allclose(a, b, atol=1e-11)


# Samples: a few, and so many that a thread takes several groups of them.
@pytest.mark.parametrize("batch", [5, 70])
@pytest.mark.parametrize(("shape", "stride", "recurrent"), CASES)
def test_compiled_equals_the_equations(shape, stride, recurrent, batch, compiler):
    leaves, threshold, probe = problem(torch.float32, *shape, batch=batch, recurrent=recurrent)
    double = [leaf.detach().double().requires_grad_() for leaf in leaves]
    by = [p.double() for p in probe]
    expected = run(equations, double, by, threshold=threshold.double(), stride=stride)
    assert layers.compiled(leaves[1])
    found = run(ours, leaves, probe, threshold=threshold, stride=stride)
    assert (found[0] == expected[0]).all()
    for a, b in zip((found[1], *found[2]), (expected[1], *expected[2]), strict=True):
        assert torch.allclose(a.double(), b, atol=2e-5 * b.abs().max().item() + 1e-6)


@pytest.mark.parametrize("which", [0, 1])
def test_a_gradient_that_is_not_there_counts_as_zero(which, compiler):
    leaves, threshold, probe = problem(torch.float32, 7, 5, 4, 23)
    results = []
    for layer in (equations, ours):
        found = layer(*leaves, threshold=threshold, stride=2)
        results.append(torch.autograd.grad((found[which] * probe[which]).sum(), leaves))
    for a, b in zip(*results, strict=True):
        assert torch.allclose(a, b, atol=2e-5 * b.abs().max().item() + 1e-6)


def test_one_and_two_threads_give_the_same_bytes(compiler):
    leaves, threshold, probe = problem(torch.float32, 20, 24, 30, 64, batch=37)
    results = []
    try:
        for threads in (1, 2):
            kernels.use_threads(threads)
            results.append(run(ours, leaves, probe, threshold=threshold, stride=2))
    finally:
        kernels.use_threads(1)
    assert all(torch.equal(a, b) for a, b in zip(results[0][2], results[1][2], strict=True))


def test_without_a_lasting_current_it_is_lif_to_the_last_bit(compiler):
    (spikes, weights, a, g), threshold, _ = problem(torch.float32, 20, 24, 30, 64)
    none = ours(spikes, weights, a, torch.zeros_like(g), threshold=threshold, stride=2)
    trains = SpikeTrains.from_dense(spikes.detach().numpy().transpose(1, 0, 2))
    plain = delayed_lif(Fired(spikes, spikes, InputBatch.of(trains).events), weights, a, threshold, 2, SCALE)
    assert torch.equal(none[0], plain.spikes) and torch.equal(none[1], plain.membrane)
    assert not torch.equal(plain.spikes, ours(spikes, weights, a, g, threshold=threshold, stride=2)[0])
