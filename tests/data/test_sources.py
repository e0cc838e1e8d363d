"""Sources of data: one file each, found by their folder, light to import, and described in one place."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pydantic
import pytest
import yaml

from delaysnn.core.dataset import read_dataset
from delaysnn.core.errors import InputError
from delaysnn.data.sources import OwnSource, registered
from delaysnn.settings.configuration import read

ROOT = Path(__file__).parents[2]
PAPER = yaml.safe_load((ROOT / "config/config.yaml").read_text())
OWN = {"name": "mine", "licence": "CC0", "citation": "nobody"}
SECTIONS = {
    **PAPER,
    "files": {**OWN, "train": "a.h5"},
    "recordings": {**OWN, "folder": "audio", "table": "audio/a.csv", "sample_rate": 48000, "seed": 1},
}
TOY = '''
"""Two classes: spikes on low and on high channels."""

import numpy as np

from delaysnn.data.events import Events
from delaysnn.data.sources import Source, write_files
from delaysnn.data.splits import split_test


class Toy(Source):
    name = "toy"
    data_keys = ("test_speakers",)

    def origin(self, config):
        return {"source": "made up", "licence": "CC0"}

    def fetch(self, config, targets, threads):
        labels, speakers = [0, 1] * 4, [0, 0, 1, 1, 2, 2, 3, 3]
        times = [np.array([0.1, 0.2])] * len(labels)
        units = [np.array([600 * label + speaker, 600 * label]) for label, speaker in zip(labels, speakers)]
        events = Events.from_samples(times, units, labels, speakers, ["low", "high"])
        return write_files(targets, split_test(events, config["data"]["test_speakers"]))


SOURCE = Toy()
'''


def test_every_file_of_the_folder_is_a_source_of_its_name():
    assert set(registered()) >= {"shd", "ssc", "spoken_digits", "files", "recordings"}
    assert all(source.name == name for name, source in registered().items())
    with pytest.raises(InputError, match=r"data\.name is 'mnist'; write one of files, .*, ssc"):
        read(PAPER | {"data": PAPER["data"] | {"name": "mnist"}})


def test_importing_all_sources_imports_nothing_slow():
    code = "import sys; from delaysnn.data.sources import registered; registered(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    slow = {"numba", "scipy", "torch", "soundfile", "tonic", "pooch", "pandas"}
    assert slow & set(done.stdout.split()) == set()


@pytest.mark.parametrize("name", registered())
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
    assert set(part) == {"data", source.section} and "time_steps" not in part["data"]
    own = isinstance(source, OwnSource)
    assert source.dataset_name(part) == ("mine" if own else name)
    assert source.origin(part)["licence"] == ("CC0" if own else source.origin(PAPER)["licence"])


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


def test_a_new_source_is_one_file(tmp_path):
    for name in ("Snakefile", "workflow", "config", "envs"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    (tmp_path / "workflow/delaysnn/data/sources/toy.py").write_text(TOY)
    overlay = {"data": {"name": "toy", "validation_speakers": [1], "test_speakers": [2, 3]}}
    (tmp_path / "toy.yaml").write_text(yaml.safe_dump(overlay))
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "--configfile", "toy.yaml", "--"]
    done = subprocess.run(
        [*command, *(f"results/data/toy/{split}.npz" for split in ("train", "validation", "test"))],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "workflow")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    test = read_dataset(tmp_path / "results/data/toy/test.npz")
    assert (test.name, test.labels.tolist(), test.speakers.tolist()) == ("toy", [0, 1, 0, 1], [2, 2, 3, 3])
    assert (test.provenance["source"], test.provenance["shared_speaker_samples"]) == ("made up", 0)
