"""A target that nothing makes ends in a sentence that lists what there is."""

import pytest
from dry_runs import ROOT, dry_run

from delaysnn.settings.targets import explain_configfiles, explain_repeated, explain_target

RULES = ["all", "data", "training", "folds"]
FILES = [
    "results/tables/energy.csv",
    "results/tables/models.csv",
    "results/tables/models.json",
    "results/metrics/capacity.json",
    r"results/metrics/shd/{network,48|32}/seed{seed,1|2|10}/lava.json",
    r"results/models/shd/{network,48|32}/seed{seed,1|2|10}/{bits,\d+}bit.json",
    r"results/metrics/shd/{network,48|32}/seed{seed,3}/fold{fold,0|1}.json",
    "results/report.html",
    ".envs/lava/ready",
]


@pytest.mark.parametrize(
    ("target", "samples"),
    [
        ("fold", "no target fold; the nearest is folds. Targets are all, data, training, folds, or a "),
        ("energy.csv", "Targets are all, "),
        ("/a/results/tables/energy.csv", "named from the working folder, such as results/tables/energy.csv."),
        ("results/tables/energi.csv", "the nearest is energy.csv. In its folder there are energy.csv, models.csv."),
        (
            "results/tables/x.txt",
            "no target results/tables/x.txt. In its folder there are energy.csv, models.csv, models.j",
        ),
        ("results/tables", "results/tables is a folder, but a target is a file. In it there are energy.csv, "),
        ("results/metrics/shd/47/seed1/lava.json", "no network 47 in this configuration, which has 48, 32."),
        ("results/metrics/shd/48/seed7/lava.json", "no seed7 in this configuration, which has seed1, seed2, seed10."),
        ("results/models/shd/48/seed01/8bit.json", "no seed01 in this configuration, which has seed1, seed2, seed10."),
        ("results/metrics/shd/48/seed1/fold1.json", "no seed1 in this configuration, which has seed3."),
        ("results/metrics/mnist/48/seed1/lava.json", "no data set mnist in this configuration, whose data set is shd."),
        ("results/data/mnist/train.npz", "no data set mnist"),
        (
            "results/metrics/shd/48/seed1/lawa.json",
            "the nearest is lava.json. In its folder there are fold{fold}.json, lava.json",
        ),
        ("results/models/shd/48/seed1/x.json", "In its folder there are {bits}bit.json."),
        ("results/else/x.csv", "The folders below results/ are metrics, models, tables."),
    ],
)
def test_what_there_is_is_listed(target, samples):
    message = explain_target(target, RULES, FILES, "shd", ["48", "32"])
    assert samples in message and target in message


def test_a_target_among_configuration_files_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").touch()
    (tmp_path / "results").mkdir()
    (tmp_path / "results/x.json").touch()
    assert explain_configfiles([]) is None and explain_configfiles(["a.yaml", tmp_path / "a.yaml"]) is None
    assert explain_configfiles(["b.yaml"]) == "b.yaml: there is no such configuration file."
    for target in ("results/x.json", "results/y.csv", "folds"):
        said = explain_configfiles(["a.yaml", target])
        assert said.endswith(f" --configfile=a.yaml {target}, or --configfile a.yaml -- {target}.")
    assert explain_configfiles(["a.yaml", tmp_path / "results/x.json"]).startswith(
        "results/x.json: is a result and no c"
    )


def test_an_overlay_among_the_results_is_a_configuration_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    best = tmp_path / "results/frontier/22kB.yaml"
    assert "there is no such configuration file" in explain_configfiles([best])
    best.parent.mkdir(parents=True)
    best.touch()
    assert explain_configfiles([best]) is None


def test_configuration_files_that_would_not_count_are_named():
    for once in (
        [],
        ["--configfile=a"],
        ["--configfile", "a", "b", "--", "all"],
        ["--config", "a=1", "--configfile=a"],
    ):
        assert explain_repeated(["snakemake", *once]) is None
    for twice in (["--configfile=a", "--configfile=b"], ["--configfile", "a", "--configfiles", "b"]):
        assert "only the last would count" in explain_repeated(["snakemake", *twice])


def test_snakemake_says_so_where_a_target_follows_anything(tmp_path):
    overlay = ROOT / "config/quick.yaml"
    right, wrong = "results/metrics/capacity.json", "results/metrics/shd/48/seed1/lava.json"
    unknown, of_fold = (
        f"results/metrics/spoken_digits/48/{file}" for file in ("seed7/pytorch.json", "seed2/fold1.json")
    )
    (tmp_path / "results/figures").mkdir(parents=True)
    for arguments, sentence in (
        (
            ["--configfile", overlay, "--", wrong],
            "no data set shd in this configuration, whose data set is spoken_digits",
        ),
        ([f"--configfile={overlay}", ""], "The working folder is not a target. Targets are data, "),
        ([f"--configfile={overlay}", "train_network"], "no target train_network. Targets are data, "),
        ([f"--configfile={overlay}", unknown], "no seed7 in this configuration, which has seed1, seed2."),
        ([f"--configfile={overlay}", of_fold], "folds.1.seeds is [1], without 2; add it there."),
        ([f"--configfile={overlay}", right, "results/figures"], "results/figures is a folder"),
        ([f"--configfile={overlay}", f"--configfile={overlay}"], "--configfile is given more than once"),
        (["--configfile", overlay, right], f"so write a target as in --configfile={overlay} {right}, or"),
    ):
        run = dry_run(tmp_path, *arguments)
        assert run.returncode != 0
        assert sentence in run.stdout + run.stderr and "Traceback (most" not in run.stdout + run.stderr
