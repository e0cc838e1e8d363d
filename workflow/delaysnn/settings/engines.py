"""For which networks the engine is placed on an FPGA: it has three layers, neurons of two models, no delayed inputs."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from delaysnn.core.errors import InputError
from delaysnn.platforms import registered
from delaysnn.platforms.fpga.place_engine import design_for
from delaysnn.settings.networks import BroughtNetwork

if TYPE_CHECKING:
    from delaysnn.settings.configuration import Configuration

# What a network has to have for its size and the section `delays` to say all that the engine must know.
_KNOWN = {"recurrent": (False,), "input_delays": (False,), "delays": (True, False, "random")}


def check_engines(configuration: "Configuration", written: Mapping[str, Any]) -> None:
    """Check that the engine can be made for the networks that the section ``fpga`` names.

    Args:
        configuration: with the shapes of networks that come as files.
        written: networks as they were written, with those that an overlay takes out.

    Raises:
        InputError: naming the network and what it has that the engine lacks, or that its weights cannot be loaded.
    """
    section = configuration.section("fpga")
    named = [(key, name) for key in ("networks", "switching") for name in (getattr(section, key) if section else ())]
    for key, name in named:
        if name not in written:
            known = ", ".join(configuration.networks)
            raise InputError(f"Configuration: fpga.{key} names {name}, which networks lacks; choose of {known}.")
        if name not in configuration.networks:
            continue
        if why := _lacking(configuration, name):
            raise InputError(f"Configuration: fpga.{key} names {name}, {why}; take it out.")
        _check_size(configuration, name, section.structures[0], section.bits[0], section.lanes)


def _check_size(configuration: "Configuration", name: str, structure: str, bits: int, lanes: int | None) -> None:
    network = configuration.network(name)
    levels = configuration.delays.levels if network.delays else [0]
    # Where only the files of the data say how many classes there are, the job that counts them checks that layer.
    topology = (configuration.channels, *network.hidden, configuration.classes or 1)
    try:
        # How deep its queues are does not count here.
        design_for(topology, levels, configuration.data.time_steps, structure, bits, lanes, depth=1)
    except InputError as error:
        raise InputError(f"Configuration: fpga.lanes is {lanes or 'null'}, with network {name}. {error}") from None


def _lacking(configuration: "Configuration", name: str) -> str:
    network = configuration.network(name)
    if isinstance(network, BroughtNetwork):
        return "which comes as a file, but the engine is placed for those that are trained here"
    if len(network.hidden) != 2:
        return f"which has {len(network.hidden)} hidden layers, but the engine has two"
    if network.pruning == "refined":
        return "which has delays at half the stride, but the engine has those of delays"
    for key, known in {"neuron": registered()["fpga"].neurons, **_KNOWN}.items():
        if (value := getattr(network, key)) not in known:
            *others, last = map(_say, known)
            taken = f"{', '.join(others)} or {last}" if others else last
            return f"which has {key} {_say(value)}, but the engine takes {taken}"
    if network.features:
        return f"which has {', '.join(network.features)}, but the engine has none"
    return ""


def _say(value: Any) -> str:
    """Return a value as a configuration has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
