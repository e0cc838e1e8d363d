"""What only a GPU can show: its sums beside the CPU's at the size of a real network, the same bytes again, graphs."""

import pytest
import torch

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.neurons import registered
from delaysnn.training import gpu
from delaysnn.training.layers import Fired, InputBatch, delayed_lif

if not torch.cuda.is_available():
    pytest.skip("there is no GPU", allow_module_level=True)

from delaysnn.training.gpu.layer import delayed_layer

SCALE, STRIDE = 10.0, 2
# Samples, steps, neurons before and after, levels: the layers of network 48.
LAYERS = [(128, 64, 700, 48, 1), (128, 64, 48, 48, 30), (128, 64, 48, 20, 30)]
CASES = [(kind, shape) for kind in ("lif", "adlif") for shape in LAYERS]


def problem(kind, batch, steps, pre, post, levels):
    generator = torch.Generator().manual_seed(1)

    def random(*shape):
        return torch.rand(*shape, generator=generator)

    spikes = (random(batch, steps, pre) < 0.05).float()
    # Adaptive neurons are driven harder, or they would hardly fire.
    mean = {"lif": 0.05, "adlif": 0.25}[kind]
    weights = (random(levels, pre, post) - 0.5 + mean) / (pre * levels) ** 0.5
    b = 0.5 + 0.45 * random(post)
    own = [b, 3 * random(post) * (1 - b), random(post) * (1 - b)] if kind == "adlif" else []
    leaves = [spikes, weights, 0.6 + 0.38 * random(post), *own]
    return leaves, torch.full((post,), 0.3), [random(batch, steps, post) for _ in range(2)]


def run(kind, leaves, threshold, probes):
    """Return spikes, membranes and gradients: by the kernels on a GPU, in double precision in pure torch."""
    leaves = [leaf.detach().requires_grad_() for leaf in leaves]
    constants = threshold, STRIDE, SCALE, None, registered()[kind], leaves[3:]
    # The CPU's kernels read events.
    trains = SpikeTrains.from_dense(leaves[0].detach().cpu().numpy().transpose(1, 0, 2))
    before = Fired(leaves[0], leaves[0], InputBatch.of(trains).events)
    fired = delayed_lif(before, *leaves[1:3], *constants)
    loss = (fired.spikes * probes[0] + fired.membrane * probes[1]).sum()
    return fired.spikes.detach(), fired.membrane.detach(), torch.autograd.grad(loss, leaves)


@pytest.fixture(scope="module", params=CASES, ids=lambda case: f"{case[0]}-{case[1][2]}-{case[1][3]}")
def case(request):
    assert gpu.available()
    kind, shape = request.param
    leaves, threshold, probes = problem(kind, *shape)
    return kind, [[each.cuda() for each in leaves], threshold.cuda(), [each.cuda() for each in probes]]


def test_spikes_differ_only_where_a_membrane_is_within_rounding_of_the_threshold(case):
    kind, (leaves, threshold, probes) = case
    found = run(kind, leaves, threshold, probes)
    cpu = run(kind, *[[x.cpu() for x in leaves], threshold.cpu(), [x.cpu() for x in probes]])
    double = run(
        kind, *[[x.cpu().double() for x in leaves], threshold.cpu().double(), [x.cpu().double() for x in probes]]
    )
    distance = (double[1] - threshold.cpu().double()).abs()
    for name, one in (("GPU", found[0].cpu().double()), ("CPU", cpu[0].double())):
        wrong = one != double[0]
        # What a neuron does after its first difference follows from that.
        first = wrong & (wrong.cumsum(dim=1) == 1)
        lanes = int(first.sum())
        print(
            f"{kind} {tuple(leaves[1].shape)} {name}: {lanes} neurons of samples differ from double precision, ", end=""
        )
        print(f"{int((distance < 1e-6).sum())} of {distance.numel()} membranes within 1e-6 of the threshold")
        assert (distance[first] < 1e-5).all() and lanes < 1e-3 * distance[:, 0].numel()
    assert 0.005 < double[0].mean() < 0.5
    # A spike more or less changes gradients of its neuron; the rest is rounding, and TF32 alone would be 3e-4.
    same = torch.equal(found[0].cpu().double(), double[0])
    for a, b in zip(found[2], double[2], strict=True):
        assert (a.cpu().double() - b).norm() < (2e-5 if same else 5e-2) * b.norm()


def test_two_runs_give_the_same_bytes(case):
    first, second = run(case[0], *case[1]), run(case[0], *case[1])
    assert all(torch.equal(a, b) for a, b in zip((*first[:2], *first[2]), (*second[:2], *second[2]), strict=True))


def test_a_graph_of_several_networks_does_what_each_does(case):
    kind, (leaves, threshold, probes) = case
    expected = run(kind, leaves, threshold, probes)
    nets = 3
    many = [leaf.expand(nets, *leaf.shape).clone().requires_grad_() for leaf in leaves]
    thresholds = threshold.expand(nets, -1).clone()

    def step():
        found = delayed_layer(*many[:3], thresholds, STRIDE, SCALE, registered()[kind], many[3:])
        loss = (found[0] * probes[0] + found[1] * probes[1]).sum()
        return [*found, *torch.autograd.grad(loss, many)]

    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        found = step()
    for each in found:
        each.zero_()
    graph.replay()
    torch.cuda.synchronize()
    for a, b in zip(found, (*expected[:2], *expected[2]), strict=True):
        assert all(torch.equal(a[net], b) for net in range(nets))
