"""Triton's kernels do what pure torch does, on a GPU or, where there is none, in Triton's interpreter (conftest)."""

import os
from importlib.util import find_spec

import pytest
import torch

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.neurons import registered
from delaysnn.training import layers
from delaysnn.training.layers import Fired, InputBatch, delayed_lif

if not find_spec("triton"):
    MESSAGE = "no Triton: the kernels for a GPU are not tested"
    if os.environ.get("CI"):
        pytest.fail(MESSAGE)
    pytest.skip(MESSAGE, allow_module_level=True)
if not (torch.cuda.is_available() or os.environ.get("TRITON_INTERPRET") == "1"):
    pytest.skip("there is a GPU, but this torch cannot use it", allow_module_level=True)

from delaysnn.training.gpu.layer import delayed_layer

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
SCALE = 10.0
# Neurons; networks, samples, steps, neurons before and after, levels, stride. Tiles are 64 rows of batch and time, 64
# neurons and 32 lanes of the scan, and 512 rows are summed at a time.
CASES = [
    ("lif", (1, 5, 13, 7, 5, 4, 2)),
    ("lif", (3, 2, 9, 17, 18, 6, 2)),  # levels later than the sample's end
    ("lif", (1, 33, 16, 4, 3, 1, 1)),  # more rows than are summed at a time
    ("lif", (1, 2, 3, 3, 70, 2, 1)),  # more neurons than a tile
    ("adlif", (3, 3, 10, 40, 5, 2, 1)),
    ("adlif", (1, 5, 8, 7, 5, 4, 2)),
    ("cuba", (2, 3, 6, 5, 4, 2, 1)),  # has no kernel for a GPU
]


def problem(kind, nets, batch, steps, pre, post, levels, stride):
    """Return what the loss is differentiated by (spikes, weights, decay, own values), thresholds and probes."""
    generator = torch.Generator().manual_seed(1)

    def random(*shape):
        return torch.rand(*shape, generator=generator)

    spikes = (random(nets, batch, steps, pre) < 0.3).float()
    weights = (random(nets, levels, pre, post) - 0.35) / (pre * levels) ** 0.5
    b = 0.5 + 0.45 * random(nets, post)
    own = [b, 3 * random(nets, post) * (1 - b), random(nets, post) * (1 - b)] if kind == "adlif" else []
    own = [0.5 * random(nets, post)] if kind == "cuba" else own
    leaves = [spikes, weights, 0.5 + 0.4 * random(nets, post), *own]
    probes = [random(nets, batch, steps, post) for _ in range(2)]
    return leaves, 0.2 + 0.2 * random(nets, post), probes


def run(layer, leaves, threshold, probes):
    """Return spikes, membranes and gradients."""
    leaves = [leaf.detach().requires_grad_() for leaf in leaves]
    fired, membrane = layer(leaves, threshold)
    return fired, membrane, torch.autograd.grad((fired * probes[0] + membrane * probes[1]).sum(), leaves)


def on_gpu(kind, stride, leaves, threshold, probes):
    def layer(leaves, threshold):
        return delayed_layer(*leaves[:3], threshold, stride, SCALE, registered()[kind], leaves[3:])

    moved = [each.to(DEVICE) for each in leaves], threshold.to(DEVICE), [each.to(DEVICE) for each in probes]
    fired, membrane, gradients = run(layer, *moved)
    return fired.cpu(), membrane.cpu(), [each.cpu() for each in gradients]


def in_torch(kind, stride, leaves, threshold, probes, dtype=torch.float64):
    """The same of one network after the other, in pure torch, which other tests compare with the equations."""

    def layer(leaves, threshold):
        before = Fired(leaves[0], leaves[0])
        fired = delayed_lif(before, *leaves[1:3], threshold, stride, SCALE, None, registered()[kind], leaves[3:])
        return fired.spikes, fired.membrane

    nets = [
        run(layer, [leaf[n].to(dtype) for leaf in leaves], threshold[n].to(dtype), [p[n].to(dtype) for p in probes])
        for n in range(len(threshold))
    ]
    fired, membrane, gradients = zip(*nets, strict=True)
    return torch.stack(fired), torch.stack(membrane), [torch.stack(each) for each in zip(*gradients, strict=True)]


def close(found, expected, share=2e-6):
    return torch.allclose(found.double(), expected, rtol=0, atol=share * expected.abs().max().item() + 1e-7)


@pytest.mark.parametrize(("kind", "shape"), CASES)
def test_kernels_do_what_torch_does_in_double_precision(kind, shape):
    leaves, *rest = problem(kind, *shape)
    found, expected = (layer(kind, shape[-1], leaves, *rest) for layer in (on_gpu, in_torch))
    assert torch.equal(found[0].double(), expected[0]) and 0.02 < expected[0].mean() < 0.9
    assert torch.allclose(found[1].double(), expected[1], rtol=0, atol=1e-6)
    for a, b in zip(found[2], expected[2], strict=True):
        assert close(a, b)


@pytest.mark.parametrize("kind", ["lif", "adlif"])
@pytest.mark.parametrize("which", [0, 1])
def test_a_gradient_that_is_not_there_counts_as_zero(kind, which):
    leaves, threshold, probes = problem(kind, 1, 2, 5, 3, 4, 2, 1)
    probes[1 - which].zero_()
    expected = in_torch(kind, 1, leaves, threshold, probes)[2]
    leaves = [leaf.to(DEVICE).requires_grad_() for leaf in leaves]
    found = delayed_layer(*leaves[:3], threshold.to(DEVICE), 1, SCALE, registered()[kind], leaves[3:])
    gradients = torch.autograd.grad((found[which] * probes[which].to(DEVICE)).sum(), leaves)
    assert all(close(a.cpu(), b) for a, b in zip(gradients, expected, strict=True))


def test_a_network_alone_and_beside_others_has_the_same_bytes():
    leaves, threshold, probes = problem("adlif", 3, 3, 10, 5, 4, 3, 2)
    together = on_gpu("adlif", 2, leaves, threshold, probes)
    alone = on_gpu("adlif", 2, [leaf[1:2] for leaf in leaves], threshold[1:2], [probe[1:2] for probe in probes])
    for a, b in zip((*together[:2], *together[2]), (*alone[:2], *alone[2]), strict=True):
        assert torch.equal(a[1:2], b)


def test_shared_spikes_of_any_type_are_read_as_they_are():
    leaves, threshold, _ = problem("lif", 2, 3, 8, 5, 4, 3, 1)
    shared = leaves[0][:1].expand(2, -1, -1, -1)
    results = []
    for spikes in (shared.contiguous(), shared.to(torch.bfloat16), shared[:1].to(torch.uint8).expand(2, -1, -1, -1)):
        moved = [each.to(DEVICE) for each in (spikes, *leaves[1:], threshold)]
        results.append(delayed_layer(*moved, 1, SCALE, registered()["lif"]))
    assert all(torch.equal(a, b) for other in results[1:] for a, b in zip(results[0], other, strict=True))


def test_one_network_takes_events_and_what_the_layer_before_fired():
    leaves, threshold, _ = problem("adlif", 1, 3, 8, 5, 4, 3, 1)
    spikes, *rest = (each[0].to(DEVICE) for each in (leaves[0], *leaves[1:3], threshold))
    own = [leaf[0].to(DEVICE) for leaf in leaves[3:]]
    batch = InputBatch.of(SpikeTrains.from_dense(leaves[0][0].numpy().transpose(1, 0, 2)))
    expected = [each[0] for each in in_torch("adlif", 1, leaves, threshold, [torch.zeros(1, 3, 8, 4)] * 2)[:2]]
    for before in (batch, Fired(spikes, spikes)):
        fired = layers._on_gpu(before, *rest, 1, SCALE, registered()["adlif"], own)
        assert torch.equal(fired.spikes.double().cpu(), expected[0])
        assert torch.allclose(fired.membrane.double().cpu(), expected[1], rtol=0, atol=1e-6)


def test_recurrent_layers_go_step_by_step():
    leaves, threshold, probes = problem("lif", 2, 3, 6, 5, 4, 2, 1)
    recurrent = torch.rand(2, 4, 4, generator=torch.Generator().manual_seed(2)) - 0.6
    leaves.append(recurrent)

    def layer(leaves, threshold):
        return delayed_layer(*leaves[:3], threshold, 1, SCALE, registered()["lif"], recurrent=leaves[3])

    moved = [each.to(DEVICE) for each in leaves], threshold.to(DEVICE), [each.to(DEVICE) for each in probes]
    found = run(layer, *moved)

    def alone(leaves, threshold):
        fired = delayed_lif(Fired(leaves[0], leaves[0]), *leaves[1:3], threshold, 1, SCALE, leaves[3])
        return fired.spikes, fired.membrane

    for n in range(2):
        parts = [leaf[n].double() for leaf in leaves], threshold[n].double(), [probe[n].double() for probe in probes]
        expected = run(alone, *parts)
        assert torch.equal(found[0][n].double().cpu(), expected[0]) and expected[0].any()
        assert all(close(a[n].cpu(), b) for a, b in zip(found[2], expected[2], strict=True))
