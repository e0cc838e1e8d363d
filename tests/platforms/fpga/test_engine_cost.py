"""Energy and memory of an inference on the engine, by published constants."""

from pathlib import Path

import pytest
import yaml
from random_engines import inputs, network

from delaysnn.platforms import registered
from delaysnn.platforms.answers import check_estimates
from delaysnn.platforms.fpga.accesses import Counts, Memory
from delaysnn.platforms.fpga.cost import access_pj, add_pj, energies_pj
from delaysnn.platforms.fpga.images import STRUCTURES
from delaysnn.platforms.protocol import Basis
from delaysnn.report.style import colour_of
from delaysnn.report.tables.energy import _QUANTITIES

CONSTANTS = yaml.safe_load((Path(__file__).parents[3] / "config/hardware/fpga.yaml").read_text())


def test_published_widths_and_sizes_cost_what_is_published():
    assert [add_pj(bits, CONSTANTS) for bits in (8, 32)] == pytest.approx([0.03, 0.1])
    sizes = {8: 10, 32: 20, 1024: 113}
    for kilobytes, energy in sizes.items():
        memory = Memory("weights", kilobytes * 128, 64, 1, 0)
        assert access_pj(memory, CONSTANTS) == pytest.approx(energy, abs=0.2)
    # Nothing smaller is published, so a smaller one is not priced lower.
    assert access_pj(Memory("neurons", 48, 64, 1, 0), CONSTANTS) == 10


def test_energy_by_hand():
    memories = (Memory("weights", 1024, 64, 3, 0), Memory("delay_unit", 4096, 64, 1, 2))
    counts = Counts(memories, sums=6, updates=2, adaptive=1, clocked=1000)
    found = energies_pj(counts, CONSTANTS)
    product, addition = 0.2 * 23 * 13 / 64, 0.03 + 0.07 * 16 / 24
    assert found == pytest.approx(
        {
            "weights": 3 * 10,
            "delay_unit": 3 * 20,
            "sums": 6 * (0.03 + 0.07 * 8 / 24) + 7.3,
            # One of the two neurons adapts: two products and seven additions more.
            "neurons": 2 * (product + 5 * addition) + 2 * product + 7 * addition,
            "fifos": 0,
        }
    )


def test_every_structure_is_priced_on_the_same_spikes():
    fpga, spikes = registered()["fpga"], inputs(1)
    basis = Basis(CONSTANTS, {}, {}, ())
    placed = fpga.place(network(1), basis)
    found = fpga.estimate(fpga.count(placed, spikes, fpga.run(network(1), spikes).layers), basis)
    check_estimates(fpga, found)
    shown = {(cell.platform, cell.quantity): cell.value for cell in found.cells if cell.quantity in _QUANTITIES}
    assert [setup.name for setup in fpga.setups] == sorted(
        {name for name, _ in shown}, key=[setup.name for setup in fpga.setups].index
    )
    assert {name for name, _ in shown} == {f"fpga_{name}" for name in STRUCTURES}
    for setup in fpga.setups:
        assert shown[setup.name, "energy"] > shown[setup.name, "delay_ip_energy"] > 0
        assert setup.colour == colour_of(setup.name.removeprefix("fpga_"))
    # A history of six neurons and ten steps, and their useful levels, against queues of 2048 events.
    assert shown["fpga_history", "memory"] < shown["fpga_scdq_strided", "memory"] < shown["fpga_scdq", "memory"]
