import logging
from pathlib import Path
from types import SimpleNamespace

import pytest
from snakemake.iocontainers import InputFiles

from delaysnn.core.errors import InputError
from delaysnn.core.job import Seldom, job, provenance

ROOT = Path(__file__).parents[2]


class Named(dict):
    """Stands for Snakemake's named lists, which a script sees as mappings."""


@pytest.fixture
def snakemake(tmp_path):
    data = tmp_path / "data.txt"
    data.write_text("spikes")
    return SimpleNamespace(
        rule="bin_spikes",
        wildcards=Named(split="test"),
        params=Named(code="abc", steps=64),
        input=[str(data)],
        log=[str(tmp_path / "logs/a.log")],
    )


def test_provenance_holds_no_path_of_this_machine(snakemake, tmp_path):
    with job(snakemake) as provenance:
        pass
    assert provenance["rule"] == "bin_spikes"
    assert provenance["wildcards"] == {"split": "test"}
    assert list(provenance["inputs"].values()) == ["3afe33347d9931bbf9ab4db4a22f9f2041bdcb4a1dc6e1cadc1548c238174bd6"]
    assert str(tmp_path) not in str(provenance)


def test_inputs_are_named_as_everywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    results = Path("results/metrics/area.json")
    one, other = tmp_path / "one/samples.h5", tmp_path / "other/samples.h5"
    for number, path in enumerate((results, one, other)):
        path.parent.mkdir(parents=True)
        path.write_text(str(number))
    linked = tmp_path / "linked"
    linked.symlink_to(ROOT)
    inside = [ROOT / "config/hardware/loihi.yaml", linked / "config/published.yaml"]
    inputs = [results, *inside, one, Path("results/../other/samples.h5")]
    assert list(provenance("rule", {}, {}, inputs)["inputs"]) == [
        "results/metrics/area.json",
        "config/hardware/loihi.yaml",
        "config/published.yaml",
        "samples.h5",
        "samples.h5 (2)",
    ]


def test_where_the_data_come_from_is_carried_along(snakemake, tmp_path):
    origin = tmp_path / "provenance.json"
    origin.write_text('{"licence": "CC BY 4.0"}')
    snakemake.input = InputFiles(fromdict={"origin": str(origin)})
    with job(snakemake) as provenance:
        assert provenance["data"] == {"licence": "CC BY 4.0"}


def test_provenance_changes_with_parameters(snakemake):
    with job(snakemake) as before:
        pass
    snakemake.params["steps"] = 100
    with job(snakemake) as after:
        pass
    assert before["config_sha256"] != after["config_sha256"]


def test_an_input_error_is_one_sentence_without_traceback(snakemake, tmp_path, capsys):
    with pytest.raises(SystemExit) as stop, job(snakemake):
        raise InputError("a.h5: sample 3 has no spikes; remove it.")
    assert stop.value.code == 1
    log = (tmp_path / "logs/a.log").read_text()
    assert "sample 3 has no spikes" in log and "Traceback" not in log
    assert log == capsys.readouterr().err


def test_what_comes_again_is_on_screen_now_and_then_and_a_warning_always():
    now = [0.0]
    seldom = Seldom(30, lambda: now[0])

    def shown(level, text):
        return seldom.filter(logging.LogRecord("a", level, "", 0, text, (), None))

    epoch = "epoch %d of %d: %.0f s left"
    assert [shown(logging.INFO, "%d levels") for _ in range(2)] == [True, False]
    assert not shown(logging.INFO, epoch)
    now[0] = 31
    assert shown(logging.INFO, epoch) and not shown(logging.INFO, epoch)
    assert all(shown(logging.WARNING, epoch) for _ in range(2))


def test_a_line_names_network_and_seed_and_the_log_has_all(snakemake, tmp_path, capsys):
    snakemake.wildcards = Named(network="48", seed="1", split="test")
    with job(snakemake):
        for epoch in range(1, 4):
            logging.info("epoch %d of %d", epoch, 3)
        logging.info("done")
    log = (tmp_path / "logs/a.log").read_text()
    assert log.count("bin_spikes network 48, split test, seed 1: epoch") == 3
    assert capsys.readouterr().err == log.splitlines(keepends=True)[-1]


def test_a_defect_keeps_its_traceback(snakemake, tmp_path):
    with pytest.raises(ZeroDivisionError), job(snakemake):
        logging.info("starting")
        1 / 0  # noqa: B018
    log = (tmp_path / "logs/a.log").read_text()
    assert "starting" in log and "Traceback" in log
