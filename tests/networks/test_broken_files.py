"""Files that are empty, halved, of one wrong byte, huge or hostile end in one sentence, and nothing in them is run."""

import json
import os
import random

import h5py
import numpy as np
import pytest
import torch
from small_networks import late_biased_network, quantised_network

from delaysnn.core.errors import InputError
from delaysnn.core.network import Network, write_network
from delaysnn.networks.nir_graph import to_nir, write_nir
from delaysnn.networks.readers import read_theirs, registered


def draw(*shape):
    return torch.as_tensor(np.random.default_rng(len(shape)).normal(0, 0.3, shape).astype("f4"))


def own(folder):
    write_network(folder / "own.safetensors", late_biased_network())
    return "own.safetensors", ["own.json"], {}


def nir(folder):
    write_nir(folder / "theirs.nir", to_nir(quantised_network(), 0.001))
    return "theirs.nir", [], {}


def state_dict(folder, state, beside, **more):
    torch.save(state, folder / "theirs.pt")
    (folder / "theirs.json").write_text(json.dumps(beside))
    return "theirs.pt", ["theirs.json"], more


def snntorch(folder):
    held = {"beta": 0.9, "threshold": 1.0, "graded_spikes_factor": 1.0, "reset_mechanism_val": 0}
    state = {f"lif{place}.{key}": torch.tensor(value) for place in (1, 2) for key, value in held.items()}
    layers = [{"linear": f"fc{place}", "Leaky": {"name": f"lif{place}"}} for place in (1, 2)]
    return state_dict(
        folder,
        state | {"fc1.weight": draw(4, 6), "fc2.weight": draw(3, 4)},
        {"layers": layers},
        format="snntorch",
    )


def spikingjelly(folder):
    layers = [{"linear": "0", "LIFNode": {"tau": 8.0}}, {"linear": "2", "delays": 3, "LIFNode": {}}]
    state = {"0.weight": draw(4, 6), "2.weight": draw(3, 4)}
    return state_dict(folder, state, {"layers": layers}, format="spikingjelly")


def dcls(folder):
    state = {}
    for place, shape in ((0, (4, 6, 1)), (3, (3, 4, 1))):
        state |= {f"model.{place}.weight": draw(*shape), f"model.{place}.SIG": draw(1, *shape)}
        state[f"model.{place}.P"] = draw(1, *shape).round()
    return state_dict(folder, state, {"max_delay": 11, "threshold": 1.0, "loss": "sum", "tau": 10.0}, format="dcls")


def snndelays(folder):
    net = {"tau_m_1": draw(4), "tau_m_o": draw(3), "f0_f1.weight": draw(4, 6), "f1_o.weight": draw(3, 20)}
    told = {"loss_fn": "mem_sum", "win": 30, "connection_type": "f", "delay": (10, 2), "delay_type": "ho"}
    torch.save({"type": "snn_delays.snn.SNN", "net": net, "kwargs": told}, folder / "theirs.pt")
    return "theirs.pt", [], {"format": "snndelays"}


def mlgenn(folder):
    (folder / "theirs").mkdir()
    layers = []
    for name, pre, post in (("A", 6, 4), ("B", 4, 3)):
        np.save(folder / f"theirs/{name}-g.npy", draw(pre * post).numpy())
        synapses = {"name": name, "tau_syn": 5.0}
        layers.append({"name": f"P{name}", "neurons": post, "tau_mem": 20.0, "scale_i": True, "connection": synapses})
    layers[0]["v_thresh"] = 1.0
    (folder / "theirs.json").write_text(json.dumps({"readout": "avg_var", "layers": layers}))
    return "theirs", ["theirs.json", "theirs/A-g.npy"], {"format": "mlgenn", "dt": 0.001}


def netx(folder):
    with h5py.File(folder / "theirs.net", "w") as file:
        for place, (pre, post) in enumerate([(6, 4), (4, 3)]):
            layer = file.create_group(f"layer/{place}")
            layer["type"], layer["shape"], layer["weight"] = b"dense", [post], (100 * draw(post, pre)).int().numpy()
            neuron = {"type": b"CUBA", "iDecay": 4096, "vDecay": 400, "vThMant": 200, "refDelay": 1, "gradedSpike": 0}
            for key, value in neuron.items():
                layer[f"neuron/{key}"] = value
    return "theirs.net", [], {}


FORMATS = {
    "delaysnn": own, "nir": nir, "snntorch": snntorch, "spikingjelly": spikingjelly, "dcls": dcls,
    "snndelays": snndelays, "mlgenn": mlgenn, "netx": netx,
}  # fmt: skip


@pytest.fixture(params=FORMATS)
def written(request, tmp_path):
    """A network's files of each format, and what reads them."""
    main, beside, more = FORMATS[request.param](tmp_path)
    files = [tmp_path / each for each in (main, *beside) if (tmp_path / each).is_file()]
    return files, lambda: read_theirs(tmp_path / main, 30, **more)


def ends_well(read, folder):
    """Whether a network is read, or else one sentence says which file is wrong."""
    try:
        return isinstance(read(), Network)
    except InputError as error:
        said = str(error)
        assert said.startswith(str(folder)) and said.isprintable() and said.endswith(".") and len(said) < 900, said
        return False


def broken(data):
    """Bytes that are not what they were: none, other kinds of files, cut off, and with wrong bytes."""
    chance = random.Random(1)
    yield from (b"", b"{}", b"null", b"[" * 100_000, bytes(len(data)), chance.randbytes(len(data)), b"\x80\x04K\x01.")
    yield from (data[: len(data) // 2], data[:-1], b"PK\x03\x04" + data[4:60])
    yield from (data[: chance.randrange(len(data))] for _ in range(8))
    for place in range(24):
        wrong = bytearray(data)
        for _ in range(1 + place % 3):
            # Most of what is no weight stands in front.
            wrong[chance.randrange(400 if place % 2 else len(data)) % len(data)] = chance.randrange(256)
        yield bytes(wrong)


def test_there_are_files_of_every_format():
    assert set(FORMATS) == set(registered())


@pytest.mark.filterwarnings("error")
def test_a_broken_file_ends_in_a_sentence_that_names_it(written, tmp_path):
    files, read = written
    assert ends_well(read, tmp_path)
    for file in files:
        data = file.read_bytes()
        for number, wrong in enumerate(broken(data)):
            file.write_bytes(wrong)
            # The others may be a network, of other weights.
            assert not ends_well(read, tmp_path) or number > 7, file
        file.unlink()
        assert not ends_well(read, tmp_path)
        file.mkdir()
        assert not ends_well(read, tmp_path)
        file.rmdir()
        file.write_bytes(data)


class Program:
    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


def test_what_a_file_would_run_is_not_run(tmp_path):
    run = tmp_path / "run"
    for name in ("snntorch", "spikingjelly", "dcls", "snndelays", "mlgenn"):
        (folder := tmp_path / name).mkdir()
        main, _, more = FORMATS[name](folder)
        for zipped in (True, False):
            if name == "mlgenn":
                np.save(folder / "theirs/A-g.npy", np.array([Program(run)] * 24), allow_pickle=True)
            else:
                held = torch.load(folder / main, weights_only=True) if zipped else {}
                torch.save(held | {"more": Program(run)}, folder / main, _use_new_zipfile_serialization=zipped)
            with pytest.raises(InputError) as caught:
                read_theirs(folder / main, 30, **more)
            # PyTorch's advice is to allow it.
            assert "safe_globals" not in str(caught.value) and "weights_only" not in str(caught.value)
            assert not run.exists()


PLAIN = "is no array of plain numbers; save it as one"


@pytest.mark.parametrize("name", ["snntorch", "spikingjelly", "dcls", "snndelays"])
@pytest.mark.parametrize(
    ("tensor", "said"),
    [
        (torch.zeros(1, 1).expand(10**6, 10**6), r"holds fewer numbers than its shape \(1000000, 1000000\) says"),
        (torch.zeros(4, 6, dtype=torch.complex64), PLAIN),
        (torch.zeros(4, 6).to_sparse(), PLAIN),
        (torch.zeros(4, 6, device="meta"), PLAIN),
        (torch.full((4, 6), float("nan")), "holds a value that is no finite number"),
    ],
)
def test_a_tensor_that_is_no_plain_array_is_named(tmp_path, name, tensor, said):
    main, _, more = FORMATS[name](tmp_path)
    held = torch.load(tmp_path / main, weights_only=True)
    state = held.get("net", held)
    key = min(key for key in state if key.endswith("weight"))
    state[key] = tensor
    torch.save(held, tmp_path / main)
    with pytest.raises(InputError, match=rf"theirs\.pt: {key} {said}"):
        read_theirs(tmp_path / main, 30, **more)


@pytest.mark.parametrize("name", ["nir", "netx"])
def test_an_array_that_is_larger_than_memory_is_not_read(tmp_path, name):
    main, _, more = FORMATS[name](tmp_path)
    place = {"nir": "node/nodes/layer0_weights0/weight", "netx": "layer/0/weight"}[name]
    with h5py.File(tmp_path / main, "a") as file:
        del file[place]
        file.create_dataset(place, (10**5, 10**5), "f4", chunks=(100, 100))
    with pytest.raises(InputError, match=rf"{main}: {place} has shape \(100000, 100000\); \d+ values are the most"):
        read_theirs(tmp_path / main, 30, **more)


@pytest.mark.parametrize("shape", [[10**9], [-1], [np.nan], [0]])
def test_inputs_that_cannot_be_are_named(tmp_path, shape):
    nir(tmp_path)
    with h5py.File(tmp_path / "theirs.nir", "a") as file:
        del file["node/nodes/input/shape"]
        file["node/nodes/input/shape"] = shape
    with pytest.raises(InputError, match=r"theirs\.nir: node input has \S+ channels; 1 to 32768 are read"):
        read_theirs(tmp_path / "theirs.nir", 30)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("kwargs", None, "kwargs is null; save_model of SNNDelays writes a dictionary"),
        ("delay", (10**12, 1), r"delays are \(1000000000000, 1\); a depth and a stride from 1 to 1024 are read"),
        ("delay", "x", "delays are 'x'; a depth"),
        ("delay_type", None, "delay_type is null; only_hidden, only_input, all and letters of iho are read"),
        ("loss_fn", ["mem_sum"], r"loss_fn is \['mem_sum'\], which is not read here"),
    ],
)
def test_what_snndelays_would_not_have_written_is_named(tmp_path, key, value, said):
    snndelays(tmp_path)
    held = torch.load(tmp_path / "theirs.pt", weights_only=True)
    (held if key == "kwargs" else held["kwargs"])[key] = value
    torch.save(held, tmp_path / "theirs.pt")
    with pytest.raises(InputError, match=rf"theirs\.pt: {said}"):
        read_theirs(tmp_path / "theirs.pt", 30, format="snndelays")


def test_complex_numbers_do_not_lose_a_part(tmp_path):
    nir(tmp_path)
    with h5py.File(tmp_path / "theirs.nir", "a") as file:
        del file["node/nodes/layer1_delay2/delay"]
        file["node/nodes/layer1_delay2/delay"] = np.full(12, 0.002 + 1j)
    with pytest.raises(InputError, match=r"theirs\.nir: is broken or not of the format nir \(ComplexWarning"):
        read_theirs(tmp_path / "theirs.nir", 30)


def test_a_file_cannot_write_to_the_terminal(tmp_path):
    main, _, more = spikingjelly(tmp_path)
    layers = [{"linear": "\x1b[31m\n", "LIFNode": {}}]
    (tmp_path / "theirs.json").write_text(json.dumps({"layers": layers}))
    assert not ends_well(lambda: read_theirs(tmp_path / main, 30, **more), tmp_path)
