"""The places of cores on Loihi's mesh, and the energy of a spike from one to another.

Cores are numbered in rows: four to a tile, tiles from west to east, rows from north to south. A spike goes along its
row of tiles first, then along a column. Where the chip's compiler would place cores is not published.
"""

from collections.abc import Mapping

import numpy as np


def spike_pj(cores: int, constants: Mapping[str, float]) -> np.ndarray:
    """Return the energy of a spike from each core to each, pJ [from, to]; none on one core.

    Args:
        cores: how many are used, the first ones.
        constants: of config/hardware/loihi.yaml.
    """
    row, column = np.divmod(np.arange(cores) // int(constants["tile_cores"]), int(constants["mesh_columns"]))
    east_west, north_south = (np.abs(place[:, None] - place) for place in (column, row))
    energy = (
        constants["within_tile_spike_pj"]
        + east_west * constants["hop_east_west_pj"]
        + north_south * constants["hop_north_south_pj"]
    )
    return np.where(np.eye(cores, dtype=bool), 0.0, energy)


def barrier_ns(cores: int, constants: Mapping[str, float]) -> float:
    """Return how long a barrier takes, in nanoseconds.

    Published are values for one tile and for a whole chip. For several tiles the latter is used, as an upper bound.
    """
    return constants["barrier_ns" if cores <= constants["tile_cores"] else "barrier_chip_ns"]
