"""Seneca as a platform: bfloat16, a core and a delay queue a layer."""

from delaysnn.platforms.protocol import Platform, Setup
from delaysnn.queues import registered

PLATFORM = Platform(
    "seneca",
    "Seneca",
    "#d55e00",
    setups=(
        Setup("seneca_scdq", "Seneca with SCDQ", "#d55e00", tables=("energy", "three_cores")),
        Setup("seneca_software", "Seneca, software queue", "#e69f00"),
        *(
            Setup(f"seneca_{name}", f"Seneca with {structure.label}", structure.colour)
            for name, structure in registered().items()
            if structure.priced and name != "scdq"
        ),
        Setup("seneca_scdq_flip_flop", "Seneca, SCDQ in flip-flops", "#d55e00", tables=("edap",)),
        Setup("seneca_scdq_sram", "Seneca, SCDQ in SRAM", "#d55e00", tables=("edap",)),
    ),
    labels=(("seneca_rounded_per_step", "Seneca, rounded once a step"),),
)
