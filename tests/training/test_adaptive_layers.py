"""The adaptive neuron, compiled and in pure torch, does what its equations say, forwards and backwards."""

import pytest
import torch

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.neurons import registered
from delaysnn.training import kernels, layers
from delaysnn.training.layers import Fired, InputBatch, delayed_lif

SCALE = 10.0
ADAPTIVE = registered()["adlif"]


class Surrogate(torch.autograd.Function):
    @staticmethod
    def forward(ctx, distance):
        ctx.save_for_backward(distance)
        return (distance >= 0).to(distance.dtype)

    @staticmethod
    def backward(ctx, grad):
        (distance,) = ctx.saved_tensors
        return grad / (SCALE * distance.abs() + 1) ** 2


def equations(spikes, weights, a, b, c, d, recurrent=None, *, threshold, stride):
    """The four equations, one step at a time."""
    batch, n_steps, _ = spikes.shape
    u = s = w = torch.zeros(batch, weights.shape[2], dtype=spikes.dtype)
    fired, membrane = [], []
    for step in range(n_steps):
        due = [(level, step - level * stride) for level in range(len(weights)) if step >= level * stride]
        current = sum(spikes[:, sent] @ weights[level] for level, sent in due)
        if recurrent is not None:
            current = current + s @ recurrent
        u = a * u * (1 - s) + current - w
        s = Surrogate.apply(u - threshold)
        w = b * w + c * u + d * s
        fired.append(s)
        membrane.append(u)
    return torch.stack(fired, 1), torch.stack(membrane, 1)


def ours(spikes, weights, a, b, c, d, recurrent=None, *, threshold, stride):
    trains = SpikeTrains.from_dense(spikes.detach().numpy().transpose(1, 0, 2))
    before = Fired(spikes, spikes, InputBatch.of(trains).events)
    layer = delayed_lif(before, weights, a, threshold, stride, SCALE, recurrent, ADAPTIVE, [b, c, d])
    return layer.spikes, layer.membrane


def problem(dtype, n_pre, n_post, n_levels, n_steps, batch=5, recurrent=False):
    """Return what the loss is differentiated by, the arguments of a layer, then thresholds and a probe."""
    generator = torch.Generator().manual_seed(1)

    def random(*shape):
        return torch.rand(*shape, generator=generator, dtype=torch.float64).to(dtype)

    spikes = (random(batch, n_steps, n_pre) < 0.3).to(dtype)
    weights = (random(n_levels, n_pre, n_post) - 0.3) / (n_pre * n_levels) ** 0.5
    b = 0.5 + 0.45 * random(n_post)
    leaves = [spikes, weights, 0.5 + 0.4 * random(n_post), b, 3 * random(n_post) * (1 - b), random(n_post) * (1 - b)]
    if recurrent:
        leaves.append((random(n_post, n_post) - 0.6) / n_post**0.5)
    probe = random(batch, n_steps, n_post), random(batch, n_steps, n_post)
    return [leaf.requires_grad_() for leaf in leaves], torch.full((n_post,), 0.3, dtype=dtype), probe


def run(layer, leaves, probe, **shape):
    fired, membrane = layer(*leaves, **shape)
    gradients = torch.autograd.grad((fired * probe[0] + membrane * probe[1]).sum(), leaves)
    return fired, membrane, gradients


# Neurons before and after, levels, steps; stride; recurrent. With and without whole vectors.
CASES = [
    ((7, 5, 4, 23), 2, False),
    ((7, 5, 4, 23), 2, True),
    ((48, 48, 6, 40), 2, False),
    ((17, 33, 3, 23), 3, False),
    ((3, 150, 1, 10), 1, True),
    ((24, 20, 30, 64), 2, False),
]


@pytest.mark.parametrize(("shape", "stride", "recurrent"), CASES)
def test_pure_torch_equals_the_equations_in_double_precision(shape, stride, recurrent):
    leaves, threshold, probe = problem(torch.float64, *shape, recurrent=recurrent)
    expected, found = (run(layer, leaves, probe, threshold=threshold, stride=stride) for layer in (equations, ours))
    assert (found[0] == expected[0]).all() and 0.02 < expected[0].mean() < 0.9
    assert torch.allclose(found[1], expected[1], atol=1e-12)
    for a, b in zip(found[2], expected[2], strict=True):
        assert torch.allclose(a, b, atol=1e-12)


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


@pytest.mark.parametrize("recurrent", [False, True])
def test_lif_steps_as_its_faster_forms_do(recurrent):
    leaves, threshold, probe = problem(torch.float64, 7, 5, 4, 23, recurrent=recurrent)
    plain = [leaf for index, leaf in enumerate(leaves) if index not in (3, 4, 5)]

    class Stepping(type(registered()["lif"])):
        """Not the registered one, so it runs as a stranger's neuron does."""

        kernel = None

    results = []
    for neuron in (registered()["lif"], Stepping()):

        def layer(spikes, weights, decay, recurrent=None, neuron=neuron):
            fired = delayed_lif(Fired(spikes, spikes), weights, decay, threshold, 2, SCALE, recurrent, neuron)
            return fired.spikes, fired.membrane

        results.append(run(layer, plain, probe))
    for a, b in zip((*results[0][:2], *results[0][2]), (*results[1][:2], *results[1][2]), strict=True):
        assert torch.allclose(a, b, atol=1e-12)
