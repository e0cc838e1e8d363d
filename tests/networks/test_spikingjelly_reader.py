"""State dicts of SpikingJelly are read as what SpikingJelly runs, or refused by what is in them."""

import json

import numpy as np
import pytest
from deployed import differences, same_decisions, spikes_of_integers
from float_loop import run as run_plainly

from delaysnn.core.errors import InputError
from delaysnn.networks.readers import read_theirs

TOOL = "spikingjelly"


def names(kind, last=None, start=0, step=2, **said):
    """Layers of a chain of linear layers and neurons in turn."""
    layers = [{"linear": str(start + step * index), kind: dict(said)} for index in range(3)]
    if kind == "ParametricLIFNode":
        for index, layer in enumerate(layers):
            layer[kind]["name"] = str(2 * index + 1)
    if last:
        layers[2] = {"linear": "4", **last}
    return layers


def late():
    layers = names("LIFNode", tau=1.5)
    layers[1] |= {"linear": "3", "delays": 3}
    layers[2] |= {"linear": "6", "delays": [7]}
    return layers


def returning():
    layers = names("LIFNode", tau=1.5)
    for index in (0, 1):
        layers[index]["recurrent"] = f"{2 * index + 1}.rc"
    return layers


CASES = {
    "lif": names("LIFNode", tau=1.5),
    "lif_soft": names("LIFNode", tau=1.5, v_reset=None),
    "lif_whole_input": names("LIFNode", tau=3.0, decay_input=False, v_threshold=1.5),
    "lif_above_rest": names("LIFNode", tau=1.5, v_reset=-0.25),
    "plif": names("ParametricLIFNode"),
    "plif_soft": names("ParametricLIFNode", v_reset=None, decay_input=False, v_threshold=2.0),
    "if": names("IFNode", v_threshold=2.0),
    "if_soft": names("IFNode", v_threshold=2.0, v_reset=None),
    "membranes": names("LIFNode", {"NonSpikingLIFNode": {"tau": 2.0}}, tau=1.5),
    "cuba": names("CUBALIFNode", v_threshold=2.0),
    "no_bias": names("LIFNode", tau=1.5),
    "delayed": late(),
    "returning": returning(),
}


@pytest.mark.slow  # in an environment of its own
@pytest.mark.parametrize("case", CASES)
def test_it_fires_what_spikingjelly_fires(case, tool, theirs):
    layers = {"layers": CASES[case]} | ({"readout": "summed_membrane"} if case == "membranes" else {})
    (tool / f"{case}.json").write_text(json.dumps(layers))
    network = read_theirs(tool / f"{case}.pt", 60, format="spikingjelly")
    ran = theirs(case)
    spikes, potentials = run_plainly(network, ran["inputs"])
    fire = 2 if case == "membranes" else 3
    assert all(0.02 < found.mean() < 0.96 for found in spikes[:fire])
    # With numbers of 32 bits the tool fires the same here.
    for bits in (64, 32):
        assert differences(spikes[:fire], [ran[f"layer{index}_{bits}"] for index in range(fire)])[0] == 0
    if case == "membranes":
        assert potentials == pytest.approx(ran["layer2_64"], rel=1e-5, abs=1e-5)


@pytest.mark.slow
def test_it_is_deployed_with_little_loss(tool, theirs):
    (tool / "no_bias.json").write_text(json.dumps({"layers": CASES["no_bias"]}))
    ran = theirs("no_bias")
    found = spikes_of_integers(read_theirs(tool / "no_bias.pt", 60, format=TOOL), ran["inputs"])
    expected = [ran[f"layer{index}_64"] for index in range(3)]
    different, fired = differences(found, expected)
    assert different < 0.05 * fired and same_decisions(found[-1], expected[-1]) >= 0.95


A, B = np.random.default_rng(1).normal(0, 1, (4, 3)), np.random.default_rng(2).normal(0, 1, (2, 4))
ARRAYS = {"0.weight": A, "0.bias": np.arange(4.0), "2.weight": B}
LAYERS = [{"linear": "0", "LIFNode": {}}, {"linear": "2", "IFNode": {}}]


def read(path):
    return read_theirs(path, 20, format="spikingjelly")


def test_what_arrives_is_weighed_as_it_decays(write_state):
    first, last = read(write_state(ARRAYS, LAYERS)).layers
    assert first.decay.tolist() == [0.5] * 4 and first.weights == pytest.approx(0.5 * A.T[None])
    assert first.bias == pytest.approx(0.5 * np.arange(4)) and first.reset is None
    assert last.bias is None and last.decay.tolist() == [1, 1] and last.weights == pytest.approx(B.T[None])


def test_several_linear_layers_may_have_delays(write_state):
    arrays = {**ARRAYS, "late.weight": 2 * B, "late.bias": np.ones(2), "steps": [0, 0, 5, 1]}
    layers = [LAYERS[0], {"linear": ["2", "late"], "delays": ["steps", 5], "IFNode": {}}]
    last = read(write_state(arrays, layers)).layers[1]
    assert last.delay_levels == (0, 1, 5) and last.bias.tolist() == [1, 1]
    assert last.weights[1, 3] == pytest.approx(B.T[3]) and not last.weights[1, :3].any()
    assert last.weights[2, 2] == pytest.approx(3 * B.T[2]) and last.weights[2, 0] == pytest.approx(2 * B.T[0])


def test_each_synapse_may_have_its_delay(write_state):
    steps = np.array([[0, 2, 0, 0], [1, 1, 1, 1]])
    last = read(write_state({**ARRAYS, "steps": steps}, [LAYERS[0], {**LAYERS[1], "delays": "steps"}])).layers[1]
    assert last.delay_levels == (0, 1, 2) and last.weights[2, 1] == pytest.approx([B[0, 1], 0])


def test_a_last_layer_without_neurons_sums(write_state):
    network = read(write_state(ARRAYS, [LAYERS[0], {"linear": "2"}], readout="summed_membrane"))
    assert network.layers[1].decay.tolist() == [0, 0] and network.readout == "summed_membrane"


def test_a_checkpoint_says_where_its_arrays_are(tmp_path):
    import torch

    state = {name: torch.as_tensor(values) for name, values in ARRAYS.items()}
    torch.save({"net": state, "epoch": 3}, tmp_path / "a.pt")
    (tmp_path / "a.json").write_text(json.dumps({"layers": LAYERS, "state_dict": "net"}))
    assert read(tmp_path / "a.pt").topology == (3, 4, 2)
    (tmp_path / "a.json").write_text(json.dumps({"layers": LAYERS}))
    with pytest.raises(InputError, match=r"a\.pt: is no state dict, with epoch, net; where it holds one among others"):
        read(tmp_path / "a.pt")
    (tmp_path / "a.json").write_text(json.dumps({"layers": LAYERS, "state_dict": "model"}))
    with pytest.raises(InputError, match=r"a\.pt: has no 'model', but epoch, net; correct state_dict"):
        read(tmp_path / "a.pt")


def test_no_code_is_run(tmp_path):
    import pickle

    class Evil:
        def __reduce__(self):
            return (tmp_path.joinpath("ran").write_text, ("yes",))

    (tmp_path / "a.pt").write_bytes(pickle.dumps({"0.weight": Evil()}, protocol=2))
    (tmp_path / "a.json").write_text(json.dumps({"layers": LAYERS}))
    with pytest.raises(InputError, match=r"a\.pt: cannot be read as tensors and plain values alone \(Unsupp"):
        read(tmp_path / "a.pt")
    assert not (tmp_path / "ran").exists()


def second(**changed):
    return [LAYERS[0], {key: value for key, value in {**LAYERS[1], **changed}.items() if value is not None}]


def test_what_a_spike_takes_away_has_decayed_by_the_next_step(write_state):
    soft = {"tau": 4.0, "decay_input": False, "v_threshold": 2.0, "v_reset": None}
    last = read(write_state(ARRAYS, second(IFNode=None, LIFNode=soft))).layers[1]
    # v - 2 decays to 0.75 v - 1.5.
    assert (last.decay.tolist(), last.threshold.tolist(), last.reset.tolist()) == ([0.75] * 2, [2] * 2, [1.5] * 2)


@pytest.mark.parametrize(
    ("arrays", "layers", "more", "said"),
    [
        ({"x.weight": A}, LAYERS, {}, r"theirs\.pt: holds x\.weight, which .*theirs\.json does not name"),
        (
            {},
            second(linear="3"),
            {},
            r"json: layer 1 needs 3\.weight, but .*theirs\.pt holds 0\.bias, 0\.weight, 2\.weight",
        ),
        (
            {"2.weight": B[None]},
            LAYERS,
            {},
            r"layer 1: 2\.weight has shape \(1, 2, 4\); a linear layer's is \[post, pre\]",
        ),
        ({}, second(dropout="x"), {}, r"layer 1 has 'dropout', which is not read here; the keys are linear, delays"),
        ({}, second(linear=None), {}, r"layer 1 has no linear; add it"),
        ({}, second(IFNode=None), {}, r"layer 1 names no neurons; write one of IFNode, LIFNode"),
        ({}, second(LIFNode={}), {}, r"layer 1 names IFNode and LIFNode; write one of"),
        ({}, second(IFNode={"tau": 2.0}), {}, r"layer 1, IFNode has 'tau', which is not read here; the keys are v_thr"),
        ({}, second(IFNode={"v_threshold": -1.0}), {}, r"layer 1, IFNode: v_threshold is -1\.0; input should be gr"),
        ({}, second(IFNode={"v_reset": 1.5}), {}, r"layer 1: v_threshold is 1\.0; above v_reset, 1\.5, is needed"),
        ({}, second(delays=-1), {}, r"layer 1: delays is -1; input should be greater"),
        ({}, second(delays=[1, 2]), {}, r"layer 1: delays is \[1, 2\]; give one for each of linear, which is 2"),
        (
            {"d": [0, 1]},
            second(delays="d"),
            {},
            r"layer 1: d has shape \(2,\); delays of 2 are \[4\], one an input, or",
        ),
        ({"d": [0, 1, 1.5, 2]}, second(delays="d"), {}, r"layer 1: d holds 1\.5; delays are whole numbers of time"),
        (
            {},
            second(IFNode=None, NonSpikingIFNode={}),
            {},
            r"layer 1: NonSpikingIFNode does not fire, but readout is sp",
        ),
        ({}, second(), {"readout": "summed_membrane"}, r"layer 1: IFNode fires, but readout is summed_membrane"),
        ({}, second(), {"readout": "rate"}, r"theirs\.json: readout is 'rate'"),
        ({}, [], {}, r"theirs\.json: layers is \[\]; list should have at least 1"),
        (
            {"r.weight": B[:, 1:]},
            second(recurrent="r"),
            {},
            r"layer 1: r\.weight has shape \(2, 3\); what feeds 2 neurons back has \(2, 4\)",
        ),
    ],
)
def test_what_is_not_understood_is_named(write_state, arrays, layers, more, said):
    with pytest.raises(InputError, match=said):
        read(write_state({**ARRAYS, **arrays}, layers, **more))
