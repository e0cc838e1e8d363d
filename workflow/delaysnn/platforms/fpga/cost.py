"""Energy and memory of an inference on the engine: counted accesses and operations, priced by published constants.

Nothing is fitted, and nothing is of an FPGA: the constants are of a chip in 45 nm (config/hardware/fpga.yaml). Left out
are wires, the clock tree, registers between stages, control, and leakage.
"""

from collections.abc import Mapping
from math import prod, sqrt

from delaysnn.core.metrics import Cell
from delaysnn.platforms.fpga.accesses import (
    ADAPTIVE_ADDITIONS,
    ADAPTIVE_PRODUCTS,
    ADDITIONS,
    FACTORS,
    STATE_BITS,
    SUM_BITS,
    Counts,
    Memory,
)
from delaysnn.platforms.protocol import Constants

PARTS = ("weights", "delay_unit", "sums", "neurons", "fifos")


def estimate(counts: Mapping[str, Counts], constants: Constants) -> list[Cell]:
    """Return energy, that of the delay unit and of each part, and memory, with each delay structure.

    Args:
        counts: what a sample takes, by structure.
        constants: of ``config/hardware/fpga.yaml``.
    """
    cells = []
    for structure, each in counts.items():
        parts = energies_pj(each, constants)
        # By the name that the table has for what delays take.
        values = {"energy": sum(parts.values()), "delay_ip_energy": parts["delay_unit"]}
        values |= {f"energy_{part}": value for part, value in parts.items()}
        row = f"fpga_{structure}"
        cells += [Cell(row, name, "uJ", value * 1e-6, "counted") for name, value in values.items()]
        bits = sum(memory.bits for memory in each.memories)
        cells.append(Cell(row, "memory", "Mbit", bits * 1e-6, "counted"))
    return cells


def energies_pj(counts: Counts, constants: Constants) -> dict[str, float]:
    """Return the energy of a sample in pJ, by part of the engine (:data:`PARTS`)."""
    found = dict.fromkeys(PARTS, 0.0)
    for memory in counts.memories:
        found[memory.part] += (memory.reads + memory.writes) * access_pj(memory, constants)
    found["sums"] += counts.sums * add_pj(SUM_BITS, constants) + counts.clocked * constants["flip_flop_pj"]
    product_pj = constants["multiply_8bit_pj"] * prod(FACTORS) / 8**2
    additions = ADDITIONS * counts.updates + ADAPTIVE_ADDITIONS * counts.adaptive
    products = counts.updates + ADAPTIVE_PRODUCTS * counts.adaptive
    found["neurons"] += additions * add_pj(STATE_BITS, constants) + products * product_pj
    return found


def access_pj(memory: Memory, constants: Constants) -> float:
    """Return the energy of a read or a write: a bit's grows with the root of the memory's size, above the published."""
    least = constants["sram_bits"]
    bit_pj = constants["sram_word_pj"] / constants["sram_word_bits"]
    return memory.width * bit_pj * sqrt(max(memory.bits, least) / least)


def add_pj(bits: int, constants: Constants) -> float:
    """Return the energy of an addition, on the line through the published widths of 8 and 32 bits."""
    low, high = constants["add_8bit_pj"], constants["add_32bit_pj"]
    return low + (high - low) * (bits - 8) / (32 - 8)
