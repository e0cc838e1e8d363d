"""Tables and figures register themselves; the report, the rules and the files follow."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import page
import pytest
import yaml
from dry_runs import dry_run

from delaysnn.core.errors import InputError
from delaysnn.platforms import registered as platforms
from delaysnn.report import registry
from delaysnn.report.registry import SECTIONS, find, registered
from delaysnn.report.study import Study

ROOT = Path(__file__).parents[2]
TOY = page.files()["workflow/delaysnn/report/figures/spike_counts.py"]


@pytest.fixture
def copy(tmp_path):
    """A copy of the repository, to which a stranger adds files."""
    for part in ("workflow", "config", "profiles", "envs"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Snakefile", tmp_path)
    return tmp_path


def python(folder, *arguments):
    environment = os.environ | {"PYTHONPATH": str(folder / "workflow")}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_who_only_lists_tables_and_figures_waits_for_no_matplotlib():
    command = "import sys; from delaysnn.report.registry import registered; registered(); print(*sys.modules)"
    loaded = python(ROOT, "-c", command).stdout.split()
    assert "delaysnn.report.figures.frontier" in loaded and "matplotlib" not in loaded


def plan(folder, *arguments):
    """Return what a dry run of the copy says."""
    run = python(folder, "-m", "snakemake", "-n", "--configfile=config/quick.yaml", *arguments)
    return run.returncode, run.stdout + run.stderr


def plan_with(folder, overlay, *targets):
    """Return what a dry run of this repository says to an overlay."""
    (folder / "overlay.yaml").write_text(yaml.safe_dump(overlay))
    run = dry_run(folder, "--configfile", ROOT / "config/quick.yaml", folder / "overlay.yaml", "--", *targets)
    return run.returncode, run.stdout + run.stderr


def add(folder, kind, text):
    (folder / f"workflow/delaysnn/report/{kind}s/sizes.py").write_text(text)


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("figure", TOY.replace('"Accuracy"', '"Beauty"'), "sizes.py: section is 'Beauty'; choose one of All networks"),
        ("table", TOY, "tables/sizes.py: @figure stands over one function a file, in the folder figures."),
        ("figure", "", "figures/sizes.py: registers no figure; put @figure(...) over its function."),
    ],
)
def test_what_cannot_be_registered_is_named(copy, kind, text, said):
    add(copy, kind, text)
    code, found = plan(copy)
    assert code and said in found and "Traceback (most" not in found


STUDY = SimpleNamespace(traces=lambda *names, networks: ["a.npz"], shown="48", dataset="bars")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("", ""), None),
        (("Sequence[Traces]", "list[Traces]"), "the input traces is annotated list[delaysnn.core.traces.Traces], as"),
        (("traces: Sequence[Traces]", "traces"), "the input traces has no annotation, as which a list of files cannot"),
        (("Sequence[Traces]", "Traces"), "as which a list of files cannot be read; write one of DataFrame, Dataset"),
        (("dataset: str)", "dataset: str, more: int)"), "neither inputs nor params give more; add it to one of them."),
        (("(traces: Sequence[Traces], ", "("), "the function has no argument traces, but inputs do"),
        ((", dataset: str)", ")"), "the function has no argument dataset, but params do"),
        (('{"dataset"', '{"traces": 1, "dataset"'), "inputs and params both give traces"),
        (("place=95", "place='95'"), "place is '95'; write a number"),
        (("    place=95,\n", ""), "place is None; write a number"),
        (('    title="Spikes a sample",\n', ""), "title is ''; write what readers are told."),
        (
            ('    caption="How many spikes each layer of the network fires for a test sample, in PyTorch.",\n', ""),
            "caption is ''; write what readers are told.",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_before_any_job(monkeypatch, change, said):
    text = TOY.replace(*change) if change[0] else TOY
    assert text != TOY or said is None
    file = Path(registry.__file__).parent / "figures/spike_counts.py"
    monkeypatch.setattr(registry, "_registered", {})
    scope = {"__name__": "delaysnn.report.figures.spike_counts"}

    def check():
        exec(compile(text, file, "exec"), scope)
        registry._registered["figure_spike_counts"].check(STUDY)

    if said is None:
        return check()
    with pytest.raises(InputError) as error:
        check()
    assert str(error.value).startswith("report/figures/spike_counts.py: ") and said in str(error.value)


def study(*chips, cores=(1, 3)):
    """Return a study of network 48 on these chips, where every part of the report has something to show."""
    names = {key: ["48"] for key in ("deployed", "swept", "controlled", "trained", "equality", "priced_as_floats")}
    return Study(
        **names,
        dataset="shd",
        deployments={},
        engines=[],
        engine_parts=[],
        switching=[],
        networks={"48": {"neuron": "lif", "features": []}},
        deployed_on={chip: ["48"] for chip in chips},
        swept_on_core=["48"] if "loihi" in chips else [],
        seeds=[1],
        platforms=[platforms()[name] for name in ("pytorch", *chips)],
        constants={},
        parts={"shown": "48"},
        config={
            "data": {},
            "delays": {"keep": 15, "max": 60, "stride": 2},
            "frontier": {"budgets_uj": [5]},
            "loihi": {"cores": list(cores)},
        },
        patterns={},
        files={},
    )


def test_captions_name_networks_without_a_calibrated_estimate():
    adaptive = replace(study("seneca"), networks={"48": {"neuron": "adlif", "features": []}})
    for name in ("table_energy", "table_baseline_costs"):
        assert "Of other neurons" not in find(name).caption(study("seneca"))
        assert "to which no line was fitted, and so counted alone: 48." in find(name).caption(adaptive)


def test_captions_say_what_networks_have_beyond_the_papers():
    own = study("loihi", "seneca")
    further = replace(own, networks={"48": {"neuron": "lif", "features": ["bias", "readout"]}})
    assert (further.plain, own.plain) == ([], ["48"])
    said = "With biases, a readout by membranes, and so counted alone where no line holds for that: 48."
    assert said in find("table_energy").caption(further)
    assert "since their membranes decide" in find("table_fidelity").caption(further)
    for name in ("figure_spikes", "figure_membranes"):
        assert "membranes decide" in find(name).caption(further)
        assert "membranes decide" not in find(name).caption(own)
    assert find("figure_membranes").params(further) == {"network": "48", "silent_output": True}
    returning = replace(own, networks={"48": {"neuron": "lif", "features": ["recurrent"]}})
    # Baselines' recurrence is calibrated, and so is this.
    assert "counted alone" not in find("table_baseline_costs").caption(returning)


OWN_WORDS = {"loihi": "Loihi|Lava|integer", "seneca": "Seneca|SCDQ|bfloat16|queue"}


@pytest.mark.parametrize(
    ("chips", "other"), [(["seneca"], "loihi"), (["loihi"], "seneca"), ([], "loihi"), ([], "seneca")]
)
def test_a_caption_names_no_chip_that_is_not_run(chips, other):
    own, both = study(*chips), study("loihi", "seneca")
    captions = {item.name: item.caption(own) for item in registered() if item.section and item.when(own)}
    assert [name for name, caption in captions.items() if re.search(OWN_WORDS[other], caption)] == []
    assert [name for name, caption in captions.items() if re.search(r" [.,;:]|[.,;:]{2}|^[.,;:a-z]", caption)] == []
    assert any(re.search(OWN_WORDS[other], find(name).caption(both)) for name in captions)


@pytest.mark.parametrize(
    ("cores", "energy", "three_cores"),
    [
        ((1, 3), ["loihi_1core"], ["loihi_3cores"]),
        ((3,), [], ["loihi_3cores"]),
        ((2,), [], []),
        (("fewest",), ["loihi_fewest"], []),
        ((1, "fewest"), ["loihi_1core", "loihi_fewest"], []),
    ],
)
def test_tables_of_estimates_have_the_setups_on_the_cores_that_are_asked_for(cores, energy, three_cores):
    own = study("loihi", cores=cores)
    assert (own.setups("energy"), own.setups("three_cores")) == (energy, three_cores)
    made = {item.name for item in registered() if item.when(own)}
    for table, setups in (("energy", energy), ("three_cores", three_cores)):
        assert (f"table_{table}" in made) == bool(setups)
    # What reads the table of energies is made where that is.
    assert {"figure_energy", "figure_pareto"} & made == ({"figure_energy", "figure_pareto"} if energy else set())


def test_every_item_says_what_to_see_and_has_a_place_of_its_own():
    items = registered()
    assert len({item.name for item in items}) == len(items) > 40
    assert all(item.title and item.caption(study("loihi", "seneca")) and item.make.__doc__ for item in items)
    places = [(SECTIONS.index(item.section), item.place) for item in items if item.section]
    assert places == sorted(set(places))
    assert {item.section for item in items} == {*SECTIONS, None}


def test_without_a_chip_what_it_alone_has_is_left_out_and_all_else_is_made(tmp_path):
    code, said = plan_with(tmp_path, {"platforms": ["seneca"]}, "all")
    assert code == 0, said
    missing = [
        item.name
        for item in registered()
        if item.section and f"results/{item.kind}s/{item.stem}.{'csv' if item.kind == 'table' else 'png'}" not in said
    ]
    assert missing == ["table_budgets", "table_sweep", "table_switching", "table_mapping"]
    assert "loihi" not in said


@pytest.mark.parametrize(
    ("shown", "said"), [("24", "/24/seed1/loihi.npz"), ("48nodelay", "report.show is '48nodelay', which is no ")]
)
def test_the_user_says_which_network_figures_show(tmp_path, shown, said):
    _, found = plan_with(tmp_path, {"report": {"show": shown}}, "results/figures/spikes.png")
    assert said in found and "/48/seed1/loihi.npz" not in found
