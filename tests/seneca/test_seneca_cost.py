from pathlib import Path

import numpy as np
import pytest
import yaml

from delaysnn.formats.network import Layer, Network
from delaysnn.formats.spike_trains import SpikeTrains
from delaysnn.seneca.cost import calibrate, count, estimate, published_counts, validate

CONFIG = Path(__file__).parents[2] / "config"
PUBLISHED = yaml.safe_load((CONFIG / "published.yaml").read_text())
CONSTANTS = yaml.safe_load((CONFIG / "hardware/seneca.yaml").read_text())
NETWORKS = ["48", "32", "24"]


def test_a_delivered_event_meets_every_post_neuron():
    weights = np.zeros((3, 2, 4), np.float32)
    weights[0, 0, 1] = weights[2, 0, 3] = weights[1, 1, 0] = 1
    ones = np.ones(4, np.float32)
    network = Network(
        (Layer(np.ones((1, 5, 2), np.float32), (0,), ones[:2], ones[:2]), Layer(weights, (0, 2, 4), ones, ones)),
        6, "tiny", 1, "random",
    )  # fmt: skip
    spikes = np.zeros((6, 2, 2))
    spikes[[0, 3], 0, 0] = 1  # axon 0 has two useful delays and lives for five steps
    spikes[1, 0, 1] = 1  # axon 1 has one and lives for three
    layers = (SpikeTrains.from_dense(spikes), SpikeTrains.from_dense(np.zeros((6, 2, 4))))
    counts = count(network, layers)
    assert counts.synaptic_operations.tolist() == [4 * (2 * 2 + 1), 0]
    assert counts.queue_events.tolist() == [2 * 5 + 3, 0]
    assert counts.stored_weights == 10 + 24


def test_the_papers_own_neural_estimate_is_met():
    """The paper prices 14.48 uJ of neural energy for network 48 at 12.7 pJ an operation."""
    operations = published_counts(PUBLISHED, "48").synaptic_operations
    assert operations * 12.7e-6 == pytest.approx(
        PUBLISHED["table_3_hardware"]["seneca_shares"]["estimated_neural_uj_48"], rel=0.05
    )


@pytest.mark.parametrize(
    ("platform", "quantity", "target"),
    [
        ("seneca_scdq", "energy", 10),
        ("seneca_scdq", "latency", 10),
        ("seneca_scdq", "memory", 5),
        ("seneca_scdq", "delay_ip_energy", 10),
    ],
)
def test_each_network_left_out_is_predicted_within_the_target(platform, quantity, target):
    rows = [
        r for r in validate(PUBLISHED, CONSTANTS, NETWORKS) if (r["platform"], r["quantity"]) == (platform, quantity)
    ]
    left_out = {row["network"]: row["error_pct"] for row in rows if row["how"] == "left_out"}
    assert set(left_out) == set(NETWORKS)
    assert max(map(abs, left_out.values())) < target, left_out


def test_an_estimate_of_a_fitted_network_is_near_its_cell():
    found = estimate(published_counts(PUBLISHED, "32"), CONSTANTS, calibrate(PUBLISHED, CONSTANTS, NETWORKS))
    assert found["seneca_scdq", "energy"] == pytest.approx(29.5, rel=0.05)
