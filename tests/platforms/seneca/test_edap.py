"""Energy times latency times area."""

from pathlib import Path

import pytest
import yaml

from delaysnn.platforms.seneca.edap import PLATFORMS, areas_m2, edap, edap_errors, edap_outside

PUBLISHED = yaml.safe_load((Path(__file__).parents[3] / "config/published.yaml").read_text())


def test_the_papers_own_energy_latency_and_areas_give_the_published_products():
    table = PUBLISHED["table_3_hardware"]["48"]
    keys = {"energy": "energy_uj", "latency": "latency_ms"}
    chips = ("seneca_scdq", "seneca_software")
    costs = {(chip, quantity): table[chip][key] for chip in chips for quantity, key in keys.items()}
    products = edap(costs, areas_m2(PUBLISHED["table_5_area_um2"], n_cores=3, n_queues=2))
    assert list(products) == PLATFORMS
    for kind, expected in PUBLISHED["edap_js_m2"].items():
        assert products[f"seneca_scdq_{kind}"] == pytest.approx(expected, rel=0.005)
    assert products["seneca_software"] > 10 * products["seneca_scdq_sram"]


def test_two_layers_need_one_delay_ip():
    areas = areas_m2(PUBLISHED["table_5_area_um2"], n_cores=2, n_queues=1)
    assert areas["seneca_scdq_sram"] - areas["seneca_software"] == pytest.approx(15463e-12)


def test_both_factors_say_what_a_product_misses_and_what_lies_outside():
    errors = {
        (platform, factor): error
        for platform in ("seneca_scdq", "seneca_software")
        for factor, error in (("energy", 3.0), ("latency", 4.0))
    }
    assert edap_errors(errors) == dict.fromkeys([(platform, "edap") for platform in PLATFORMS], 5.0)
    found = edap_outside({"seneca_software": {"latency": ["queue_events"], "memory": ["stored_mbit"]}})
    assert found == {"seneca_software": {"edap": ["queue_events"]}}
