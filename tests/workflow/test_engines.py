"""For which networks the engine is placed on an FPGA."""

import re

import pytest
from configurations import PAPER, ROOT, check, network, overlay
from dry_runs import dry_run

from delaysnn.platforms.fpga.images import STRUCTURES
from delaysnn.settings.configuration import settle

FPGA = {"fpga": {"networks": ["mine"]}}


def test_a_network_that_an_overlay_takes_out_is_not_placed_and_a_misspelt_one_is_refused():
    assert settle(overlay(PAPER, {"networks": {"32": None, "24": None}}), ROOT).section("fpga").networks == [
        "48",
        "32",
        "24",
    ]
    for key in ("networks", "switching"):
        check(overlay(PAPER, {"fpga": {key: ["84"]}}), f"fpga.{key} names 84, which networks lacks; choose of 48, ")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"hidden": [24]}, "which has 1 hidden layers, but the engine has two"),
        ({"input_delays": True}, "which has input_delays true, but the engine takes false; take it out"),
        (
            {"delays": "learned", "pruning": "none"},
            "which has delays learned, but the engine takes true, false or random; take it out",
        ),
        ({"neuron": "cuba"}, "which has neuron cuba, but the engine takes lif or adlif; take it out"),
        ({"bias": True}, "which has bias, but the engine has none"),
        ({"pruning": "refined"}, "which has delays at half the stride"),
    ],
)
def test_what_the_engine_lacks_is_said(settings, said):
    check(overlay(overlay(PAPER, network(**settings)), FPGA), said)


def test_an_engine_that_cannot_be_loaded_is_refused_before_any_job():
    # 30 levels of 48 neurons, each to 48 others, one by one.
    check(overlay(PAPER, {"fpga": {"lanes": 1}}), "fpga.lanes is 1, with network 48. An engine of 700-48-48-20 neurons")
    check(overlay(PAPER, {"fpga": {"lanes": 1}}), "needs 69,120 words in a layer, but its load port reaches 65,536;")
    assert settle(overlay(PAPER, {"fpga": {"lanes": 2}}), ROOT).section("fpga").lanes == 2


def test_it_is_placed_with_adaptive_neurons_too():
    settings = settle(overlay(overlay(PAPER, network(neuron="adlif")), FPGA), ROOT)
    assert settings.section("fpga").networks == ["mine"]


def test_a_delay_structure_that_is_none_is_refused_with_those_there_are():
    check(overlay(PAPER, {"fpga": {"structures": ["scqd"]}}), "scdq, history, ring_buffer, shared_queue, scdq_strided")


def test_nothing_is_placed_where_the_section_is_null():
    assert settle(overlay(PAPER, {"fpga": None}), ROOT).section("fpga") is None


def test_gates_are_simulated_of_networks_that_run_on_integers_of_the_first_width(tmp_path):
    run = dry_run(tmp_path, "--", "results/tables/switching.csv")
    toggled = set(re.findall(r"results/metrics/shd/(\w+)/engine_(\w+)_(\d)bit_toggles.json", run.stdout))
    assert toggled == {("24", structure, "4") for structure in STRUCTURES}
    (tmp_path / "wide.yaml").write_text("quantisation: {bits: [8], deployed: 8}")
    run = dry_run(tmp_path, "--configfile", tmp_path / "wide.yaml", "--", "engine")
    assert run.returncode == 0 and "toggle_engine" not in run.stdout
