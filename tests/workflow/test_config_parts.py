"""Parts of a configuration: own files, renamed keys, platforms, missing sections, and the network that is shown."""

import functools
from pathlib import Path

import pytest
from configurations import FILES, PAPER, QUICK, ROOT, check, network, overlay

from delaysnn.core.errors import InputError
from delaysnn.settings.configuration import read, settle, whole
from delaysnn.settings.raw import check_files
from delaysnn.settings.renamed import RENAMED
from delaysnn.settings.training import Phases

OWN_FILES = overlay(PAPER, {"data": {"name": "files", "validation_speakers": [1], "test_speakers": []}})
AUDIO = {"name": "mine", "folder": "a.h5", "table": "folder", "sample_rate": 22050, "seed": 1}
AUDIO |= {"licence": "CC0", "citation": "nobody"}


@pytest.mark.parametrize(
    ("given", "samples"),
    [
        ({"train": "folder", "test": "a.h5"}, "files.train is folder, which is a folder; a file is needed"),
        ({"train": "a.h5", "test": "folder"}, "files.test is folder, which is a folder"),
        (
            {"train": "a.h5", "test": "a.h5"},
            "files.test is a.h5, the same file as files.train; .* leave files.test out",
        ),
        ({"train": "a.h5", "test": "folder/../a.h5"}, "files.test is folder/../a.h5, the same file as files.train"),
        ({"train": "a.h5", "test": "link.h5"}, "files.test is link.h5, the same file as files.train"),
        ({"train": "a" * 300, "test": "a.h5"}, "files.train is aaa.*, but there is no such file"),
    ],
)
def test_files_that_are_none_or_one_are_named(tmp_path, monkeypatch, given, samples):
    monkeypatch.chdir(tmp_path)
    Path("a.h5").write_text("samples")
    Path("folder").mkdir()
    Path("link.h5").symlink_to("a.h5")
    with pytest.raises(InputError, match=rf"^Configuration: {samples}"):
        settle(OWN_FILES | {"files": FILES | given}, ROOT)


def test_a_file_where_a_folder_is_needed_is_named_and_a_folder_where_a_file_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.h5").write_text("samples")
    Path("folder").mkdir()
    recorded = overlay(PAPER, {"data": {"name": "recordings", "validation_speakers": [1], "test_speakers": [2]}})
    with pytest.raises(InputError, match=r"recordings\.folder is a\.h5, which is a file; a folder is needed"):
        settle(recorded | {"recordings": AUDIO}, ROOT)
    with pytest.raises(InputError, match=r"recordings\.table is folder, which is a folder; a file is needed"):
        settle(recorded | {"recordings": AUDIO | {"folder": "folder"}}, ROOT)
    with pytest.raises(InputError, match=r"download\.folder is a\.h5, which is a file; a folder is needed"):
        settle(overlay(PAPER, {"download": {"folder": "a.h5"}}), ROOT)


RENAMED_KEYS = [(section, old, new) for section, keys in RENAMED.items() for old, new in keys.items()]


@pytest.mark.parametrize(("section", "old", "new"), RENAMED_KEYS)
@pytest.mark.parametrize("place", ["", "recipes.mine"])
def test_a_key_of_a_former_version_is_told_its_new_name(section, old, new, place):
    path = [*place.split("."), old] if place and section == "training" else [part for part in (section, old) if part]
    config = overlay(PAPER, functools.reduce(lambda inner, key: {key: inner}, reversed(path), 1))
    written, now = ".".join(path), ".".join([*path[:-1], new])
    with pytest.raises(InputError) as caught:
        settle(config, ROOT)
    assert str(caught.value) == f"Configuration: {written} is now called {now}; rename it."
    # The new name is one.
    assert new in (whole() if not section else whole().model_fields[section].annotation).model_fields


def test_a_platform_that_is_not_chosen_refuses_nothing_and_needs_no_section():
    wide = overlay(PAPER, network(hidden=[500, 500]))
    check(wide, "Network mine on 1 of Loihi's cores")
    without = {key: value for key, value in wide.items() if key != "loihi"}
    check(without, "platforms names loihi, but there is no section loihi")
    without |= {"platforms": ["seneca"], "hardware": {"seneca": None}}
    without |= {"delays": without["delays"] | {"max": 120}, "data": without["data"] | {"time_steps": 128}}
    assert "mine" in settle(without, ROOT).deployed


@pytest.mark.parametrize("base", [PAPER, overlay(PAPER, QUICK)])
def test_a_network_that_fits_a_core_by_shared_input_weights_alone_is_not_refused(base):
    added = {"networks": {"48shared": base["networks"]["48"] | {"input_sharing": 5}}}
    assert settle(overlay(base, added), ROOT).network("48shared").input_sharing == 5
    # Network 48, beside it, needs the excess.
    alone = overlay(base, added) | {"loihi": base["loihi"] | {"excess": {}}, "networks": added["networks"]}
    alone |= {"fpga": None}
    assert settle(alone, ROOT).deployed == ["48shared"]
    check(overlay(alone, {"networks": {"48shared": {"input_sharing": 1}}}), "needs 16420 64-bit words")


def test_a_network_keeps_as_many_levels_as_it_says_and_is_as_large():
    few = {"48two": PAPER["networks"]["48"] | {"keep": 2}, "48randomtwo": PAPER["networks"]["48random"] | {"keep": 2}}
    settings = settle(overlay(PAPER, {"networks": few}), ROOT)
    kept = {name: settings.kept(name) for name in ("48", "48two", "48random", "48randomtwo")}
    assert kept == {"48": 15, "48two": 2, "48random": 15, "48randomtwo": 2}
    # Pruning alone tells 48two from 48; the others' levels are drawn before training.
    trained = {name: settings.shares_training(name) for name in kept}
    assert trained == {"48": "48", "48two": "48", "48random": "48random", "48randomtwo": "48randomtwo"}
    assert settings.levels_before_pruning("48randomtwo") == {"max": 60, "stride": 2, "keep": 2}
    alone = PAPER | {"loihi": PAPER["loihi"] | {"excess": {}}, "networks": {"48two": few["48two"]}, "fpga": None}
    assert settle(alone, ROOT).deployed == ["48two"]
    check(overlay(alone, {"networks": {"48two": {"keep": 15}}}), "needs 16420 64-bit words")


def test_a_network_is_swept_where_it_follows_the_levels_that_all_have():
    few = {"hidden": [16, 16], "delays": True, "pruning": "synapse"}
    late = few | {"delays": False, "input_delays": [0, 8, 16]}
    networks = {"few": few, "both": late | {"delays": True}, "late": late, "grid": late | {"input_delays": True}}
    networks |= {"mixed": few | {"bits": [8, 4, 4]}, "other": few | {"keep": 3}, "whole": few | {"pruning": "none"}}
    base = PAPER | {"networks": networks, "fpga": None}
    found = settle(overlay(base, {"delays": {"keep": 2, "sweep": [1, 4]}}), ROOT)
    assert found.deployed == list(networks) and found.swept == ["few", "both", "grid"]


def test_a_network_that_is_not_there_cannot_be_taken_out(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text('networks: {"84": null, "mine": null}')
    with pytest.raises(
        InputError, match=r"mine.yaml: networks.84 is null, .* no network 84; the networks are 48, 32, "
    ):
        check_files([ROOT / "config/quick.yaml", path], ROOT)
    path.write_text('networks: {"48": null}')
    check_files([path, ROOT / "config/config.yaml"], ROOT)


@pytest.mark.parametrize(
    ("source", "section"),
    [("shd", "download"), ("spoken_digits", "speech"), ("files", "files"), ("recordings", "recordings")],
)
def test_a_section_that_the_data_need_cannot_be_null(source, section):
    config = PAPER | {"data": PAPER["data"] | {"name": source}, section: None}
    check(config, f"data.name is {source}, but there is no section {section}")


def test_the_network_to_show_is_the_first_or_one_that_is_named():
    assert settle(PAPER, ROOT).shown == "48"
    assert settle(PAPER | {"report": {"show": "24"}}, ROOT).shown == "24"
    for name in ("48refined", "none"):
        check(PAPER | {"report": {"show": name}}, f"report.show is '{name}', which is no network that is deployed")


NOBODY = {"name": "files", "validation_speakers": [], "test_speakers": [], "validation_share": 0.2, "test_share": 0.2}


@pytest.mark.parametrize(
    ("data", "files", "samples"),
    [
        ({"name": "shd"}, {}, "data.validation_share is 0.2, but shd has speakers"),
        ({"name": "ssc"}, {}, "data.validation_share is 0.2, but ssc comes with its own split; write null"),
        ({"test_speakers": [3]}, {}, "data.validation_share is 0.2, but data.test_speakers names [3]; write []"),
        ({"validation_share": None}, {}, "data.test_share is 0.2, but data.validation_share is null"),
        ({"test_share": None}, {}, "data.test_share is null, and there is no test file"),
        ({}, {"test": "b.h5"}, "data.test_share is 0.2, but there is a test file; write null"),
        ({"validation_share": 1.0}, {}, "data.validation_share is 1.0; write a number between 0 and 1, or null"),
        ({}, {"sensor": [34, 34, 2], "channels": 2312}, "channels 2312 and sensor [34, 34, 2] are both given"),
        ({}, {"sensor": [256, 256, 2]}, "sensor [256, 256, 2] has more than 65536 channels"),
        ({}, {"sensor": [34, 34]}, "files.sensor is [34, 34]"),
        ({}, {"augmentation": "image"}, "augmentation image needs a sensor"),
        ({}, {"time_unit": "ns"}, "files.time_unit is 'ns'; write one of s, ms, us"),
    ],
)
def test_a_split_without_speakers_or_a_shape_that_cannot_be_is_named(data, files, samples):
    check(overlay(PAPER, {"data": NOBODY | data, "files": FILES | files}), samples)


@pytest.mark.parametrize(
    ("files", "kind", "channels"),
    [
        ({}, "voice", 700),
        ({"channels": 64}, "time", 64),
        ({"channels": 64, "augmentation": "voice"}, "voice", 64),
        ({"sensor": [34, 34, 2]}, "image", 2312),
        ({"sensor": [34, 34, 2], "augmentation": "none"}, "none", 2312),
    ],
)
def test_the_data_say_how_samples_vary_and_folds_need_speakers(files, kind, channels):
    found = read(overlay(PAPER, {"data": NOBODY, "files": FILES | files}))
    course = found.course("48")
    variation = course.variation
    # As jobs that train all phases read it.
    assert Phases(**course.model_dump()) == course
    assert found.channels == channels
    events = found.training.event_augmentation
    wanted = {"voice": found.training.augmentation, "image": events, "time": events.in_time_alone(), "none": None}
    assert variation == wanted[kind]
    # A job of several phases reads it from what its rule hands over.
    assert Phases(**found.course("48").model_dump()).variation == wanted[kind]
    with pytest.raises(InputError, match=r"folds hold out speakers, but data\.validation_share"):
        found.held_out(0, None)
