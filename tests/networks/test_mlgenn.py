"""Checkpoints of mlGeNN, beside a plain loop in the order in which GeNN computes: deliver, then update neurons."""

import json

import numpy as np
import pytest
from deployed import differences, same_decisions, spikes_of_integers
from float_loop import run

from delaysnn.core.errors import InputError
from delaysnn.core.readout import score
from delaysnn.networks.readers import read_theirs

STEPS, DT, SIZES = 40, 1.0, (20, 12, 5)
HIDDEN = {
    "name": "Hidden",
    "neurons": 12,
    "tau_mem": 20.0,
    "v_thresh": 1.0,
    "scale_i": True,
    "connection": {"name": "Conn_Input_Hidden", "tau_syn": 5.0},
    "recurrent": {"name": "Conn_Hidden_Hidden", "tau_syn": 5.0, "delay": 2},
}
OUTPUT = {
    "name": "Output",
    "neurons": 5,
    "tau_mem": 20.0,
    "scale_i": True,
    "connection": {"name": "Conn_Hidden_Output", "tau_syn": 5.0},
}
TOLD = {"prefix": "49", "layers": [HIDDEN, OUTPUT], "readout": "avg_var"}
DELTA = {"connection": {"name": "Conn_Input_Hidden"}, "recurrent": None, "scale_i": False}


def write(folder, told, delays=("Conn_Input_Hidden",), bias=False, gain=1.0):
    """Write what the tool's Numpy serialiser writes: flat arrays, by names of connections."""
    random, before = np.random.default_rng(0), SIZES[0]
    (folder / "net").mkdir(exist_ok=True)
    for layer in told["layers"]:
        for each, pre in ((layer["connection"], before), (layer.get("recurrent"), layer["neurons"])):
            if each:
                spread = gain * {True: 6.0, False: 0.35}[layer["scale_i"]] / np.sqrt(pre / 10)
                stem = f"{folder}/net/{told['prefix']}-{each['name']}"
                np.save(f"{stem}-g.npy", random.normal(0.1, spread, pre * layer["neurons"]).astype(np.float32))
                if each["name"] in delays:
                    np.save(f"{stem}-d.npy", random.uniform(0, 9, pre * layer["neurons"]).astype(np.float32))
        before = layer["neurons"]
    if bias:
        np.save(f"{folder}/net/{told['prefix']}-Output-Bias.npy", random.normal(0, 0.1, 5).astype(np.float32))
    (folder / "net.json").write_text(json.dumps(told))


def genn(folder, told, inputs, dtype):
    """Run a network as GeNN does; return spikes of layers and the output's V, each [time, sample, neuron]."""
    fired = [inputs.astype(dtype)] + [np.zeros((*inputs.shape[:2], each["neurons"]), dtype) for each in told["layers"]]
    groups = []
    for place, layer in enumerate(told["layers"]):
        for each, source in ((layer["connection"], place), (layer.get("recurrent"), place + 1)):
            if each:
                stem = f"{folder}/net/{told['prefix']}-{each['name']}"
                g = np.load(f"{stem}-g.npy").astype(dtype).reshape(-1, layer["neurons"])
                try:
                    delay = np.round(np.load(f"{stem}-d.npy")).astype(int).reshape(g.shape)
                except FileNotFoundError:
                    delay = np.full(g.shape, each.get("delay", 0))
                groups.append((place, each.get("tau_syn"), source, g, delay))
    dendrites = [np.zeros((int(delay.max()) + 1, inputs.shape[1], g.shape[1]), dtype) for *_, g, delay in groups]
    in_syn = [np.zeros_like(each[0]) for each in dendrites]
    v = [np.zeros(each.shape[1:], dtype) for each in fired[1:]]
    potentials = np.zeros_like(fired[-1])
    for step in range(len(inputs)):
        for one, (_, _, source, g, delay) in enumerate(groups):
            if step:
                for late in range(len(dendrites[one])):
                    dendrites[one][late] += fired[source][step - 1] @ np.where(delay == late, g, dtype(0))
            in_syn[one] += dendrites[one][0]
            dendrites[one] = np.concatenate([dendrites[one][1:], np.zeros_like(dendrites[one][:1])])
        for place, layer in enumerate(told["layers"]):
            current = np.zeros_like(v[place])
            for one, (target, tau, *_) in enumerate(groups):
                if target == place:
                    scale = tau / DT * (1 - np.exp(-DT / tau)) if tau and layer["scale_i"] else 1.0
                    current += in_syn[one] * dtype(scale)
                    in_syn[one] *= dtype(np.exp(-DT / tau) if tau else 0)
            alpha = np.exp(-DT / layer["tau_mem"])
            v[place] = dtype(alpha) * v[place] + dtype(1 - alpha if layer["scale_i"] else 1) * current
            if layer.get("v_thresh"):
                fired[place + 1][step] = v[place] >= dtype(layer["v_thresh"])
                down = v[place] - dtype(layer["v_thresh"]) if layer.get("relative_reset") else dtype(0)
                v[place] = np.where(fired[place + 1][step] > 0, down, v[place])
            elif (folder / f"net/{told['prefix']}-Output-Bias.npy").exists():
                v[place] += np.load(folder / f"net/{told['prefix']}-Output-Bias.npy").astype(dtype)
        potentials[step] = v[-1]
    return fired[1:], potentials


@pytest.fixture
def inputs():
    silent = np.zeros((3, 50, SIZES[0]))
    return np.concatenate([np.random.default_rng(1).random((STEPS, 50, SIZES[0])) < 0.1, silent])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("told", "files", "neuron", "late"),
    [
        (TOLD, {}, "cuba", (1, 2)),
        (TOLD | {"readout": "max_var"}, {"delays": ("Conn_Hidden_Output", "Conn_Hidden_Hidden")}, "cuba", (1, 2)),
        (TOLD | {"layers": [HIDDEN | DELTA | {"relative_reset": True}, OUTPUT]}, {}, "lif", (1, 2)),
        (
            TOLD | {"layers": [HIDDEN | DELTA, OUTPUT | {"connection": {"name": "Conn_Hidden_Output"}}]},
            {"bias": True},
            "lif",
            (0, 0),
        ),
    ],
)
def test_it_fires_what_genn_fires_on_50_samples(tmp_path, inputs, told, files, neuron, late, dtype):
    told = json.loads(json.dumps(told))
    if "recurrent" in told["layers"][0] and "Conn_Hidden_Hidden" in files.get("delays", ()):
        told["layers"][0]["recurrent"]["delay"] = 0
    write(tmp_path, told, **files)
    network = read_theirs(tmp_path / "net", STEPS, format="mlgenn", dt=1e-3)
    assert network.layers[0].neuron == neuron
    ours, membranes = run(network, inputs)
    theirs, potentials = genn(tmp_path, told, inputs, dtype)
    different, fired = differences([ours[0][:STEPS]], [theirs[0][late[0] :][:STEPS]])
    assert fired > 1000 and different == 0
    own, potentials = membranes[:STEPS], potentials[late[1] :][:STEPS]
    assert np.abs(own - potentials).max() < 1e-5 * np.abs(potentials).max()
    decided = [score(network.readout, each.transpose(1, 0, 2)).argmax(axis=1) for each in (own, potentials)]
    assert (decided[0] == decided[1]).all()


def test_it_is_deployed_with_little_loss(tmp_path, inputs):
    output = OUTPUT | {"v_thresh": 1.0}
    told = TOLD | {"layers": [{k: v for k, v in HIDDEN.items() if k != "recurrent"}, output], "readout": "spike_count"}
    write(tmp_path, told)
    network = read_theirs(tmp_path / "net", len(inputs), format="mlgenn", dt=1e-3)
    theirs, _ = genn(tmp_path, told, inputs, np.float64)
    late = [layer[place + 1 :] for place, layer in enumerate(theirs)]
    found = [layer[: len(own)] for layer, own in zip(spikes_of_integers(network, inputs), late, strict=True)]
    different, fired = differences(found, late)
    # Without fine-tuning currents that last add up what rounding does to each weight.
    assert different < 0.1 * fired and same_decisions(found[-1], late[-1]) >= 0.9


@pytest.mark.parametrize(
    ("told", "files", "said"),
    [
        (
            {},
            {"delays": ("Conn_Hidden_Hidden",)},
            "Conn_Hidden_Hidden has 144 delays in a file for 144 weights, and delay 2",
        ),
        ({}, {"bias": True}, "Output has biases and currents that last, which no network of ours computes"),
        ({"prefix": "50"}, {}, "has no 50-Conn_Input_Hidden-g.npy, the weights of Conn_Input_Hidden"),
        (
            {"layers": [HIDDEN | {"recurrent": None}, OUTPUT]},
            {},
            "holds 49-Conn_Hidden_Hidden-g.npy, which is not read here",
        ),
        ({"layers": [HIDDEN | {"neurons": 11}, OUTPUT]}, {}, "has 240 weights, not one for each pair with 11 neurons"),
        ({"readout": "spike_count"}, {}, "readout is spike_count, but Output has v_thresh None; spike_count needs one"),
        ({"readout": "avg_var_exp_weight"}, {}, "readout is 'avg_var_exp_weight'; input should be"),
        ({"layers": [HIDDEN | {"tau_refrac": 5}, OUTPUT]}, {}, "has 'layers.0.tau_refrac', which is not read"),
    ],
)
def test_what_is_not_understood_is_named(tmp_path, told, files, said):
    write(tmp_path, TOLD, **files)
    (tmp_path / "net.json").write_text(json.dumps(TOLD | told))
    with pytest.raises(InputError, match=said):
        read_theirs(tmp_path / "net", STEPS, format="mlgenn", dt=1e-3)


def test_files_that_are_none_are_named(tmp_path):
    write(tmp_path, TOLD)
    (tmp_path / "net/49-Conn_Hidden_Hidden-g.npy").write_bytes(b"")
    with pytest.raises(InputError, match=r"Conn_Hidden_Hidden-g\.npy: cannot be read as an array"):
        read_theirs(tmp_path / "net", STEPS, format="mlgenn", dt=1e-3)
    np.save(tmp_path / "net/49-Conn_Hidden_Hidden-g.npy", np.ones(64 * 12))
    with pytest.raises(InputError, match="has 768 weights, not one for each pair with 12 neurons"):
        read_theirs(tmp_path / "net", STEPS, format="mlgenn", dt=1e-3)


def test_a_step_and_a_folder_are_needed(tmp_path):
    write(tmp_path, TOLD)
    with pytest.raises(InputError, match="has no dt; say how many seconds"):
        read_theirs(tmp_path / "net", STEPS, format="mlgenn")
    with pytest.raises(InputError, match=r"net\.json: is no folder"):
        read_theirs(tmp_path / "net.json", STEPS, format="mlgenn", dt=1e-3)
