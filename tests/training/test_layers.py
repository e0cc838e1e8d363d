"""Both paths give the same spikes and gradients as the plain loop over time with a ring buffer."""

import os
import shutil

import pytest
import torch

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.training import kernels, layers
from delaysnn.training.layers import Fired, InputBatch, delayed_lif

SCALE = 10.0


class Surrogate(torch.autograd.Function):
    @staticmethod
    def forward(ctx, distance):
        ctx.save_for_backward(distance)
        return (distance >= 0).to(distance.dtype)

    @staticmethod
    def backward(ctx, grad):
        (distance,) = ctx.saved_tensors
        return grad / (SCALE * distance.abs() + 1) ** 2


def naive_layer(spikes, weights, decay, recurrent=None, *, threshold, stride):
    """One step at a time: each spike's current goes into a ring buffer, each step takes its slot."""
    batch, n_steps, _ = spikes.shape
    slots = (len(weights) - 1) * stride + 1
    ring = [torch.zeros(batch, weights.shape[2], dtype=spikes.dtype) for _ in range(slots)]
    u = s = torch.zeros(batch, weights.shape[2], dtype=spikes.dtype)
    fired, membrane = [], []
    for step in range(n_steps):
        for level, weight in enumerate(weights):
            slot = (step + level * stride) % slots
            ring[slot] = ring[slot] + spikes[:, step] @ weight
        fed_back = 0 if recurrent is None else s @ recurrent
        u = u * decay * (1 - s) + ring[step % slots] + fed_back
        ring[step % slots] = torch.zeros_like(u)
        s = Surrogate.apply(u - threshold)
        fired.append(s)
        membrane.append(u)
    return torch.stack(fired, 1), torch.stack(membrane, 1)


def problem(dtype, n_pre, n_post, n_levels, stride, n_steps=23, batch=3, recurrent=False):
    """Return what the loss is differentiated by (spikes, weights, decay, recurrent weights), thresholds and a probe."""
    generator = torch.Generator().manual_seed(1)

    def random(*shape):
        return torch.rand(*shape, generator=generator, dtype=torch.float64).to(dtype)

    spikes = (random(batch, n_steps, n_pre) < 0.3).to(dtype)
    weights = (random(n_levels, n_pre, n_post) - 0.4) / (n_pre * n_levels) ** 0.5
    decay = 0.5 + 0.4 * random(n_post)
    threshold = torch.full((n_post,), 0.3, dtype=dtype)
    probe = random(batch, n_steps, n_post), random(batch, n_steps, n_post)
    leaves = [spikes, weights, decay]
    if recurrent:
        leaves.append((random(n_post, n_post) - 0.6) / n_post**0.5)
    return [leaf.requires_grad_() for leaf in leaves], threshold, probe


def run(layer, leaves, probe, **shape):
    fired, membrane = layer(*leaves, **shape)
    gradients = torch.autograd.grad((fired * probe[0] + membrane * probe[1]).sum(), leaves)
    return fired, membrane, gradients


def fired_with_events(spikes):
    trains = SpikeTrains.from_dense(spikes.detach().numpy().transpose(1, 0, 2))
    return Fired(spikes, spikes, InputBatch.of(trains).events)


def ours(spikes, weights, decay, recurrent=None, *, threshold, stride):
    fired = delayed_lif(fired_with_events(spikes), weights, decay, threshold, stride, SCALE, recurrent)
    return fired.spikes, fired.membrane


# Neurons before and after, levels, stride, steps: with and without whole vectors, products and spectra.
SHAPES = [
    (7, 5, 4, 2, 23),
    (48, 48, 6, 2, 23),
    (17, 33, 3, 3, 23),
    (5, 4, 1, 1, 23),
    (4, 6, 12, 2, 23),
    (50, 20, 4, 1, 23),
    (3, 150, 1, 1, 10),
    (24, 20, 30, 2, 64),
    (20, 24, 30, 2, 101),
    (6, 9, 40, 1, 33),
]
CASES = [(shape, False) for shape in SHAPES] + [(SHAPES[index], True) for index in (0, 1, 3, 6)]
# Samples: a few, and so many that a thread takes several groups of them.
BATCHES = [(*case, 5) for case in CASES] + [(SHAPES[index], index != 7, 70) for index in (0, 3, 7)]


@pytest.mark.parametrize(("shape", "recurrent"), CASES)
def test_pure_torch_equals_the_ring_buffer_in_double_precision(shape, recurrent):
    leaves, threshold, probe = problem(torch.float64, *shape, recurrent=recurrent)
    expected, found = (run(f, leaves, probe, threshold=threshold, stride=shape[3]) for f in (naive_layer, ours))
    assert (found[0] == expected[0]).all() and 0.02 < expected[0].mean() < 0.9
    assert torch.allclose(found[1], expected[1], atol=1e-12)
    for a, b in zip(found[2], expected[2], strict=True):
        assert torch.allclose(a, b, atol=1e-12)


@pytest.fixture
def compiler():
    if kernels.library() is None:
        message = "no C++ compiler: the compiled kernels are not tested"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)


@pytest.mark.parametrize(("shape", "recurrent", "batch"), BATCHES)
def test_compiled_equals_the_ring_buffer(shape, recurrent, batch, compiler):
    leaves, threshold, probe = problem(torch.float32, *shape, batch=batch, recurrent=recurrent)
    double = [leaf.detach().double().requires_grad_() for leaf in leaves]
    by = [p.double() for p in probe]
    expected = run(naive_layer, double, by, threshold=threshold.double(), stride=shape[3])
    assert layers.compiled(leaves[1])
    found = run(ours, leaves, probe, threshold=threshold, stride=shape[3])
    assert (found[0] == expected[0]).all()
    for a, b in zip((found[1], *found[2]), (expected[1], *expected[2]), strict=True):
        assert torch.allclose(a.double(), b, atol=2e-5 * b.abs().max().item() + 1e-6)


def test_a_layer_lists_its_own_spikes(compiler):
    (spikes, weights, decay), threshold, _ = problem(torch.float32, 7, 5, 4, 2)
    fired = delayed_lif(fired_with_events(spikes), weights, decay, threshold, 2, SCALE)
    begin, end, steps, neurons = fired.events
    listed = torch.zeros_like(fired.spikes)
    for sample in range(len(begin)):
        events = slice(begin[sample], end[sample])
        listed[sample, steps[events].astype(int), neurons[events].astype(int)] += 1
    assert (listed == fired.spikes).all() and fired.spikes.sum() > 0


def test_behind_neurons_that_list_no_spikes_a_compiled_layer_finds_them(compiler):
    leaves, threshold, probe = problem(torch.float32, 7, 5, 4, 2)
    results = []
    for before in (fired_with_events(leaves[0]), Fired(leaves[0], leaves[0])):
        after = delayed_lif(before, leaves[1], leaves[2], threshold, 2, SCALE)
        loss = (after.spikes * probe[0] + after.membrane * probe[1]).sum()
        results.append((after.spikes, *torch.autograd.grad(loss, leaves)))
    assert all(torch.equal(a, b) for a, b in zip(*results, strict=True))


@pytest.mark.parametrize("recurrent", [False, True])
def test_one_and_two_threads_give_the_same_bytes(recurrent, compiler):
    leaves, threshold, probe = problem(torch.float32, 20, 24, 30, 2, 64, 37, recurrent=recurrent)
    results = []
    try:
        for threads in (1, 2):
            kernels.use_threads(threads)
            results.append(run(ours, leaves, probe, threshold=threshold, stride=2))
    finally:
        kernels.use_threads(1)
    for a, b in zip(results[0][2], results[1][2], strict=True):
        assert torch.equal(a, b)


def test_input_events_give_the_same_spikes_and_gradient_as_dense_spikes(compiler, monkeypatch):
    (spikes, weights, decay), threshold, probe = problem(torch.float32, 48, 16, 1, 1)
    batch = InputBatch.of(SpikeTrains.from_dense(spikes.detach().numpy().transpose(1, 0, 2)))
    assert (batch.dense(torch.float32, torch.device("cpu")) == spikes).all()
    results = []
    for compiled in (True, False):
        monkeypatch.setattr(layers, "compiled", lambda weights, compiled=compiled: compiled)
        fired = delayed_lif(batch, weights, decay, threshold, 1, SCALE)
        loss = (fired.spikes * probe[0] + fired.membrane * probe[1]).sum()
        results.append((fired.spikes, *torch.autograd.grad(loss, [weights, decay])))
    assert torch.equal(results[0][0], results[1][0])
    for a, b in zip(results[0][1:], results[1][1:], strict=True):
        assert torch.allclose(a, b, rtol=1e-4, atol=1e-4)


@pytest.fixture
def fresh_library():
    kernels.library.cache_clear()
    yield
    kernels.library.cache_clear()


def test_without_a_compiler_torch_runs(monkeypatch, fresh_library):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert kernels.library() is None
    assert not layers.compiled(torch.zeros(1))


def test_with_a_compiler_that_fails_torch_runs(monkeypatch, fresh_library, tmp_path):
    monkeypatch.setenv("CXX", "false")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert kernels.library() is None
    assert not list(tmp_path.rglob("*.so"))
