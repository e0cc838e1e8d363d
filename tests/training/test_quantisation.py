import numpy as np
import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from delaysnn.training.model import DelayNetwork
from delaysnn.training.quantisation import _scales, best_scale, quantise

WEIGHTS = torch.randn(2000, generator=torch.Generator().manual_seed(0)) * 0.1


@pytest.mark.parametrize("bits", [2, 3, 4, 8])
def test_weights_become_integers_of_the_width(bits):
    scale = best_scale(WEIGHTS, bits)
    integers = quantise(WEIGHTS, scale, bits) / scale
    top = 2 ** (bits - 1) - 1
    assert torch.allclose(integers, integers.round(), atol=1e-4)
    assert integers.abs().max().round() == top
    assert bits > 4 or len(integers.round().unique()) == 2 * top + 1


def test_scales_are_tried_where_the_weights_are():
    with FakeTensorMode():
        assert _scales(torch.ones((), device="cuda"), 127).device.type == "cuda"


def test_more_bits_are_closer_and_clipping_helps_few():
    errors = [(quantise(WEIGHTS, best_scale(WEIGHTS, bits), bits) - WEIGHTS).square().mean() for bits in (2, 4, 8)]
    assert errors[0] > errors[1] > errors[2]
    unclipped = WEIGHTS.abs().max().item() / 7
    assert errors[1] < (quantise(WEIGHTS, unclipped, 4) - WEIGHTS).square().mean()


def test_the_gradient_passes_except_where_weights_are_clipped():
    weights = torch.tensor([0.1, -0.3, 5.0], requires_grad=True)
    quantise(weights, 0.1, 4).sum().backward()
    assert weights.grad.tolist() == [1, 1, 0]


def test_an_exported_network_says_its_integers(settings):
    model = DelayNetwork([7, 5, 3], [1, 6], 2, settings, seed=1)
    model.quantise(4)
    for layer in model.export(20, "tiny", 1, "random", {}).layers:
        integers = layer.weights / layer.scale
        assert layer.bits == 4
        assert np.abs(integers - np.rint(integers)).max() < 1e-4 and np.abs(integers).max() < 7.5
