from pathlib import Path

import pytest
import yaml

from delaysnn.platforms.loihi.mesh import barrier_ns, spike_pj

CONSTANTS = yaml.safe_load((Path(__file__).parents[3] / "config/hardware/loihi.yaml").read_text())


def test_a_spike_pays_for_its_tile_and_for_every_hop():
    energy = spike_pj(40, CONSTANTS)
    assert (energy == energy.T).all() and not energy.diagonal().any()
    # Cores 0 to 3 are one tile; 4 the next of the row; 28 the last of it, seven hops on; 32 the first of the next row.
    expected = {3: 1.7, 4: 1.7 + 3, 28: 1.7 + 7 * 3, 32: 1.7 + 4, 39: 1.7 + 3 + 4}
    assert [energy[0, core] for core in expected] == pytest.approx(list(expected.values()))


def test_beyond_a_tile_a_barrier_takes_what_one_over_the_chip_takes():
    assert [barrier_ns(cores, CONSTANTS) for cores in (1, 4, 5, 128)] == [113, 113, 465, 465]
