"""Sources of data: one file each, found by their folder, light to import, and described in one place."""

import subprocess
import sys
from pathlib import Path

import pydantic
import pytest
import yaml

from delaysnn.core.errors import InputError
from delaysnn.data.sources import OwnSource, registered
from delaysnn.settings.configuration import read

ROOT = Path(__file__).parents[2]
PAPER = yaml.safe_load((ROOT / "config/config.yaml").read_text())
OWN = {"name": "mine", "licence": "CC0", "citation": "nobody"}
SECTIONS = {
    **PAPER,
    "data": {**PAPER["data"], "dataset": "NMNIST"},
    "files": {**OWN, "train": "a.h5"},
    "tonic": {"folder": "tonic", "start_s": 0.0, "downsample": 1, "polarity": "kept", "samples": None},
    "heidelberg_digits": {"recordings": 10420, "seed": 1},
    "recordings": {**OWN, "folder": "audio", "table": "audio/a.csv", "sample_rate": 48000, "seed": 1},
}


def test_every_file_of_the_folder_is_a_source_of_its_name():
    assert set(registered()) >= {"shd", "ssc", "heidelberg_digits", "tonic", "spoken_digits", "files", "recordings"}
    assert all(source.name == name for name, source in registered().items())
    with pytest.raises(InputError, match=r"data\.name is 'mnist'; write one of .*files, .*, ssc"):
        read(PAPER | {"data": PAPER["data"] | {"name": "mnist"}})


def test_importing_all_sources_imports_nothing_slow():
    code = "import sys; from delaysnn.data.sources import registered; registered(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    slow = {"numba", "scipy", "torch", "soundfile", "tonic", "pooch", "pandas"}
    assert slow & set(done.stdout.split()) == set()


@pytest.mark.parametrize("name", [name for name, source in registered().items() if source.section])
def test_a_source_reads_its_own_section_and_refuses_what_it_does_not_know(name):
    source = registered()[name]
    section = SECTIONS[source.section]
    source.Settings(**section)
    with pytest.raises(pydantic.ValidationError, match="more"):
        source.Settings(**section, more=1)
    for key in section:
        with pytest.raises(pydantic.ValidationError, match=key):
            source.Settings(**{**section, key: {}})
    assert all(field.description for field in source.Settings.model_fields.values())


@pytest.mark.parametrize("name", registered())
def test_events_depend_on_no_more_of_the_configuration_than_a_source_says(name):
    source = registered()[name]
    part = source.settings(SECTIONS)
    assert set(part) == {"data"} | ({source.section, *source.shared_sections} - {None})
    assert "time_steps" not in part["data"]
    own = isinstance(source, OwnSource)
    assert source.dataset_name(part) == ("mine" if own else "tonic_nmnist" if name == "tonic" else name)
    assert source.origin(part)["licence"] == ("CC0" if own else source.origin(SECTIONS)["licence"])


def test_archives_are_those_that_tonic_knows():
    from tonic.datasets.hsd import SHD, SSC

    shd, ssc = (registered()[name].archives for name in ("shd", "ssc"))
    assert [(shd[role].filename, shd[role].md5) for role in ("train", "test")] == [
        (SHD.train_zip, SHD.train_md5),
        (SHD.test_zip, SHD.test_md5),
    ]
    assert [(archive.filename, archive.md5) for archive in ssc.values()] == [
        (SSC.train_zip, SSC.train_md5),
        (SSC.valid_zip, SSC.valid_md5),
        (SSC.test_zip, SSC.test_md5),
    ]
    assert {archive.base_urls for archive in (*shd.values(), *ssc.values())} == {(SHD.base_url,)}
