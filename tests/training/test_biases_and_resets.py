"""Layers with biases, of neurons that are reset by subtraction and of neurons that never fire, beside a plain loop."""

import math

import pytest
import torch
from test_layers import Surrogate, fired_with_events
from test_layers import run as gradients

from delaysnn.neurons import registered
from delaysnn.training import kernels, layers
from delaysnn.training.layers import delayed_lif

STRIDE, SCALE = 2, 10.0
# By the neuron's name, how many values it has beside decay and threshold.
NEURONS = {"lif": 0, "cuba": 1, "adlif": 3}


def loop(neuron, spikes, weights, bias, decay, own, recurrent, threshold, reset):
    """One step at a time, as delaysnn.core.network.Layer says."""
    u = s = state = torch.zeros(len(spikes), weights.shape[2], dtype=spikes.dtype)
    fired, membrane = [], []
    for step in range(spikes.shape[1]):
        current = bias
        for level, weight in enumerate(weights):
            if step >= level * STRIDE:
                current = current + spikes[:, step - level * STRIDE] @ weight
        if recurrent is not None:
            current = current + s @ recurrent
        kept = decay * u * (1 - s) if reset is None else decay * u - reset * s
        if neuron == "cuba":
            state = own[0] * state + current
            u = kept + state
        else:
            u = kept + current - state
        s = Surrogate.apply(u - threshold)
        if neuron == "adlif":
            state = own[0] * state + own[1] * u + own[2] * s
        fired.append(s)
        membrane.append(u)
    return torch.stack(fired, 1), torch.stack(membrane, 1)


def problem(dtype, neuron, recurrent, batch=5, n_pre=7, n_post=5, n_levels=4, n_steps=23):
    """Return what the loss is differentiated by, thresholds, resets and a probe."""
    generator = torch.Generator().manual_seed(1)

    def random(*shape):
        return torch.rand(*shape, generator=generator, dtype=torch.float64).to(dtype)

    spikes = (random(batch, n_steps, n_pre) < 0.3).to(dtype)
    weights = (random(n_levels, n_pre, n_post) - 0.4) / (n_pre * n_levels) ** 0.5
    leaves = [spikes, weights, 0.2 * random(n_post) - 0.05, 0.5 + 0.4 * random(n_post)]
    leaves += [random(n_post) * (0.9 if index == 0 else 0.2) for index in range(NEURONS[neuron])]
    if recurrent:
        leaves.append((random(n_post, n_post) - 0.6) / n_post**0.5)
    threshold, reset = torch.full((n_post,), 0.3, dtype=dtype), 0.2 + 0.2 * random(n_post)
    probe = random(batch, n_steps, n_post), random(batch, n_steps, n_post)
    return [leaf.requires_grad_() for leaf in leaves], threshold, reset, probe


def parts(neuron, leaves):
    """Return spikes, weights, biases, decays, own values and recurrent weights, None where there are none."""
    own = NEURONS[neuron]
    return *leaves[:4], list(leaves[4 : 4 + own]), (leaves[4 + own] if len(leaves) > 4 + own else None)


def both(neuron):
    """Return the loop and the layer, each as a function of the leaves."""

    def expected(*leaves, threshold, reset):
        return loop(neuron, *parts(neuron, leaves), threshold, reset)

    def ours(*leaves, threshold, reset):
        spikes, weights, bias, decay, own, recurrent = parts(neuron, leaves)
        before, kind = fired_with_events(spikes), registered()[neuron]
        constants = decay, threshold, STRIDE, SCALE, recurrent, kind, own
        layer = delayed_lif(before, weights, *constants, bias=bias, reset=reset)
        return layer.spikes, layer.membrane

    return expected, ours


CASES = [(neuron, subtracts, recurrent) for neuron in NEURONS for subtracts in (0, 1) for recurrent in (0, 1)]


@pytest.mark.parametrize("fires", [True, False])
@pytest.mark.parametrize(("neuron", "subtracts", "recurrent"), CASES)
def test_pure_torch_equals_the_loop_in_double_precision(neuron, subtracts, recurrent, fires):
    leaves, threshold, reset, probe = problem(torch.float64, neuron, recurrent)
    constants = {"threshold": threshold if fires else threshold * math.inf, "reset": reset if subtracts else None}
    expected, found = (gradients(layer, leaves, probe, **constants) for layer in both(neuron))
    assert torch.equal(found[0], expected[0])
    assert 0.02 < expected[0].mean() < 0.9 if fires else not expected[0].any()
    for a, b in zip((found[1], *found[2]), (expected[1], *expected[2]), strict=True):
        assert torch.allclose(a, b, atol=1e-11)
    assert found[2][2].abs().min() > 0


@pytest.mark.parametrize(("batch", "shape"), [(5, (7, 5, 4, 23)), (70, (20, 24, 6, 33)), (5, (5, 4, 1, 23))])
@pytest.mark.parametrize("fires", [True, False])
@pytest.mark.parametrize(("neuron", "subtracts", "recurrent"), CASES)
def test_compiled_equals_the_loop(neuron, subtracts, recurrent, fires, batch, shape, compiler):
    leaves, threshold, reset, probe = problem(torch.float32, neuron, recurrent, batch, *shape)
    expected, ours = both(neuron)
    constants = [threshold if fires else threshold * math.inf, reset if subtracts else None]
    double = [leaf.detach().double().requires_grad_() for leaf in leaves]
    high, by = constants[0].double(), reset.double() if subtracts else None
    expected = gradients(expected, double, [p.double() for p in probe], threshold=high, reset=by)
    assert layers.compiled(leaves[1])
    found = gradients(ours, leaves, probe, threshold=constants[0], reset=constants[1])
    assert (found[0] == expected[0]).all()
    for a, b in zip((found[1], *found[2]), (expected[1], *expected[2]), strict=True):
        assert torch.allclose(a.double(), b, atol=3e-5 * b.abs().max().item() + 1e-6)


@pytest.mark.parametrize("neuron", NEURONS)
def test_one_and_two_threads_give_the_same_bytes(neuron, compiler):
    leaves, threshold, reset, probe = problem(torch.float32, neuron, True, 37, 20, 24, 6, 33)
    results = []
    try:
        for threads in (1, 2):
            kernels.use_threads(threads)
            results.append(gradients(both(neuron)[1], leaves, probe, threshold=threshold, reset=reset))
    finally:
        kernels.use_threads(1)
    assert all(torch.equal(a, b) for a, b in zip(results[0][2], results[1][2], strict=True))


@pytest.mark.parametrize("neuron", NEURONS)
def test_kernels_for_a_gpu_get_no_layer_that_they_would_run_as_another_one(neuron):
    kind, none, some = registered()[neuron], [None] * 3, torch.ones(5)
    assert layers.kernel_on_gpu(kind, *none)
    for place in range(3):
        assert not layers.kernel_on_gpu(kind, *none[:place], some, *none[place + 1 :])


def test_a_bias_of_zero_changes_no_bit(compiler):
    leaves, threshold, _, probe = problem(torch.float32, "lif", False)
    leaves[2] = torch.zeros_like(leaves[2]).requires_grad_()
    biased = gradients(both("lif")[1], leaves, probe, threshold=threshold, reset=None)
    plain = delayed_lif(fired_with_events(leaves[0]), leaves[1], leaves[3], threshold, STRIDE, SCALE)
    assert torch.equal(biased[0], plain.spikes) and torch.equal(biased[1], plain.membrane)
