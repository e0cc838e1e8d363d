"""The configuration's section `fpga`."""

from typing import Annotated

from pydantic import Field

from delaysnn.platforms.fpga.images import STRUCTURES
from delaysnn.settings.section import Bits, Count, Distinct, OneOf, PlainName, Section, Seed


class Settings(Section):
    structures: Annotated[list[Annotated[str, OneOf(STRUCTURES, "a delay structure")]], Field(min_length=1), Distinct]
    """ways to delay spikes in the engine (`workflow/rtl/engine`). The engine is placed and routed with each"""
    networks: Annotated[list[PlainName], Distinct]
    """those of `networks` for whose size the engine is made: LIF or adaptive neurons, two hidden layers, no delayed
    inputs, and the levels of `delays`. A network that an overlay takes out of `networks` is left out here, too"""
    bits: Annotated[list[Bits], Field(min_length=1), Distinct]
    """widths of the weights that the engine stores. Any network of this size and width can be loaded"""
    switching: Annotated[list[PlainName], Distinct]
    """those of `networks` whose engine is simulated as gates, with each of `structures`. Table `switching` then has
    what each part switches in a test sample. A network that does not run on integers of as many bits as the first of
    `bits` is left out. Some minutes of a core each"""
    lanes: Count | None
    """largest number of neurons that a spike reaches in a cycle; `null`: all of a layer. It holds for engines that are
    placed, measured in cells, or simulated as gates. What `platforms: [fpga]` simulates and prices has a lane for each
    neuron"""
    seed: Seed
    """seed of the placement. `fpga: null` places nothing, and leaves out tables `fpga`, `engine_parts` and `switching`
    and figures `fpga` and `engine`. It is refused where `platforms` names `fpga`"""
