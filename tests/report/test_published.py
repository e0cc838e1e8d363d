from pathlib import Path

import pytest
import yaml

from delaysnn.core.errors import InputError
from delaysnn.report.published import published_beside, read_published

PUBLISHED = Path(__file__).parents[2] / "config/published.yaml"


def test_cells_of_every_table_are_found():
    cells = read_published(PUBLISHED)
    assert cells["48", "pytorch", "parameters"] == 82560
    assert cells["48ax", "seneca", "agreement"] == 94
    assert cells["32", "loihi", "spikes_h2"] == 365.15
    for quantity in ("accuracy", "agreement", "spikes_h1"):
        assert cells["48", "seneca_rounded_per_step", quantity] == cells["48", "seneca", quantity]
    assert cells["24", "seneca_scdq", "delay_ip_energy"] == 0.62
    assert cells["48", "loihi_3cores", "energy"] == 38.4
    # Table IV repeats Table III's Seneca.
    assert yaml.safe_load(PUBLISHED.read_text())["table_4_three_cores"]["seneca"] == {
        f"{quantity}_{unit}": cells["48", "seneca_scdq", name]
        for quantity, unit, name in [
            ("energy", "uj", "energy"),
            ("latency", "ms", "latency"),
            ("memory", "mbit", "memory"),
            ("delay_ip", "uj", "delay_ip_energy"),
        ]
    }
    assert ("48ax", "seneca_software", "energy") not in cells


DELAYS = {"max": 60, "stride": 2, "keep": 15}
SHAPE = {"hidden": [48, 48], "delays": True, "pruning": "synapse", "recipe": None}


def beside(network, delays=DELAYS, time_steps=64, bits=8, outputs=20):
    shapes = {"networks": {"mine": network}, "delays": delays, "time_steps": time_steps, "bits": bits}
    return published_beside(PUBLISHED, shapes, outputs)


def test_a_published_value_stands_beside_the_network_of_its_shape_whatever_its_name():
    assert beside(SHAPE)["mine", "pytorch", "accuracy"] == 87
    assert beside(SHAPE | {"pruning": "axon"})["mine", "pytorch", "accuracy"] == 76
    assert beside(SHAPE | {"hidden": [24, 24]})["mine", "loihi_1core", "energy"] == 12.5
    assert beside(SHAPE | {"keep": None}) == beside(SHAPE | {"keep": 15}, DELAYS | {"keep": 5}) == beside(SHAPE)


@pytest.mark.parametrize(
    "other",
    [
        {"network": SHAPE | {"hidden": [64, 64]}},
        {"network": SHAPE | {"hidden": [48]}},
        {"network": SHAPE | {"delays": "learned", "pruning": "none"}},
        {"network": SHAPE | {"delays": False, "pruning": "none"}},
        {"network": SHAPE | {"pruning": "refined"}},
        {"network": SHAPE | {"recipe": "authors"}},
        {"network": SHAPE | {"input_sharing": 5}},
        {"network": SHAPE | {"input_delays": [0, 8]}},
        {"network": SHAPE | {"keep": 5}},
        {"network": SHAPE | {"keep": None}, "delays": DELAYS | {"keep": 5}},
        {"network": SHAPE | {"hidden": [32, 32], "pruning": "axon"}},
        {"delays": DELAYS | {"keep": 5}},
        {"delays": DELAYS | {"stride": 4}},
        {"time_steps": 100},
        {"outputs": 35},
    ],
)
def test_another_shape_has_no_published_value(other):
    assert beside(**{"network": SHAPE} | other) == {}


def test_weights_of_another_width_have_no_published_value_on_loihi():
    platforms = {platform for _, platform, _ in beside(SHAPE, bits=4)}
    assert platforms >= {"pytorch", "seneca", "seneca_scdq"} and not [p for p in platforms if p.startswith("loihi")]


def test_a_broken_file_is_named(tmp_path):
    path = tmp_path / "published.yaml"
    path.write_text("table_1_models: 3")
    with pytest.raises(InputError, match=r"published\.yaml"):
        read_published(path)
