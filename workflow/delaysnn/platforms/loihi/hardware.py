"""Which machine runs the stock graph: Loihi 2 where it can be reached, else Lava's simulation of it.

Nothing of this has run on a chip: Lava's extension for Loihi is given to members of Intel's research community only.
"""

import os
from dataclasses import dataclass

from lava.magma.core.run_configs import Loihi2HwCfg, Loihi2SimCfg, RunConfig
from lava.utils import loihi, slurm

SIMULATION = "simulation"
LOIHI_2 = "Loihi 2"


@dataclass(frozen=True)
class Platform:
    """Where a graph runs, ``SIMULATION`` or ``LOIHI_2``, and why there."""

    name: str
    reason: str

    @property
    def on_chip(self) -> bool:
        """Whether it is a chip."""
        return self.name == LOIHI_2

    def run_config(self) -> RunConfig:
        """Return Lava's configuration: models of the chip, or fixed-point models of the CPU."""
        # On a chip without a tag: CPU models that carry it must not stand in for the chip's.
        return Loihi2HwCfg() if self.on_chip else Loihi2SimCfg(select_tag="fixed_pt")


def choose() -> Platform:
    """Reach for Loihi 2, at the host named in NXSDKHOST or through Slurm; where there is none, simulate and say why.

    BOARD, PARTITION and LOIHI_GEN choose among Slurm's boards, as everywhere in Lava.
    """
    if not loihi.is_installed():
        return Platform(SIMULATION, "Lava's extension for Loihi 2 is not installed")
    host = os.environ.get("NXSDKHOST")
    try:
        chip = loihi.ChipGeneration(os.environ.get("LOIHI_GEN", loihi.ChipGeneration.N3B3.value))
        if host:
            loihi.use_ethernet_host(host, loihi_gen=chip)
            return Platform(LOIHI_2, f"{chip.value} at the host in NXSDKHOST")
        if slurm.is_available():
            loihi.use_slurm_host(os.environ.get("PARTITION"), os.environ.get("BOARD"), chip)
            return Platform(LOIHI_2, f"{chip.value} through Slurm")
    # Lava asks by the commands ping and sinfo, which may be absent.
    except (OSError, ValueError) as error:
        return Platform(SIMULATION, f"Loihi 2 cannot be reached: {error}")
    return Platform(SIMULATION, "neither NXSDKHOST names a host of Loihi 2 nor does Slurm answer")
