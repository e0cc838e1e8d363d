"""The frame that readers of other tools' networks stand in."""

import pytest
from small_networks import quantised_network

from delaysnn.core.errors import InputError
from delaysnn.core.network import write_network
from delaysnn.networks.readers import file_of, read_theirs, reader_of, registered


def test_every_reader_says_what_it_reads():
    for name, reader in registered().items():
        assert reader.name == name == file_of(name).stem
        assert reader.needs.startswith("a network of ") and {*reader.keys} <= {"layers", "dt", "readout"}


def test_the_ending_or_the_user_says_which_format_it_is(tmp_path):
    assert reader_of("theirs/a.safetensors").name == reader_of("theirs/a.bin", "delaysnn").name == "delaysnn"
    with pytest.raises(InputError, match=r"a\.bin: its ending does not say which tool wrote it, as \.safetensors"):
        reader_of("a.bin")
    with pytest.raises(InputError, match=r"a\.bin: 'pickle' is no format that is read; choose one of .*delaysnn"):
        reader_of("a.bin", "pickle")


def test_our_own_format_is_read_as_any(tmp_path):
    network = quantised_network()
    write_network(tmp_path / "a.safetensors", network)
    found = read_theirs(tmp_path / "a.safetensors", 30)
    assert (found.name, found.topology, found.bits) == ("tiny", network.topology, 8)
    with pytest.raises(InputError, match=r"a\.safetensors: dt is 0\.1, which is not read of the format delaysnn"):
        read_theirs(tmp_path / "a.safetensors", 30, dt=0.1)
