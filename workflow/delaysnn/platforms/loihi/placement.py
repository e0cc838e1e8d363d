"""A network mapped onto Loihi's cores; costs are counted from this."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from delaysnn.platforms.loihi.demand import layers_of
from delaysnn.platforms.loihi.integer_network import IntegerNetwork
from delaysnn.platforms.loihi.mapping import Mapped, map_each, platform

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Placed(IntegerNetwork):
    """A network whose neurons have their cores.

    Attributes:
        mapped: which.
        constants: of the chip, config/hardware/loihi.yaml.
    """

    mapped: Mapped = field(default_factory=lambda: Mapped({}))
    constants: Mapping[str, float] = field(default_factory=dict)


def place(
    network: IntegerNetwork, cores: Sequence[int | str], constants: Mapping[str, float], excess: Mapping[str, float]
) -> Placed:
    """Place a network as :func:`delaysnn.platforms.loihi.mapping.map_each` does, and log where."""
    mapped = map_each(network.name, layers_of(network, constants), cores, constants, excess)
    if mapped.division:
        _log.info("%s on %d of Loihi's cores, the fewest that hold it", network.name, len(mapped.division.cores))
    for number in mapped.too_few:
        _log.info(
            "%s does not fit on %s, whole layers on each core, so it is left out there", network.name, platform(number)
        )
    return Placed(**vars(network), mapped=mapped, constants=constants)
