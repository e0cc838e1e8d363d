from pathlib import Path

import pytest
import yaml

from delaysnn.errors import InputError
from delaysnn.paper.published import read_published

PUBLISHED = Path(__file__).parents[2] / "config/published.yaml"


def test_cells_of_every_table_are_found():
    cells = read_published(PUBLISHED)
    assert cells["48", "pytorch", "parameters"] == 82560
    assert cells["48ax", "seneca", "agreement"] == 94
    assert cells["32", "loihi", "spikes_h2"] == 365.15
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


def test_a_broken_file_is_named(tmp_path):
    path = tmp_path / "published.yaml"
    path.write_text("table_1_models: 3")
    with pytest.raises(InputError, match=r"published\.yaml"):
        read_published(path)
