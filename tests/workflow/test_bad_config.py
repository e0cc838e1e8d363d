"""More than five hundred configurations that cannot be: each ends in a message that names the key."""

import copy
import functools
import math
import re
import shutil
from typing import Literal, get_args, get_origin

import pytest
import yaml
from configurations import FILES, PAPER, QUICK, RECORDINGS, ROOT, check, network, overlay
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from delaysnn.core.errors import InputError
from delaysnn.settings.configuration import read, settle, whole
from delaysnn.settings.networks import Network
from delaysnn.settings.raw import check_files
from delaysnn.settings.words import options, unpack


def paths(config, kind, *above):
    """Yield the path of every value of a kind."""
    for key, value in config.items():
        if isinstance(value, kind):
            yield (*above, key)
        if isinstance(value, dict):
            yield from paths(value, kind, *above, key)


def change(config, path, edit):
    changed = copy.deepcopy(config)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    edit(inner, path[-1])
    return changed


def put(value):
    return lambda inner, key: inner.update({key: value})


@st.composite
def unknown_keys(draw, config):
    # Any name is a network's.
    path = draw(st.sampled_from([(), *(path for path in paths(config, dict) if path != ("networks",))]))
    key = draw(st.text("abcxyz", min_size=1)) + "_unknown"
    return change(config, (*path, key), put(draw(st.sampled_from([1, "a", None, []])))), key


@st.composite
def missing_keys(draw, config):
    # These may be left out: a network, what it has that the paper's have not, what a recipe has of `training`, a chip's
    # constants, and the section of a source that the data do not come from, or of a chip that does not run or is
    # not placed.
    elsewhere = "speech" if config["data"]["name"] == "shd" else "download"
    free = {("networks",), ("recipes",), ("hardware",), *(("recipes", name) for name in config["recipes"])}
    known = [path for path in paths(config, object) if path[:-1] not in free]
    optional = ("recurrent", "recipe", "neuron", "input_sharing", "input_delays", "current_decay", "loihi2", "fpga")
    path = draw(st.sampled_from([path for path in known if path[-1] not in (*optional, elsewhere)]))
    return change(config, path, lambda inner, key: inner.pop(key)), path[-1]


def wrong_types(config):
    """Yield every change of one value to one of another type, and the key that must be named."""
    unused = "speech" if config["data"]["name"] == "shd" else "download"
    # No value takes a network out, stands for the chips of the paper, for no recipe, second implementation, neuron or
    # learned delay or share, and leaves a section out that the data do not come from, or of a chip that does not run.
    shares = ("validation_share", "test_share")
    free = (
        "verify",
        "show",
        "adaptation",
        "current_decay",
        "positions",
        "recipe",
        "loihi2",
        "fpga",
        "lanes",
        *shares,
        unused,
    )
    for path in paths(config, object):
        if path == ("download", "folder"):
            continue
        wrong = ["nonsense", [[]], "2024"]
        # A recipe that no network names is one.
        wrong += [] if path == ("recipes",) else [{"a": {}}]
        wrong += [] if path[:-1] in (("networks",), ("hardware",)) or path[-1] in free else [None]
        yield from ((change(config, path, put(value)), path[-1]) for value in wrong)


@st.composite
def wrong_numbers(draw, config):
    path = draw(st.sampled_from(list(paths(config, (int, float)))))
    wrong = st.one_of(st.floats(max_value=-1e-9), st.integers(max_value=-1), st.sampled_from([math.nan, math.inf]))
    return change(config, path, put(draw(wrong))), path[-1]


@st.composite
def wrong_entries(draw, config):
    path = draw(st.sampled_from(list(paths(config, list))))
    entry = draw(st.sampled_from([-1, "a", None, [], {}, math.nan]))
    place = draw(st.sampled_from([[entry], [1, entry]]))
    return change(config, path, put(place)), path[-1]


def values(path, strategy):
    """Return overlays that give one key a value."""
    return strategy.map(
        lambda value: functools.reduce(lambda inner, key: {key: inner}, reversed(path.split(".")), value)
    )


def data(**settings):
    return {"data": {"name": "files"}, "files": FILES | settings}


NAMES = ["a b", "a;b", "../a", "$(a)", "a'b", 'a"b', "", "ä", "a\nb"]
FEW = st.integers(1, 20)
# What is fine alone, but not beside the rest, and the samples that must be in the message.
IMPOSSIBLE = [
    (values("delays.max", st.integers(65, 999)), "delays.max"),
    (values("delays.stride", st.integers(-9, 0)), "stride"),
    (values("delays.stride", st.integers(60, 999)), "stride"),
    (values("delays.keep", st.integers(31, 999)), "delays.keep"),
    (values("delays.sweep", st.lists(st.integers(31, 999), min_size=1, unique=True)), "delays.sweep"),
    (values("delays.sweep", st.just([])), "sweep"),
    (values("seeds", st.just([])), "seeds"),
    (values("seeds", FEW.map(lambda seed: [seed, seed])), "seeds"),
    (values("quantisation.bits", st.sampled_from([[-1], [0], [1], [9], [40], []])), "bits"),
    (values("quantisation", st.integers(4, 8).map(lambda bits: {"bits": [2, 3], "deployed": bits})), "deployed"),
    (
        values("platforms", st.sampled_from([["pytorch"], ["seneca", "tpu"]])),
        "write one of fpga, loihi, loihi2, seneca",
    ),
    (values("platforms", st.sampled_from([[], ["loihi", "loihi"], "loihi", None])), "platforms"),
    (
        values("hardware.tpu", st.sampled_from(["a.yaml", None])),
        "hardware has the key 'tpu'; write one of fpga, loihi, loihi2, seneca",
    ),
    (values("loihi.verify", st.sampled_from(["nengo", True])), "loihi.verify"),
    (values("loihi.cores", st.integers(4, 99).map(lambda cores: [cores])), "loihi.cores"),
    (values("loihi.cores", st.sampled_from([[0], [], [1, 1]])), "cores"),
    (values("loihi.excess", st.just({"synapse_words": 0.2})), "needs 16420 64-bit words"),
    (values("loihi.excess", st.sampled_from([{"words": 1}, {"synapse_words": -1}, 1])), "loihi.excess"),
    (values("training.decay_groups", st.integers(11, 16)), "compartment profiles"),
    (values("training.decay_groups", st.sampled_from([0, -1, 2.5, "all"])), "decay_groups"),
    (st.integers(120, 5000).map(lambda width: network(hidden=[width, width])), "Network mine on 1 of"),
    (st.just(network(hidden=[])), "hidden"),
    (st.sampled_from([0, -1, 2.5, 5.0, True, "5", None]).map(lambda n: network(input_sharing=n)), "mine.input_sharing"),
    (st.integers(701, 9999).map(lambda n: network(input_sharing=n)), "the data have 700 channels"),
    (st.sampled_from(["", "Axon", "all", "1"]).map(lambda sample: network(pruning=sample)), "pruning"),
    (
        st.sampled_from([True, "random"]).map(lambda sample: network(recurrent=True, delays=sample)),
        "networks.mine is recurrent",
    ),
    (
        st.sampled_from(["axonal", "axonal_random"]).map(
            lambda kind: network(recurrent=kind, delays=False, pruning="synapse")
        ),
        "networks.mine.pruning is synapse, but recurrent is axonal",
    ),
    (
        st.sampled_from([True, [0, 8]]).map(lambda given: network(recurrent=True, delays=False, input_delays=given)),
        "networks.mine is recurrent and has input_delays",
    ),
    (
        st.just(network(recurrent=True, delays=False, pruning="none", bits=[8, 8])),
        "networks.mine.bits is [8, 8], but a recurrent network is not quantised",
    ),
    (
        st.sampled_from([1, None, "all", 2.0, [0], [8, 0], [0, 0], [-1, 2], [0, "8"], [0, 2.5], []]).map(
            lambda given: network(input_delays=given)
        ),
        "mine.input_delays",
    ),
    (
        st.just(network(input_delays=[0, 8], delays="learned", pruning="none")),
        "networks.mine.input_delays is [0, 8], but its delays are learned",
    ),
    (
        st.just(network(input_delays=[0, 8], pruning="refined")),
        "networks.mine.input_delays is [0, 8], but pruning is refined",
    ),
    (
        st.sampled_from([None, 2, 3]).map(lambda n: network(input_delays=[0, 8], delays=False, keep=n)),
        ", so all; write networks.mine.keep: 1 or fewer",
    ),
    (
        st.just(network(hidden=[8, 8], input_delays=[0, 64])),
        "networks.mine.input_delays has 64, but samples have 64 time steps (data.time_steps), so no input",
    ),
    (
        st.just(network() | {"data": {"time_steps": 58}}),
        "delays.max is 60, so the longest delay of network",
    ),
    (st.just(network(hidden=[8, 8], input_delays=[0, 63])), "mine.input_delays has a delay of 63 steps, but Loihi"),
    (st.sampled_from(["synapse", "axon"]).map(lambda sample: network(delays="random", pruning=sample)), "mine.pruning"),
    (st.sampled_from([0, -1, True, "2"]).map(lambda n: network(keep=n)), "mine.keep"),
    (st.integers(31, 999).map(lambda n: network(keep=n)), "networks.mine.keep is"),
    (
        st.sampled_from([True, False]).map(lambda sample: network(delays=sample, pruning="none", keep=2)),
        "networks.mine.keep is 2, but",
    ),
    (st.sampled_from(["Adlif", "", "adex", 1]).map(lambda sample: network(neuron=sample)), "mine.neuron"),
    (st.just(network(neuron="adlif") | {"training": {"adaptation": None}}), "training.adaptation is null"),
    (st.just(network(neuron="cuba") | {"training": {"current_decay": None}}), "training.current_decay is null"),
    (st.just(network(delays="learned")), "networks.mine.pruning is synapse, but its delays are learned"),
    (
        st.just(network(delays="learned", pruning="none") | {"training": {"positions": None}}),
        "networks.mine.delays is learned, but training.positions is null",
    ),
    (values("training.positions.narrowest", st.floats(15.1, 99)), "is above widest 15.0"),
    (values("training.adaptation.membrane_most", st.floats(0, 0.99)), "membrane starts up to 1.0, above"),
    (values("training.adaptation.spike", st.just([0, 3])), "spike starts up to 3.0, above spike_most 2.0"),
    (
        values("training.adaptation.decay", st.just([0.2, 0.9])),
        "with membrane_most 1.5 decay must start at 0.5 or more",
    ),
    (st.sampled_from(["Random", "", 1, 0, None]).map(lambda sample: network(delays=sample)), "mine.delays"),
    (values("networks", st.sampled_from(NAMES).map(lambda name: {name: network()["networks"]["mine"]})), "networks"),
    (values("networks", FEW.map(lambda name: {name: network()["networks"]["mine"]})), "quotes"),
    (values("networks.mine.file", st.sampled_from(["a.pt", "{a}.safetensors", ""])), "file"),
    (values("networks.mine.file", st.just("none.safetensors")), "none.safetensors"),
    (values("data.name", st.sampled_from(["mnist", "SHD", "", "shd; ls", "files", "recordings"])), "data.name"),
    (st.just(data()), "files.train is none.h5"),
    (st.just(data(train="a{b}.h5")), "a{b}.h5"),
    (st.sampled_from(["a b", "../a", "ssc", "SHD", ""]).map(lambda name: data(name=name)), "name"),
    (values("data.name", st.just("ssc")), "ssc comes with its own split"),
    (st.just({"data": {"name": "shd"}, "download": {"folder": "nowhere"}}), "download.folder"),
    (values("data.validation_speakers", st.just([])), "validation_speakers"),
    (st.just({"data": {"name": "spoken_digits", "test_speakers": []}}), "test_speakers"),
    (st.just({"data": {"name": "spoken_digits", "published_split": True}}), "data.published_split is true"),
    (st.just({"data": {"name": "files", "published_split": True}, "files": FILES}), "data.published_split is true"),
    (values("data", st.just({"validation_speakers": [7, 4], "test_speakers": [5, 4]})), "speaker 4"),
    (values("training.decay", st.floats(0.1, 0.8).map(lambda high: [0.9, high])), "decay"),
    (st.just({"delays": {"stride": 1}} | network(pruning="refined")), "refined"),
    (st.just(network(delays=False, pruning="refined")), "networks.mine.pruning is refined"),
    (
        st.just({"recipes": {"brief": {"pruned": {"epochs": 1, "learning_rate": 0.1}}}}).map(
            lambda recipe: recipe | network(pruning="refined", recipe="brief")
        ),
        "training.pruned.epochs",
    ),
    (st.just({"training": {"pruned": {"epochs": 1}}} | network(pruning="refined")), "training.pruned.epochs"),
    (values("training.loss", st.sampled_from(["", "zero_one", "spike count"])), "loss"),
    (values("download.mirrors", st.sampled_from([["ftp://a/"], ["http://a"], ["file:///etc/"]])), "mirrors"),
]


BASES = [PAPER, overlay(PAPER, QUICK)]
BASE = st.sampled_from(BASES)


@pytest.mark.parametrize(
    ("text", "samples"),
    [
        ("seeds: 3", "seeds is 3; write [3]."),
        ("seeds: ['1']", "seeds.0 is '1'; YAML reads that as text, so write 1."),
        ("seeds: 1-3", "seeds is '1-3'; write a list in brackets, without quotes and with commas"),
        ("seeds: [1, 1]", "seeds is [1, 1]; 1 is there twice, so take one out."),
        ("seeds: [-1]", "seeds.0 is -1; write a whole number from 0 to 4294967295."),
        ("training: {dense: {epochs: 4, learning_rate: 0,004}}", "training.dense has the key 4 without a value, as a"),
        ("networks: {48: null}", 'networks has the key 48, which YAML does not read as text; write "48" in quotes.'),
        ("seeds: '[1]'", "write a list in brackets, without quotes"),
        ("training: {decay: 0.9}", "decay is 0.9; write a list of 2 in brackets."),
        ("training: {decay: [0.9]}", "decay is [0.9]; write a list of 2, each a number between 0 and 1."),
        ("networks: {'48': {file: t.safetensors}}", "networks.48 has a file and delays, hidden, pruning. Does"),
        (f"loihi: {{excess: {{synapse_words: 1{'0' * 400}}}}}", "synapse_words has 401 digits; write a number below"),
        ("seeds: [1.0e+3]", "seeds.0 is 1000.0; write 1000."),
        ("data: {test_speakers: '4'}", "write [4]."),
        ("data: {name: mnist}", "data.name is 'mnist'; write one of files, heidelberg_digits, recordings, .*."),
        ("data: {duration_s: 0}", "data.duration_s is 0; write a number above 0, in s."),
        ("data: {nam: shd}", "data has no key 'nam'; the keys are name, dataset, time_steps, "),
        ("sedes: [1]", "the top level has no key 'sedes'; the keys are seeds, platforms, "),
        ("training: {dense: {learning_rate: 4e-3}}", "YAML reads that as text, so write 0.004."),
        ("training: {gradient_norm: 1E6}", "is '1E6'; YAML reads that as text, so write 1000000."),
        ("training: {gradient_norm: 1e-5}", "so write 1.0e-05."),
        ("training: {gradient_norm: 1e300}", "so write 1.0e+300."),
        ("networks: {mine: {hidden: [8], delays: 'true', pruning: none}}", "is 'true'; YAML .* write true without"),
        (
            "networks: {mine: {hidden: [8], delays: 1, pruning: none}}",
            "delays is 1; write one of true, false, random, learned.",
        ),
        (
            "networks: {mine: {hidden: [8], delays: true, input_delays: [0], pruning: none}}",
            "networks.mine.input_delays is [0]; write a list of 2 or more, each a whole number, 0 or more, in time ",
        ),
        ("networks: {mine: {hidden: [8], delays: true, input_delays: [8, 0], pruning: none}}", "the smallest first."),
        ("networks: {mine: {hidden: [8], delays: true, recurrent: 'False', pruning: none}}", "so write false without"),
        ("networks: {mine: {hidden: 8, delays: true, pruning: none}}", "networks.mine.hidden is 8; write [8]."),
        ("networks: {a b: {hidden: [8], delays: true, pruning: none}}", "has the key 'a b'; write a name of letters"),
        ("training: {choose: last}", "training.choose is 'last'; write one of best, final, mean."),
        ("recipes: {mine: {choose: null}}", "recipes.mine.choose is null; write one of best, final, mean."),
        ("training: {weight_decay: -0.1}", "training.weight_decay is -0.1; write a number, 0 or more."),
        ("training: {weight_decay: 250}", "is 250, which at training.dense.learning_rate 0.004 takes a whole weight "),
        (
            "recipes: {mine: {weight_decay: 600, dense: {epochs: 1, learning_rate: 1.0e-3}}}",
            "at recipes.mine.pruned.le",
        ),
        ("training: {dropout: 1}", "training.dropout is 1; write a number from 0 to below 1."),
        ("training: {threshold: high}", "training.threshold is 'high'; write a number above 0."),
        ("loihi: {batch: true}", "loihi.batch is true; write a whole number, 1 or more, in samples."),
        ("loihi: {verify: nengo}", "loihi.verify is 'nengo'; write lava, or null."),
        ("loihi: {excess: {words: 1}}", "loihi.excess has the key 'words'; write one of compartments, "),
        ("platforms: [pdp11]", "platforms.0 is 'pdp11'; write one of fpga, loihi, loihi2, seneca."),
        ("hardware: {pdp11: null}", "hardware has the key 'pdp11'; write one of fpga, loihi, loihi2, seneca."),
        ("report: {show: 48}", 'report.show is 48; YAML reads that as a number, so write "48" in quotes.'),
        ("report: {show: 48nodelay}", "report.show is '48nodelay', which is no network that is deployed; write one of"),
    ],
)
def test_a_message_says_what_to_write(text, samples):
    with pytest.raises(InputError) as caught:
        settle(overlay(PAPER, yaml.safe_load(text)), ROOT)
    assert re.search(re.escape(samples).replace(r"\.\*", ".*"), str(caught.value))
    # What it says to write is what is wanted.
    for number in re.findall(r"so write ([\d.e+-]+)\.$", str(caught.value)):
        assert isinstance(yaml.safe_load(number), int | float)


def whole_numbers(annotation, *above):
    """Yield the path of each whole number of a type, with 0 in lists and "mine" for any name."""
    kinds = [unpack(each)[0] for each in options(unpack(annotation)[0])]
    if int in kinds or (get_origin(kinds[0]) is Literal and type(get_args(kinds[0])[0]) is int):
        yield above
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            for name, field in kind.model_fields.items():
                yield from whole_numbers(field.annotation, *above, name)
        if get_origin(kind) in (list, dict):
            yield from whole_numbers(get_args(kind)[-1], *above, 0 if get_origin(kind) is list else "mine")


WHOLE = list(whole_numbers(whole()))


@pytest.mark.parametrize("path", WHOLE, ids=[".".join(map(str, path)) for path in WHOLE])
def test_a_whole_number_with_a_point_is_refused(path):
    sections = {
        "recordings": RECORDINGS,
        "files": FILES | {"sensor": [2, 2, 1]},
        "heidelberg_digits": {"recordings": 50, "seed": 1},
        "tonic": {"folder": "mine", "start_s": 0, "downsample": 1, "polarity": "kept", "samples": 9},
    }
    added = {"recipes": {"mine": PAPER["training"]}, **sections}
    config = overlay(PAPER, network() | added | {"frontier": {"space": {"input_delays": [[0, 8]]}}})
    read(config)
    entry = (path[:-1], [2.0]) if path[-1] == 0 else (path, 2.0)
    config = change(config, entry[0], lambda inner, key: inner.__setitem__(key, entry[1]))
    with pytest.raises(InputError) as caught:
        settle(config, ROOT)
    assert str(caught.value) == f"Configuration: {'.'.join(map(str, path))} is 2.0; write 2."


@pytest.mark.parametrize(
    ("text", "samples"),
    [("seeds: [1]\nseeds: [2]\n", "seeds' twice, in lines 1 and 2"), ("a: [", "not YAML .* line 1")],
)
def test_a_file_that_says_two_things_is_named(tmp_path, text, samples):
    check_files([ROOT / "config/config.yaml", ROOT / "config/quick.yaml"], ROOT)
    (tmp_path / "mine.yaml").write_text(text)
    with pytest.raises(InputError, match=f"mine.yaml: .*{samples}"):
        check_files([ROOT / "config/config.yaml", tmp_path / "mine.yaml"], ROOT)


@pytest.mark.parametrize("path", ["config/published.yaml", "config/hardware/seneca.yaml"])
def test_constants_that_say_two_things_are_named(tmp_path, path):
    shutil.copytree(ROOT / "config", tmp_path / "config")
    text = (tmp_path / path).read_text()
    first = next(line for line in text.splitlines() if re.match(r"\w+:", line))
    (tmp_path / path).write_text(f"{text}{first}\n")
    with pytest.raises(InputError, match=f"{path}: has the key '{first.split(':')[0]}' twice"):
        check_files([], tmp_path)


def test_a_result_is_no_configuration_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    target = "results/metrics/area.json"
    for path in (target, tmp_path / target):
        with pytest.raises(InputError, match=f"{target}: is a result .* -- {target}."):
            check_files([ROOT / "config/quick.yaml", path], ROOT)


@pytest.mark.parametrize("config", BASES, ids=["paper", "quick"])
def test_what_is_right_passes(config):
    assert set(settle(config, ROOT).networks) == {name for name, network in config["networks"].items() if network}


@pytest.mark.parametrize("config", BASES, ids=["paper", "quick"])
def test_a_value_of_another_type_is_named(config):
    for changed, key in wrong_types(config):
        check(changed, key)


@pytest.mark.parametrize("kind", [unknown_keys, missing_keys, wrong_numbers, wrong_entries])
@settings(max_examples=100, deadline=None, derandomize=True)
@given(data=st.data())
def test_a_wrong_key_or_value_is_named(kind, data):
    check(*data.draw(BASE.flatmap(kind)))


@pytest.mark.parametrize(("changes", "samples"), IMPOSSIBLE)
@settings(max_examples=10, deadline=None, derandomize=True)
@given(data=st.data())
def test_what_cannot_be_together_is_named(changes, samples, data):
    check(overlay(data.draw(BASE), data.draw(changes)), samples)


@pytest.mark.parametrize(
    ("delays", "pruning", "deployed"),
    [(True, "synapse", True), (True, "none", True), (False, "none", False), (True, "refined", False)],
)
def test_only_networks_with_delays_that_are_not_refined_are_deployed(delays, pruning, deployed):
    assert Network(hidden=[8], delays=delays, pruning=pruning).deployed == deployed


def test_delays_are_learned_by_refined_networks_and_other_recipes_too():
    learned = {name for name, network in settle(PAPER, ROOT).networks.items() if network.learns_delays}
    assert learned == {"48", "32", "24", "48ax", "48refined", "48authors"}


@pytest.mark.parametrize("settings", [{"delays": False, "pruning": "none"}, {"pruning": "refined"}])
def test_networks_of_which_none_is_deployed_are_refused(settings):
    check(PAPER | network(**settings), "no network can be deployed.")
