"""Checkpoints of SNN-delays: the tool's own modules, its evaluation, and what cannot be read."""

import json
from collections import OrderedDict

import numpy as np
import pytest
import torch
from deployed import differences, same_decisions, spikes_of_integers
from float_loop import run

from delaysnn.core.errors import InputError
from delaysnn.core.readout import score
from delaysnn.networks.readers import read_theirs

STEPS = 40
CHOSEN = {
    "max_delay": 9,
    "tau": 2.0,
    "count": 1,
    "bias": False,
    "norm": True,
    "output_threshold": 1e9,
    "filter": False,
    "gain": 2.0,
}
SPIKES = {"norm": False, "output_threshold": 2.0, "gain": 3.0}


def read(folder, chosen, loss):
    told = {"max_delay": chosen["max_delay"], "threshold": 1.0, "loss": loss}
    told |= {} if chosen["tau"] is None else {"tau": chosen["tau"]}
    told |= {"output_threshold": chosen["output_threshold"]} if loss == "spike_count" else {}
    (folder / "network.json").write_text(json.dumps(told))
    return read_theirs(folder / "network.pt", STEPS, format="dcls")


@pytest.mark.slow  # the tools' own environment
@pytest.mark.parametrize(
    ("more", "loss"),
    [
        ({}, "sum"),
        ({"tau": None, "count": 2, "max_delay": 10, "gain": 1.5}, "mean"),
        ({"tau": 1.005, "bias": True, "gain": 4.0}, "max"),
        (SPIKES, "spike_count"),
    ],
)
def test_it_fires_what_the_tool_fires_on_50_samples(in_tool, tmp_path, more, loss):
    chosen = CHOSEN | more
    ran = in_tool("peers", "dcls_network", tmp_path, chosen)
    network = read(tmp_path, chosen, loss)
    layers, membranes = run(network, ran["inputs"])
    fires = 3 if loss == "spike_count" else 2
    for kind in ("single", "double"):
        # The tool's layers go on after the sample.
        theirs = [ran[f"{kind}{place}"][:STEPS] for place in range(fires)]
        different, fired = differences(layers[:fires], theirs)
        assert fired > 1000 and different == 0, (kind, different, fired)
    if loss != "spike_count":
        theirs = ran["double3"][:STEPS]
        assert np.abs(membranes - theirs).max() < 1e-5 * np.abs(theirs).max()
        ours, own = (score(network.readout, each.transpose(1, 0, 2)).argmax(axis=1) for each in (membranes, theirs))
        assert (ours == own).all()


@pytest.mark.slow
def test_it_is_deployed_with_little_loss(in_tool, tmp_path):
    chosen = CHOSEN | SPIKES
    ran = in_tool("peers", "dcls_network", tmp_path, chosen)
    found = spikes_of_integers(read(tmp_path, chosen, "spike_count"), ran["inputs"])
    theirs = [ran[f"double{place}"][:STEPS] for place in range(3)]
    different, fired = differences(found, theirs)
    assert different < 0.05 * fired and same_decisions(found[-1], theirs[-1]) >= 0.95


def state(pre=2):
    """Three channels, two hidden neurons, two outputs; kernels of five steps."""
    found = OrderedDict()
    for place, (inputs, post) in ((0, (3, 2)), (3, (pre, 2))):
        found[f"model.{place}.weight"] = torch.arange(1.0, 1 + post * inputs).reshape(post, inputs, 1)
        found[f"model.{place}.P"] = torch.zeros(1, post, inputs, 1)
        found[f"model.{place}.SIG"] = torch.ones(1, post, inputs, 1)
    return found


def save(folder, found, **told):
    torch.save(found, folder / "network.pt")
    keys = {"max_delay": 5, "threshold": 1.0, "loss": "sum", "tau": 2.0} | told
    (folder / "network.json").write_text(json.dumps({key: value for key, value in keys.items() if value is not None}))
    return lambda: read_theirs(folder / "network.pt", STEPS, format="dcls")


def test_positions_are_rounded_and_the_last_is_no_delay(tmp_path):
    found = state()
    found["model.0.P"][0, :, :, 0] = torch.tensor([[2.0, -2.0, 0.4], [0.5, -0.6, 1.5]])
    first = save(tmp_path, found)().layers[0]
    # By halves to the even one, as PyTorch rounds: 0.5 to 0 and 1.5 to 2.
    delays = np.array(first.delay_levels)[first.weights.argmax(axis=0)]
    assert delays.T.tolist() == [[0, 4, 2], [2, 3, 0]]
    assert np.allclose(first.weights.sum(axis=0).T, [[1, 2, 3], [4, 5, 6]], rtol=1e-6)


def test_a_kernel_of_even_size_has_one_place_more_before_its_centre(tmp_path):
    found = state()
    found["model.0.P"][0, :, :, 0] = torch.tensor([[2.0, -3.0, 0.0], [3.0, -1.0, 1.0]])
    first = save(tmp_path, found, max_delay=6)().layers[0]
    # Behind the last place, where the fourth weight is, a kernel holds nothing.
    delays = np.where(first.weights.any(axis=0), np.array(first.delay_levels)[first.weights.argmax(axis=0)], -1)
    assert delays.T.tolist() == [[0, 5, 2], [-1, 3, 1]]


@pytest.mark.parametrize(
    ("change", "told", "said"),
    [
        (lambda found: found.update({"model.0.mask": torch.ones(1)}), {}, r"model\.0 holds mask, which is not read"),
        (lambda found: found.update({"head.weight": torch.ones(1)}), {}, r"holds head\.weight, which is not read here"),
        (lambda found: found.update({"model.1.v": torch.ones(1)}), {}, r"model\.1 holds v, which is not read here"),
        (lambda found: found["model.0.P"].fill_(4), {}, r"a position is 4, outside kernels of max_delay 5, -2 to 2"),
        (lambda found: found["model.0.weight"].fill_(np.nan), {}, r"model\.0\.weight holds a value that is no finite"),
        (lambda found: found.clear(), {}, r"has no kernels of DCLS with weight, P and SIG"),
        (lambda found: found.update(state(pre=4)), {}, r"layer 1: "),
        (lambda found: None, {"tau": None}, r"block 0 has no time constant, as lif has not; write tau in .*json"),
        (lambda found: found.update({"model.1.w": torch.zeros(())}), {}, r"of its own, as plif has; leave out tau"),
        (lambda found: None, {"loss": "spike_count"}, r"output_threshold is needed for spike_count"),
        (lambda found: None, {"v_threshold": 1}, r"json has 'v_threshold', which is not read here; the keys are max_"),
        (lambda found: None, {"loss": None}, r"json has no loss; add it"),
        (lambda found: None, {"threshold": "1"}, r"json: threshold is '1'; input should be a valid number"),
    ],
)
def test_what_is_not_understood_is_named(tmp_path, change, told, said):
    found = state()
    change(found)
    with pytest.raises(InputError, match=said):
        save(tmp_path, found, **told)()


def test_a_filter_of_synapses_leaves_its_place_and_is_refused(tmp_path):
    found = OrderedDict((key.replace("model.3", "model.4"), value) for key, value in state().items())
    with pytest.raises(InputError, match=r"from model\.0 to model\.4 there are 4 modules, .*; a stateful_synapse"):
        save(tmp_path, found)()


def test_nothing_of_a_file_is_run(tmp_path):
    torch.save({"model.0.weight": Evil(tmp_path / "run")}, tmp_path / "network.pt")
    (tmp_path / "network.json").write_text('{"max_delay": 5, "threshold": 1.0, "loss": "sum", "tau": 2.0}')
    with pytest.raises(InputError, match=r"network\.pt: cannot be read as tensors and plain values alone"):
        read_theirs(tmp_path / "network.pt", STEPS, format="dcls")
    assert not (tmp_path / "run").exists()


class Evil:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (type(self.path).touch, (self.path,))
