"""Graphs of NIR as other tools write them: read as their equations say, or refused by the node."""

from itertools import pairwise

import nir
import numpy as np
import pytest
from float_loop import run as run_plainly

from delaysnn.core.errors import InputError
from delaysnn.networks.readers import read_theirs

DT = 0.001
A = np.random.default_rng(1).normal(0, 1, (3, 4)).astype(np.float32)
B = np.random.default_rng(2).normal(0, 1, (2, 3)).astype(np.float32)


def lif(n, tau=0.004, r=1.0, v_leak=0.0, v_threshold=1.0, **more):
    values = {"tau": tau, "r": r, "v_leak": v_leak, "v_threshold": v_threshold, **more}
    return nir.LIF(**{key: np.full(n, value, float) for key, value in values.items()})


def chain(**changed):
    """Nodes of a graph from 4 inputs to 3 hidden and 2 output neurons; what is changed to None is left out."""
    nodes = {
        "input": nir.Input(input_type={"input": np.array([4])}),
        "first": nir.Linear(weight=A),
        "hidden": lif(3),
        "second": nir.Linear(weight=B),
        "last": lif(2),
        "output": nir.Output(output_type={"output": np.array([2])}),
    }
    nodes |= changed
    return {name: node for name, node in nodes.items() if node is not None}


def along(names):
    return [*pairwise(names)]


def read(folder, nodes, edges=None, metadata=None, **about):
    metadata = {"dt": DT} if metadata is None else metadata
    edges = along([*nodes]) if edges is None else edges
    graph = nir.NIRGraph(nodes=nodes, edges=edges, metadata=metadata, type_check=False)
    nir.write(folder / "theirs.nir", graph)
    return read_theirs(folder / "theirs.nir", 20, **about)


def between(new, before="hidden", **changed):
    """The chain with a node called ``new`` behind another."""
    nodes = {}
    for name, node in chain(**{key: value for key, value in changed.items() if key != new}).items():
        nodes[name] = node
        if name == before:
            nodes[new] = changed[new]
    return nodes


def test_equations_become_steps_and_their_factors_weights(tmp_path):
    nodes = chain(hidden=lif(3, r=2, v_leak=0.5), first=nir.Affine(weight=A, bias=np.array([0, 1, 2.0])))
    hidden, last = read(tmp_path, nodes).layers
    assert hidden.decay == pytest.approx(np.full(3, 0.75)) and hidden.delay_levels == (0,)
    assert hidden.weights == pytest.approx(0.25 * 2 * A.T[None])
    assert hidden.bias == pytest.approx(0.25 * (0.5 + 2 * np.arange(3)))
    # NIR's fire above their threshold, ours at it.
    assert (hidden.threshold == np.nextafter(np.float32(1), np.float32(2))).all()
    assert last.bias is None and last.reset is None and last.recurrent is None


def test_neurons_without_leak_add(tmp_path):
    (hidden, _) = read(tmp_path, chain(hidden=nir.IF(r=np.full(3, 1 / DT), v_threshold=np.full(3, 2.0)))).layers
    assert (hidden.decay == 1).all() and hidden.weights == pytest.approx(A.T[None])


def test_one_value_may_stand_for_a_layer(tmp_path):
    hidden = nir.LIF(*map(np.float32, (0.004, 1, 0, 1)), v_reset=np.float32(0))
    network = read(tmp_path, chain(hidden=hidden, last=lif(1)))
    assert network.topology == (4, 3, 2) and network.layers[0].decay.tolist() == [0.75] * 3


def test_each_channel_may_have_a_delay_of_its_own(tmp_path):
    # Float32 loses some of 3 ms.
    delay = nir.Delay(delay=np.array([0, 0.003, 0.001], np.float32))
    last = read(tmp_path, between("delay", delay=delay)).layers[1]
    assert last.delay_levels == (0, 1, 3)
    for level, pre in ((0, 0), (1, 2), (2, 1)):
        assert last.weights[level, pre] == pytest.approx(0.25 * B.T[pre])
        assert not np.delete(last.weights[level], pre, axis=0).any()


def test_delays_scales_and_weights_in_a_row_are_one_synapse(tmp_path):
    nodes = between("delay", before="first", delay=nir.Delay(delay=np.array([0, 0.002, 0])))
    names = [*nodes]
    nodes |= {"late": nir.Delay(delay=np.full(4, 0.001)), "scale": nir.Scale(scale=np.array([1, 2, 4.0]))}
    edges = [("input", "late"), ("late", "first"), ("first", "delay"), ("delay", "scale"), ("scale", "hidden")]
    hidden = read(tmp_path, nodes, edges + along(names[3:])).layers[0]
    assert hidden.delay_levels == (1, 3)
    assert hidden.weights[0] == pytest.approx(0.25 * A.T * [1, 0, 4]) and hidden.weights[1, :, 1] == pytest.approx(
        0.5 * A[1]
    )


def test_a_flattened_input_is_a_row(tmp_path):
    flat = nir.Flatten(input_type={"input": np.array([2, 2])}, start_dim=0)
    nodes = between("flat", before="input", flat=flat, input=nir.Input(input_type={"input": np.array([2, 2])}))
    assert read(tmp_path, nodes).topology == (4, 3, 2)


def test_a_graph_within_a_graph_is_unfolded(tmp_path):
    # As snnTorch writes a layer that feeds itself.
    back = np.arange(9.0).reshape(3, 3)
    inner = {
        "input": nir.Input(input_type=np.array([3])),
        "lif": lif(3),
        "w_rec": nir.Affine(weight=back, bias=np.array([0, 0, 1.0])),
        "output": nir.Output(output_type=np.array([3])),
    }
    edges = [("input", "lif"), ("lif", "w_rec"), ("w_rec", "lif"), ("lif", "output")]
    hidden = read(tmp_path, chain(hidden=nir.NIRGraph(nodes=inner, edges=edges, type_check=False))).layers[0]
    assert hidden.recurrent == pytest.approx(0.25 * back.T) and hidden.recurrent_delays == (1,)
    assert hidden.bias == pytest.approx([0, 0, 0.25])


def test_lasting_currents_and_potentials_that_decide(tmp_path):
    values = {"tau_syn": 0.002, "tau_mem": 0.004, "r": 4.0, "v_leak": 0.0, "w_in": 2.0, "v_threshold": 1.0}
    cuba = nir.CubaLIF(**{key: np.full(3, value) for key, value in values.items()})
    last = nir.LI(tau=np.full(2, 0.002), r=np.ones(2), v_leak=np.zeros(2))
    network = read(tmp_path, chain(hidden=cuba, last=last), readout="summed_softmax")
    hidden, last = network.layers
    assert (hidden.neuron, hidden.own["current_decay"].tolist(), network.readout) == (
        "cuba",
        [0.5] * 3,
        "summed_softmax",
    )
    assert hidden.weights == pytest.approx(A.T[None]) and last.weights == pytest.approx(0.5 * B.T[None])


@pytest.mark.parametrize("hidden", ["a", "z"])
def test_the_last_neurons_say_what_decides_whatever_nodes_are_called(tmp_path, hidden):
    silent = nir.LI(tau=np.full(2, 0.002), r=np.ones(2), v_leak=np.zeros(2))
    nodes = {hidden if name == "hidden" else name: node for name, node in chain(last=silent).items()}
    assert read(tmp_path, nodes, readout="largest_membrane").readout == "largest_membrane"
    with pytest.raises(InputError, match="do not fire, so give the readout"):
        read(tmp_path, nodes)


def edged(*more, without=()):
    return [edge for edge in along([*chain()]) if edge not in without] + [*more]


@pytest.mark.parametrize(
    ("nodes", "edges", "about", "said"),
    [
        (chain(), None, {"metadata": {}}, r"its metadata have no dt, so give it"),
        (chain(), None, {"dt": 0.1}, r"its metadata say dt = 0\.001, but you say 0\.1"),
        (
            chain(),
            None,
            {"readout": "summed_membrane"},
            r"readout is summed_membrane, but the graph's last neurons fire",
        ),
        (chain(last=nir.LI(*np.ones((3, 2)))), None, {}, r"do not fire, so give the readout"),
        (chain(hidden=nir.LI(*np.ones((3, 3)))), None, {}, r"node hidden does not fire, but leads to other neurons"),
        (chain(hidden=nir.Threshold(np.ones(3))), None, {}, r"node hidden is a Threshold, which is not read"),
        (chain(hidden=lif(3, tau=0.0005)), None, {}, r"node hidden has tau = 0\.0005, which is less than a step"),
        (chain(hidden=lif(3, v_reset=0.5)), None, {}, r"node hidden is reset to 0\.5; a v_reset of 0 is read"),
        (chain(hidden=lif(3, v_threshold=0)), None, {}, r"node hidden has v_threshold = 0; above 0 is needed"),
        (chain(hidden=lif(5)), None, {}, r"node hidden has 5 neurons, but receives 3 values from first"),
        (chain(hidden=lif(3, r=np.nan)), None, {}, r"node hidden has a r that is not finite"),
        (
            between("late", late=nir.Delay(np.full(3, 0.0005))),
            None,
            {},
            r"node late delays by 0\.0005, which is 0\.5 st",
        ),
        (between("late", late=nir.Delay(np.full(3, -0.001))), None, {}, r"which is -1 steps of dt = 0\.001; whole st"),
        (
            chain(second=nir.Linear(np.ones((2, 4)))),
            None,
            {},
            r"node second has weights of shape \(2, 4\), but 3 values",
        ),
        (chain(), edged(("input", "second")), {}, r"node second receives 3 values from hidden, but 4 from input"),
        (
            chain(skip=nir.Linear(np.ones((2, 4)))),
            edged(("input", "skip"), ("skip", "last")),
            {},
            r"input leads to hid",
        ),
        (
            chain(back=nir.Linear(np.ones((3, 2)))),
            edged(("last", "back"), ("back", "hidden")),
            {},
            r"of last, too; a l",
        ),
        (chain(dead=lif(3)), edged(("first", "dead")), {}, r"node input leads to dead and hidden; layers in a chain"),
        (chain(dead=nir.Linear(B)), edged(("hidden", "dead")), {}, r"node dead leads to no output; remove it"),
        (chain(), edged(("second", "nowhere")), {}, r"the edge from second to nowhere names nowhere, but there is no"),
        (chain(), edged(("second", "output"), without=[("last", "output")]), {}, r"node output receives more than the"),
        (chain(hidden=None, last=None), None, {}, r"node output is reached from no neurons"),
        (chain(loop=nir.Scale(np.ones(3))), edged(("loop", "loop"), ("loop", "hidden")), {}, r"leads back to itself"),
    ],
)
def test_what_is_not_understood_is_named(tmp_path, nodes, edges, about, said):
    with pytest.raises(InputError, match=rf"theirs\.nir: .*{said}"):
        read(tmp_path, nodes, edges, **about)


def test_a_bias_that_arrives_late_is_refused(tmp_path):
    affine = nir.Affine(weight=A, bias=np.ones(3))
    nodes = between("late", before="first", first=affine, late=nir.Delay(np.full(3, DT)))
    with pytest.raises(InputError, match="node late delays a bias"):
        read(tmp_path, nodes)


def test_what_is_no_graph_is_named(tmp_path):
    (tmp_path / "a.nir").write_text("no graph")
    with pytest.raises(InputError, match=r"a\.nir: cannot be read as a graph of NIR"):
        read_theirs(tmp_path / "a.nir", 20)


TOOL = "nir"


@pytest.mark.slow  # in an environment of its own
@pytest.mark.parametrize(
    ("case", "dt"),
    [
        ("snntorch", 1e-4),
        ("snntorch_returning", 1e-4),
        ("spikingjelly", 1e-3),
        ("spikingjelly_currents", 1e-3),
        ("norse", 1e-6),
    ],
)
def test_it_fires_what_the_tool_fires_that_wrote_it(case, dt, tool, theirs):
    network = read_theirs(tool / f"{case}.nir", 60, dt=dt)
    ran = theirs(case)
    spikes, _ = run_plainly(network, ran["inputs"])
    assert all(0.02 < each.mean() < 0.98 for each in spikes)
    assert (spikes[-1] != ran["last"].astype(bool)).sum() == 0
