"""The configuration's section `fpga`."""

from typing import Annotated

from pydantic import Field

from delaysnn.platforms.fpga.images import STRUCTURES
from delaysnn.settings.section import Bits, Count, Distinct, OneOf, PlainName, Section, Seed


class Settings(Section):
    structures: Annotated[list[Annotated[str, OneOf(STRUCTURES, "a delay structure")]], Field(min_length=1), Distinct]
    """ways to delay spikes in the engine (`workflow/rtl/engine`); it is placed and routed with each"""
    networks: Annotated[list[PlainName], Distinct]
    """of `networks`, whose size the engine is made for: those of LIF neurons with two hidden layers, no delayed inputs
    and the levels of `delays`. One that an overlay takes out there is left out here, too"""
    bits: Annotated[list[Bits], Field(min_length=1), Distinct]
    """of a weight that the engine stores; any network of this size that is quantised to as many can be loaded"""
    switching: Annotated[list[PlainName], Distinct]
    """of `networks`, whose engine is simulated as gates, with each of `structures`: table `switching` says what each
    part switches in a test sample. Left out where a network does not run on integers of as many bits as the first of
    `bits`. Some minutes of a core each"""
    lanes: Count | None
    """neurons that a spike reaches in a cycle, at most; `null`: all of a layer"""
    seed: Seed
    """of the placement. `fpga: null` places nothing, and leaves out table and figure `fpga`"""
