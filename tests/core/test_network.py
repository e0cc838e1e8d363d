"""A network's file comes back as it was written, and says what is wrong with it, its arrays or its description."""

import dataclasses
import json

import numpy as np
import pytest
import safetensors.numpy
import safetensors.torch
import torch

from delaysnn.core.errors import InputError
from delaysnn.core.network import Layer, Network, read_network, write_network


def random_network():
    rng = np.random.default_rng(0)
    layers = tuple(
        Layer(
            weights=rng.normal(size=(levels, pre, post)).astype(np.float32),
            delay_levels=tuple(range(0, 2 * levels, 2)),
            decay=rng.uniform(0, 1, post).astype(np.float32),
            threshold=np.full(post, 0.3, np.float32),
        )
        for levels, pre, post in [(1, 9, 5), (3, 5, 4)]
    )
    return Network(layers, n_steps=6, name="tiny", seed=1, dataset="random")


def test_network_round_trip(tmp_path):
    network = random_network()
    write_network(tmp_path / "a.safetensors", network)
    again = read_network(tmp_path / "a.safetensors")
    assert again.topology == (9, 5, 4)
    assert again.parameters == 9 * 5 + 3 * 5 * 4
    assert again.layers[1].delay_levels == (0, 2, 4)
    assert (again.layers[1].weights == network.layers[1].weights).all()


def recurrent_network(recurrent):
    network = random_network()
    first, second = network.layers
    return dataclasses.replace(network, layers=(dataclasses.replace(first, recurrent=recurrent), second))


def test_recurrent_weights_round_trip_and_count(tmp_path):
    recurrent = np.random.default_rng(1).normal(size=(5, 5)).astype(np.float32)
    write_network(tmp_path / "a.safetensors", recurrent_network(recurrent))
    again = read_network(tmp_path / "a.safetensors")
    assert (again.layers[0].recurrent == recurrent).all() and again.layers[1].recurrent is None
    assert again.parameters == random_network().parameters + 25


def late_recurrent(delays, levels=2):
    network = recurrent_network(np.random.default_rng(1).normal(size=(levels, 5, 5)).astype(np.float32))
    first, second = network.layers
    return dataclasses.replace(network, layers=(dataclasses.replace(first, recurrent_delays=delays), second))


def test_recurrent_weights_of_several_delays_round_trip_and_count(tmp_path):
    network = late_recurrent((1, 9))
    write_network(tmp_path / "a.safetensors", network)
    again = read_network(tmp_path / "a.safetensors")
    assert again.layers[0].recurrent_delays == (1, 9) and again.layers[1].recurrent_delays == (1,)
    assert (again.layers[0].recurrent == network.layers[0].recurrent).all()
    layers = json.loads((tmp_path / "a.json").read_text())["layers"]
    assert [layer.get("recurrent_delays") for layer in layers] == [[1, 9], None]


@pytest.mark.parametrize(
    ("delays", "said"),
    [
        ((0, 9), r"recurrent_delays must be whole numbers that increase from 1 or more, found \(0, 9\)"),
        ((9, 1), "recurrent_delays must be whole numbers that increase"),
        ((1, 2.5), "recurrent_delays must be whole numbers that increase"),
        ((1, 2, 3), r"recurrent must be \[delay, pre, post\] of the same 5 neurons, found shape \(2, 5, 5\)"),
    ],
)
def test_recurrent_delays_that_cannot_be_are_refused(tmp_path, delays, said):
    with pytest.raises(InputError, match=f"layer 0: {said}"):
        write_network(tmp_path / "a.safetensors", late_recurrent(delays))


def edit_json(path, **changes):
    content = json.loads(path.read_text()) | changes
    path.write_text(json.dumps(content))


@pytest.mark.parametrize(
    ("change", "samples"),
    [
        ({"format": "other"}, "format"),
        ({"version": 99}, "version must be 1 or 2, found 99"),
        ({"layers": []}, "no layers"),
        ({"layers": [{"delay_levels": [0]}, {"delay_levels": [0, 2]}]}, "layer 1: 3 weight matrices"),
        ({"layers": [{"delay_levels": [0]}, {"delay_levels": [0, 4, 2]}]}, "must increase"),
        ({"layers": [{"delay_levels": [0]}] * 3}, "layer2.weights"),
        (
            {"layers": [{"delay_levels": [0]}, {"delay_levels": [0, 1.5, 4]}]},
            r"layer 1: .* whole .* found \(0, 1.5, 4\)",
        ),
        ({"layers": [{"delay_levels": ["a"]}, {"delay_levels": [0, 2, 4]}]}, r"layer 0: .* whole .* found \('a',\)"),
        ({"layers": [{"delay_levels": [0], "bits": "8"}, {"delay_levels": [0, 2, 4]}]}, "layer 0: bits .* found '8'"),
        ({"layers": [{"delay_levels": [0], "scale": 0}, {"delay_levels": [0, 2, 4]}]}, "layer 0: scale .* found 0"),
    ],
)
def test_a_wrong_network_description_is_refused(tmp_path, change, samples):
    write_network(tmp_path / "a.safetensors", random_network())
    edit_json(tmp_path / "a.json", **change)
    with pytest.raises(InputError, match=samples):
        read_network(tmp_path / "a.safetensors")


@pytest.mark.parametrize(
    ("name", "samples"),
    [
        ("layer0.scale", "holds layer0.scale, which is not read here"),
        ("layer1.alpha", "holds layer1.alpha, "),
        ("layer1.v_reset", "holds layer1.v_reset, "),
        ("layer2.weights", r"holds layer2.weights, .* a\.json lists 2 layers, 0 to 1"),
        ("layer01.weights", "holds layer01.weights, "),
        ("fc1.weight", r"holds fc1\.weight, "),
    ],
)
def test_arrays_that_are_not_read_are_refused(tmp_path, name, samples):
    write_network(tmp_path / "a.safetensors", random_network())
    arrays = safetensors.numpy.load_file(tmp_path / "a.safetensors")
    safetensors.numpy.save_file(arrays | {name: np.zeros(5, np.float32)}, tmp_path / "a.safetensors")
    with pytest.raises(InputError, match=rf"a\.safetensors: {samples}"):
        read_network(tmp_path / "a.safetensors")


TWO = [{"delay_levels": [0]}, {"delay_levels": [0, 2, 4]}]


@pytest.mark.parametrize(
    ("change", "samples"),
    [
        ({"v_reset": 0.1}, "holds 'v_reset', which is not read here; the keys are format, version, "),
        ({"layers": [{**TWO[0], "alpha": 0.9}, TWO[1]]}, "layer 0 holds 'alpha', which is not read here"),
        ({"topology": [9, 5, 5]}, r"topology is \[9, 5, 5\], but the arrays are \[9, 5, 4\]"),
        ({"topology": "9-5-4"}, "topology is '9-5-4', but the arrays"),
        ({"parameters": 3}, "parameters is 3, but the arrays hold 105 weights that are not 0"),
        ({"n_steps": "6"}, 'n_steps must be a whole number from 1, found "6"'),
        ({"n_steps": 0}, "n_steps must be a whole number from 1, found 0"),
    ],
)
def test_a_description_that_is_not_of_the_arrays_is_refused(tmp_path, change, samples):
    write_network(tmp_path / "a.safetensors", random_network())
    edit_json(tmp_path / "a.json", **change)
    with pytest.raises(InputError, match=rf"a\.json: {samples}"):
        read_network(tmp_path / "a.safetensors")


def test_a_key_that_is_there_twice_is_refused(tmp_path):
    write_network(tmp_path / "a.safetensors", random_network())
    text = (tmp_path / "a.json").read_text()
    (tmp_path / "a.json").write_text(text.replace('"n_steps": 6', '"n_steps": 5, "n_steps": 6'))
    with pytest.raises(InputError, match=r"a\.json: has the key 'n_steps' twice"):
        read_network(tmp_path / "a.safetensors")


def test_numbers_that_numpy_lacks_are_named(tmp_path):
    write_network(tmp_path / "a.safetensors", random_network())
    arrays = safetensors.torch.load_file(tmp_path / "a.safetensors")
    arrays["layer0.weights"] = arrays["layer0.weights"].bfloat16()
    safetensors.torch.save_file(arrays, tmp_path / "a.safetensors")
    # NumPy has them where ml_dtypes was imported before.
    with pytest.raises(InputError, match=r"a\.safetensors: (cannot be read|layer 0: weights holds) .*bfloat16"):
        read_network(tmp_path / "a.safetensors")


def quantised_network(bits=3, scale=0.5, top=3):
    network = random_network()
    random = np.random.default_rng(3)
    layers = (
        dataclasses.replace(
            layer,
            weights=(0.5 * random.integers(-top, top + 1, layer.weights.shape)).astype(np.float32),
            bits=bits,
            scale=scale,
        )
        for layer in network.layers
    )
    return dataclasses.replace(network, layers=tuple(layers))


def with_layer(path, **changes):
    content = json.loads(path.read_text())
    content["layers"][1] |= changes
    path.write_text(json.dumps(content))


@pytest.mark.parametrize(
    ("changes", "samples"),
    [
        *(({"bits": bits}, rf"bits must be a whole number from 2 to 8 .*{bits}") for bits in (-3, 0, 9, True, 3.0)),
        *(({"scale": scale}, "scale must be a number above 0") for scale in (-1, True, float("inf"), 10**400)),
        ({"bits": None}, "bits is None and scale 0.5; give both .* or neither"),
        ({"scale": None}, "bits is 3 and scale None; give both .* or neither"),
        ({"bits": None, "scale": None}, "is not quantised, others are; give scale and bits to all or none"),
        ({"bits": 2}, r"weights\[\d, \d, \d\] is .*, which is more than 1 times scale 0.5, the most that bits 2 hold"),
        ({"scale": 0.3}, r"weights\[\d, \d, \d\] is .*, which is no multiple of scale 0.3"),
    ],
)
def test_a_quantisation_that_the_arrays_do_not_have_is_refused(tmp_path, changes, samples):
    write_network(tmp_path / "a.safetensors", quantised_network())
    with_layer(tmp_path / "a.json", **changes)
    with pytest.raises(InputError, match=rf"a\.safetensors: layer 1.*{samples}"):
        read_network(tmp_path / "a.safetensors")


@pytest.mark.parametrize("key", ["version", "name", "seed", "dataset", "n_steps", "topology", "layers"])
def test_a_key_that_a_description_lacks_is_named(tmp_path, key):
    write_network(tmp_path / "a.safetensors", random_network())
    content = json.loads((tmp_path / "a.json").read_text())
    del content[key]
    (tmp_path / "a.json").write_text(json.dumps(content))
    with pytest.raises(InputError, match=rf"a\.json: .*{key}"):
        read_network(tmp_path / "a.safetensors")


@pytest.mark.parametrize(
    ("changes", "samples"),
    [
        ({"version": "1"}, 'version must be 1 or 2, found "1"'),
        ({"version": True}, "version must be 1 or 2, found true"),
        ({"layers": {"0": {}}}, 'layers must be a list of .*, found {"0": {}}'),
        ({"layers": [1, 2]}, r"layers must be a list of .*, found \[1, 2\]"),
        ({"layers": [{"delay_levels": 2}]}, "layer 0: delay_levels must be a list .*, found 2"),
        ({"layers": [{}]}, "layer 0 has no 'delay_levels'"),
        ({"name": 5}, "name must be a text, found 5"),
        ({"seed": "x"}, 'seed must be a whole number, found "x"'),
        ({"n_steps": True}, "n_steps must be a whole number from 1, found true"),
        ({"provenance": []}, r"provenance must be {...}, found \[\]"),
    ],
)
def test_a_value_of_another_kind_is_shown_with_what_is_needed(tmp_path, changes, samples):
    write_network(tmp_path / "a.safetensors", random_network())
    edit_json(tmp_path / "a.json", **changes)
    with pytest.raises(InputError, match=rf"a\.json: {samples}"):
        read_network(tmp_path / "a.safetensors")


def test_a_description_of_ones_own_that_is_no_json_says_what_to_mend(tmp_path):
    path = tmp_path / "a.json"
    write_network(tmp_path / "a.safetensors", random_network())
    text = path.read_text()
    path.write_text("\ufeff" + text, encoding="utf-8")
    assert read_network(tmp_path / "a.safetensors").name == "tiny"
    for content, samples in (
        (text.rstrip().removesuffix("}").rstrip() + ",\n}\n", r"a comma stands before the closing \} in line \d+"),
        (text.replace('"tiny"', "tiny"), "line .*, column .*: Expecting value"),
        (text.replace("tiny", "tür").encode("latin-1"), "is not UTF-8, byte .* is 0xfc; save it as UTF-8"),
        ("", "is not JSON; line 1, column 1"),
    ):
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(InputError, match=rf"a\.json: .*{samples}") as found:
            read_network(tmp_path / "a.safetensors")
        assert "delete" not in str(found.value)


@pytest.mark.parametrize("kind", [torch.float8_e4m3fn, torch.float8_e5m2])
def test_numbers_of_eight_bits_are_named(tmp_path, kind):
    write_network(tmp_path / "a.safetensors", random_network())
    safetensors.torch.save_file({"layer0.weights": torch.zeros(1, 9, 5).to(kind)}, tmp_path / "a.safetensors")
    with pytest.raises(InputError, match=r"a\.safetensors: cannot be read as safetensors"):
        read_network(tmp_path / "a.safetensors")


@pytest.mark.parametrize("kind", [np.complex64, bool])
def test_arrays_that_are_no_real_numbers_are_refused(tmp_path, kind):
    write_network(tmp_path / "a.safetensors", random_network())
    arrays = safetensors.numpy.load_file(tmp_path / "a.safetensors")
    wrong = arrays["layer1.decay"].astype(kind)
    safetensors.numpy.save_file(arrays | {"layer1.decay": wrong}, tmp_path / "a.safetensors")
    with pytest.raises(InputError, match=rf"layer 1: decay holds {np.dtype(kind)}; real numbers are needed"):
        read_network(tmp_path / "a.safetensors")


def test_a_description_nested_without_end_is_refused(tmp_path):
    write_network(tmp_path / "a.safetensors", random_network())
    (tmp_path / "a.json").write_text("[" * 100_000)
    with pytest.raises(InputError, match=r"a\.json: cannot be read as JSON"):
        read_network(tmp_path / "a.safetensors")
