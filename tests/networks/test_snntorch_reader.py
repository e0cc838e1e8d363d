"""State dicts of snnTorch are read as what snnTorch runs, or refused by what is in them."""

import json

import numpy as np
import pytest
from deployed import differences, same_decisions, spikes_of_integers
from float_loop import run as run_plainly

from delaysnn.core.errors import InputError
from delaysnn.networks.readers import read_theirs

TOOL = "snntorch"
CASES = {
    "leaky_subtract": ("Leaky", "Leaky", True),
    "leaky_zero": ("Leaky", "Leaky", True),
    "leaky_zero_at_once": ("Leaky", "Leaky", False),
    "synaptic_subtract": ("Synaptic", "Leaky", True),
    "synaptic_zero": ("Synaptic", "Leaky", False),
    "rleaky_subtract": ("RLeaky", "Leaky", True),
    "rleaky_zero": ("RLeaky", "Leaky", False),
    "rsynaptic_subtract": ("RSynaptic", "Leaky", True),
    "membranes": ("Leaky", "Leaky", True),
    "no_bias": ("Leaky", "Leaky", True),
    "normalised": ("Leaky", "Leaky", True),
}


def names(kind, last, late, norm=False):
    layers = [
        {"linear": f"linear.{index}", each: {"name": f"neurons.{index}", "reset_delay": late or each != kind}}
        for index, each in enumerate((kind, kind, last))
    ]
    if norm:
        layers[0]["batch_norm"] = {"name": "norm"}
    return layers


@pytest.mark.slow  # in an environment of its own
@pytest.mark.parametrize("case", CASES)
def test_it_fires_what_snntorch_fires(case, tool, theirs):
    layers = {"layers": names(*CASES[case], norm=case == "normalised")}
    if case == "membranes":
        layers["readout"] = "largest_membrane"
    (tool / f"{case}.json").write_text(json.dumps(layers))
    network = read_theirs(tool / f"{case}.pt", 60, format="snntorch")
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
    (tool / "no_bias.json").write_text(json.dumps({"layers": names(*CASES["no_bias"])}))
    ran = theirs("no_bias")
    found = spikes_of_integers(read_theirs(tool / "no_bias.pt", 60, format=TOOL), ran["inputs"])
    expected = [ran[f"layer{index}_64"] for index in range(3)]
    different, fired = differences(found, expected)
    # Never trained, its outputs are close to one another.
    assert different < 0.05 * fired and same_decisions(found[-1], expected[-1]) >= 0.8


def arrays(**changed):
    """A state dict of two linear layers and Leaky neurons that are reset by subtraction."""
    found = {"0.weight": np.ones((4, 3)), "2.weight": np.ones((2, 4))}
    for name in ("1", "3"):
        found |= {f"{name}.beta": 0.5, f"{name}.threshold": 1.0, f"{name}.graded_spikes_factor": 1.0}
        found |= {f"{name}.reset_mechanism_val": 0}
    return found | {name.replace("_at_", "."): values for name, values in changed.items()}


def leaky(kind="Leaky", **said):
    first = {"linear": "0", "Leaky": {"name": "1"}}
    return [first, {"linear": "2", kind: {"name": "3", **said}}]


def read(path):
    return read_theirs(path, 20, format="snntorch")


def test_a_spike_takes_the_threshold_from_the_next_step(write_state):
    changed = {"1.beta": [0.5, 0.6, 1.2, -1], "1.mem": np.zeros((7, 4))}
    first, _ = read(write_state(arrays(**changed), leaky())).layers
    assert first.decay == pytest.approx([0.5, 0.6, 1, 0]) and first.reset.tolist() == [1] * 4
    assert (first.threshold == np.nextafter(np.float32(1), np.float32(2))).all()


@pytest.mark.parametrize(
    ("changed", "layers", "more", "said"),
    [
        (
            {"3.reset_mechanism_val": 2},
            leaky(),
            {},
            r"layer 1: 3 has reset_mechanism 'none' with reset_delay True, whic",
        ),
        ({"3.reset_mechanism_val": 7}, leaky(), {}, r"3\.reset_mechanism_val is 7, which is none of snnTorch 1\.0"),
        ({}, leaky(reset_delay=False), {}, r"layer 1: 3 has reset_mechanism 'subtract' with reset_delay False"),
        (
            {"3.reset_mechanism_val": 1, "3.alpha": 0.5},
            leaky("Synaptic"),
            {},
            r"'zero' with reset_delay True, which no network of ours does; of Synaptic, 'subtract' with ",
        ),
        ({}, leaky(), {"readout": "largest_membrane"}, r"3 has reset_mechanism 'subtract', but by membranes the last"),
        ({"3.graded_spikes_factor": 2.0}, leaky(), {}, r"layer 1: 3\.graded_spikes_factor is 2; 1 is read"),
        ({"3.threshold": -1.0}, leaky(), {}, r"layer 1: 3\.threshold is -1; above 0 is needed"),
        ({"1.beta": [0.5, 0.5]}, leaky(), {}, r"layer 0: 1\.beta has 2 values, but the layer has 4 neurons"),
        ({}, leaky("RLeaky"), {}, r"layer 1 needs 3\.recurrent\.weight, but "),
        (
            {"3.recurrent.weight": np.ones((2, 2, 3, 3))},
            leaky("RLeaky"),
            {},
            r"has shape \(2, 2, 3, 3\); \(2, 2\) is re",
        ),
        ({}, leaky("Lapicque"), {}, r"layer 1 names no neurons; write one of Leaky, RLeaky, Synaptic, RSynaptic"),
    ],
)
def test_what_is_not_understood_is_named(write_state, changed, layers, more, said):
    with pytest.raises(InputError, match=said):
        read(write_state(arrays(**changed), layers, **more))


def test_neurons_may_return_to_themselves_one_by_one(write_state):
    changed = {"1.V": [1.0, 2, 3, 4], "1.recurrent.V": [1.0, 2, 3, 4]}
    layers = [{"linear": "0", "RLeaky": {"name": "1"}}, leaky()[1]]
    assert read(write_state(arrays(**changed), layers)).layers[0].recurrent.tolist() == np.diag([1, 2, 3, 4]).tolist()
