"""Checkpoints of SNNDelays: both of its models, and what cannot be read."""

import numpy as np
import pytest
import torch
from deployed import differences, same_decisions, spikes_of_integers
from float_loop import run
from snndelays_models import First, Refactored, save

from delaysnn.core.errors import InputError
from delaysnn.core.readout import score
from delaysnn.networks.readers import read_theirs

STEPS = 30
DATA = {"num_input": 20, "num_output": 4, "dataset_name": "shd", "time_ms": 1000, "num_training_samples": 8156}
FIRST = {
    "dataset_dict": DATA,
    "structure": [12, 10],
    "connection_type": "f",
    "delay": (12, 3),
    "delay_type": "ho",
    "reset_to_zero": True,
    "tau_m": "normal",
    "win": STEPS,
    "loss_fn": "mem_sum",
    "batch_size": 8,
    "multi_proj": None,
}
LAYERS = [
    {"type": "Recurrent", "num_out": 12},
    {"type": "Feedforward", "num_out": 10, "fanin_delays": {"max_delay": 12, "stride": 3, "pruning": 3}},
]
REFACTORED = {
    "dataset_dict": DATA,
    "model_config": LAYERS,
    "tau_m": 20.0,
    "win": STEPS,
    "loss_fn": "mem_mot",
    "batch_size": 8,
    "extra_kwargs": {},
}


CLASSES = {First: "snn_delays.snn.SNN", Refactored: "snn_delays.snn_refactored.SNN"}


def saved(kind, kwargs, path, **more):
    torch.manual_seed(0)
    model = kind(**kwargs | more)
    for key, weights in model.named_parameters():
        if "tau" not in key:
            weights.data *= 2
    save(model, path, CLASSES[kind])
    return model


@pytest.mark.parametrize(
    ("kind", "kwargs", "more", "delays", "readout"),
    [
        (First, FIRST, {}, [(0,), (1, 4, 7, 10), (1, 4, 7, 10)], "summed_softmax"),
        (
            First,
            FIRST,
            {"connection_type": "r", "delay": None, "loss_fn": "mem_mot"},
            [(0,), (1,), (1,)],
            "largest_membrane",
        ),
        (First, FIRST, {"delay_type": "ih", "loss_fn": "spk_count"}, [(1, 4, 7, 10)] * 2 + [(0,)], "spikes"),
        (Refactored, REFACTORED, {}, [(0,), (0, 3, 6, 9), (0,)], "largest_membrane"),
        (Refactored, REFACTORED, {"loss_fn": "spk_count"}, [(0,), (0, 3, 6, 9), (0,)], "spikes"),
    ],
)
def test_it_fires_what_the_tool_fires_on_50_samples(tmp_path, kind, kwargs, more, delays, readout):
    model = saved(kind, kwargs, tmp_path / "a.t7", **more)
    network = read_theirs(tmp_path / "a.t7", STEPS, format="snndelays")
    assert ([layer.delay_levels for layer in network.layers], network.readout) == (delays, readout)
    inputs = np.random.default_rng(1).random((STEPS, 50, 20)) < 0.15
    ours, membranes = run(network, inputs.astype(float))
    for dtype in (torch.float32, torch.float64):
        theirs, potentials = model.to(dtype)(torch.from_numpy(inputs).to(dtype))
        different, fired = differences(ours, theirs)
        assert different == 0 and fired > 2000
        if readout != "spikes":
            decided = [score(readout, each.transpose(1, 0, 2)).argmax(axis=1) for each in (membranes, potentials)]
            assert (decided[0] == decided[1]).all() and np.allclose(membranes, potentials, atol=1e-5)


def test_a_potential_at_the_threshold_does_not_fire(tmp_path):
    model = saved(First, FIRST, tmp_path / "a.t7", loss_fn="spk_count")
    weights = model.f0_f1.weight.data.zero_()
    weights[0, 0] = 0.3
    weights[1, 0] = float(np.nextafter(np.float32(0.3), np.float32(1)))
    save(model, tmp_path / "a.t7", CLASSES[First])
    network = read_theirs(tmp_path / "a.t7", STEPS, format="snndelays")
    inputs = np.zeros((STEPS, 1, 20))
    inputs[3, 0, 0] = 1
    theirs, _ = model(torch.from_numpy(inputs).float())
    ours, _ = run(network, inputs)
    for fired in (ours[0], theirs[0]):
        assert np.asarray(fired).sum(axis=(0, 1)).tolist() == [0, 1] + [0] * 10


def test_it_is_deployed_with_little_loss(tmp_path):
    model = saved(First, FIRST, tmp_path / "a.t7", loss_fn="spk_count").double()
    network = read_theirs(tmp_path / "a.t7", STEPS, format="snndelays")
    inputs = np.random.default_rng(1).random((STEPS, 50, 20)) < 0.15
    theirs, _ = model(torch.from_numpy(inputs).double())
    found = spikes_of_integers(network, inputs)
    different, fired = differences(found, theirs)
    assert different < 0.05 * fired and same_decisions(found[-1], theirs[-1]) >= 0.9


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"loss_fn": "mem_last"}, "loss_fn is 'mem_last', which is not read here; mem_sum, mem_mot, spk_count are"),
        ({"connection_type": "mf"}, "connection_type is 'mf', which is not read here; f, r are"),
    ],
)
def test_what_is_not_understood_is_named(tmp_path, changes, said):
    saved(First, FIRST, tmp_path / "a.t7", **changes)
    with pytest.raises(InputError, match=said):
        read_theirs(tmp_path / "a.t7", STEPS, format="snndelays")


def test_other_layers_are_named(tmp_path):
    layers = [{"type": "Conv2D", "num_out": 12}, *LAYERS[1:]]
    saved(Refactored, REFACTORED, tmp_path / "a.t7", model_config=layers)
    with pytest.raises(
        InputError, match="layer 0: type is 'Conv2D', which is not read here; Feedforward, Recurrent are"
    ):
        read_theirs(tmp_path / "a.t7", STEPS, format="snndelays")


def test_arrays_that_do_not_fit_are_named(tmp_path):
    model = saved(First, FIRST, tmp_path / "a.t7")
    for change, said in (
        (lambda net: net.pop("f1_f2.weight"), r"net has no f1_f2\.weight, which its kwargs ask for"),
        (lambda net: net.update({"f1_f2.bias": torch.ones(10)}), r"net holds f1_f2\.bias, which is not read here"),
        (lambda net: net.update({"f1_f2.weight": torch.ones(10, 7)}), r"f1_f2: weights have shape \(10, 7\), but"),
    ):
        net = dict(model.state_dict())
        change(net)
        torch.save({"type": CLASSES[First], "net": net, "kwargs": FIRST}, tmp_path / "b.t7")
        with pytest.raises(InputError, match=said):
            read_theirs(tmp_path / "b.t7", STEPS, format="snndelays")


@pytest.mark.parametrize("zipped", [False, True])
def test_a_class_is_not_unpickled(tmp_path, zipped):
    found = {"type": First, "net": {}, "kwargs": {}}
    torch.save(found, tmp_path / "a.t7", _use_new_zipfile_serialization=zipped)
    with pytest.raises(
        InputError, match=r"a\.t7: cannot be read as tensors and plain values alone .*; write the class in"
    ):
        read_theirs(tmp_path / "a.t7", STEPS, format="snndelays")


def test_a_state_dict_alone_is_refused(tmp_path):
    torch.save({"f0_f1.weight": torch.ones(2, 3)}, tmp_path / "a.t7")
    with pytest.raises(InputError, match="has no type, net and kwargs, as save_model of SNNDelays writes them"):
        read_theirs(tmp_path / "a.t7", STEPS, format="snndelays")
