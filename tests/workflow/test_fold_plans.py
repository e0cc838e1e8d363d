"""Trainings anew for other speakers: what dry runs list for the configurations that ask for them."""

import yaml
from dry_runs import ROOT, dry_run


def test_folds_train_every_network_for_every_entry_and_seed(tmp_path):
    run = dry_run(tmp_path, "--", "folds")
    assert run.returncode == 0, run.stderr
    assert "\ntrain_fold" in run.stdout
    for name in ("48", "48ax", "85recurrent"):
        for seed, fold in ((1, 0), (3, 0), (1, 5)):
            assert f"/{name}/seed{seed}/fold{fold}.json" in run.stdout
        assert f"/{name}/seed2/fold1.json" not in run.stdout
    assert all(f"/convolutional/fold{fold}.json" in run.stdout for fold in range(6))


def test_a_fold_by_a_speaker_who_does_not_exist_is_named_before_any_job(tmp_path):
    overlay = {"folds": [{"test": [0], "validation": [77], "seeds": [1]}]}
    (tmp_path / "overlay.yaml").write_text(yaml.safe_dump(overlay))
    arguments = ("--configfile", tmp_path / "overlay.yaml", "--")
    run = dry_run(tmp_path, *arguments, "folds")
    assert run.returncode != 0
    assert "\nConfiguration: folds.0.validation names [77], but the speakers are [0, 1, " in run.stderr
    assert "Traceback" not in run.stdout + run.stderr and "Exception" not in run.stdout + run.stderr
    # Nothing else asks for folds.
    assert dry_run(tmp_path, *arguments, "results/tables/models.csv").returncode == 0


def test_ablations_rotate_network_48_alone(tmp_path):
    run = dry_run(tmp_path, "--configfile", ROOT / "config/ablations/settings.yaml", "--", "folds")
    assert run.returncode == 0, run.stderr
    networks = yaml.safe_load((ROOT / "config/ablations/settings.yaml").read_text())["networks"]
    named = {name for name, network in networks.items() if network}
    assert {"48adlif", "48cuba", "48shared"} < named
    for name in ("48", *named):
        assert f"/{name}/seed1/fold5.json" in run.stdout
    assert "/32/" not in run.stdout and "/48authors/" not in run.stdout


def test_few_delays_are_compared_over_folds_by_every_way_to_choose_them(tmp_path):
    run = dry_run(tmp_path, "--configfile", ROOT / "config/ablations/few_delays.yaml", "--", "folds")
    assert run.returncode == 0, run.stderr
    for way in ("synapse", "gradual", "random", "learned"):
        for keep in (1, 2, 3, 5):
            for kind in ("", "ad"):
                assert f"/48{kind}{way}{keep}/seed1/fold5.json" in run.stdout
    assert all(f"/48{kind}synapse8/seed1/fold5.json" in run.stdout for kind in ("", "ad"))
    assert "/48/seed1/fold5.json" in run.stdout and "/48random/" not in run.stdout


def test_validation_speakers_take_turns_in_every_fold(tmp_path):
    overlay = ROOT / "config/ablations/validation_speakers.yaml"
    folds = yaml.safe_load(overlay.read_text())["folds"]
    groups = {tuple(entry["test"]): 0 for entry in folds}
    for entry in folds:
        groups[tuple(entry["test"])] += len(entry["validation"])
    # Every speaker is tested once and no fold has more choices than another.
    assert sorted(speaker for group in groups for speaker in group) == list(range(12)) and set(groups.values()) == {3}
    run = dry_run(tmp_path, "--configfile", overlay, "--", "folds")
    assert run.returncode == 0, run.stderr
    assert f"/48/seed1/fold{len(folds) - 1}.json" in run.stdout


def test_networks_of_few_weights_are_compared_over_folds(tmp_path):
    run = dry_run(tmp_path, "--configfile", ROOT / "config/ablations/few_weights.yaml", "--", "folds")
    assert run.returncode == 0, run.stderr
    for name in ("48lif4", "48adlif4", "24adlif4", "48adlif4averaged", "24adlif4averaged"):
        assert f"/{name}/seed1/fold5.json" in run.stdout
    assert "/48/" not in run.stdout
