"""Limits of Seneca, checked before anything is trained."""

from collections.abc import Iterator

from delaysnn.core.errors import InputError
from delaysnn.platforms.protocol import Constants, Planned

# What its networks may have beyond the paper's (delaysnn.core.features).
FEATURES = ("bias", "reset", "recurrent", "readout")


def check(planned: Planned, constants: Constants) -> None:
    """Check that a core holds a neuron, and that an event of every delay queue can name any of its axons and delays.

    How many events wait depends on the data. Events of delayed inputs are counted before training
    (:mod:`.first_queue`), all others when the spikes of the deployed network go through its queues.

    Raises:
        InputError: naming the key or file, the value and the limit.
    """
    for where, weights in _neurons(planned):
        # Beside them its potential.
        if (needed := (weights + 1) * constants["weight_bits"]) > constants["core_memory_bits"]:
            raise InputError(
                f"{where}: each takes {needed} bits, {weights} weights of all delay levels among them, but a core of "
                f"Seneca has {constants['core_memory_bits']}; write fewer neurons in the layer before or fewer levels, "
                "or more core_memory_bits in the file that hardware.seneca names."
            )
    bits = constants["event_bits"]
    for where, what, axons, longest in (*_planned(planned), *_brought(planned)):
        address = (axons - 1).bit_length()
        if longest and address + longest.bit_length() > bits:
            raise InputError(
                f"{where} delays {what} by up to {longest} steps, so an event of its queue on Seneca takes {address} "
                f"bits for one of {axons} axons and {longest.bit_length()} for its delay, but has {bits}; write "
                "shorter delays, or more event_bits in the file that hardware.seneca names."
            )


def _neurons(planned: Planned) -> Iterator[tuple[str, int]]:
    """Yield which neurons store how many weights each, pruned ones, too."""
    where = f"Configuration: networks.{planned.name}, neurons of layer"
    first = -(-planned.topology[0] // planned.input_sharing)
    if not planned.files:
        yield f"{where} 0", len(planned.input_delays) * first
        for index, neurons in enumerate(planned.topology[1:-1], 1):
            yield f"{where} {index}", (len(planned.levels) or 1) * neurons
    for file, network in planned.files.items():
        for index, layer in enumerate(network.layers):
            stored = [each for each in (layer.weights, layer.feedback) if each is not None]
            yield f"{file}: neurons of layer {index}", sum(each.shape[0] * each.shape[1] for each in stored)


def _planned(planned: Planned) -> Iterator[tuple[str, str, int, int]]:
    """Yield where each queue of a network that is trained here stands, what waits, its axons and longest delay."""
    where = f"Configuration: networks.{planned.name}"
    yield f"{where}.input_delays", "inputs", planned.topology[0], planned.input_delays[-1]
    if planned.levels:
        for index, neurons in enumerate(planned.topology[1:-1]):
            yield (
                f"{where} with {neurons} in hidden",
                f"spikes of hidden layer {index + 1}",
                neurons,
                planned.levels[-1],
            )


def _brought(planned: Planned) -> Iterator[tuple[str, str, int, int]]:
    """Yield the same of networks that come as files. A layer's own spikes share its queue, which they enter late."""
    for file, network in planned.files.items():
        for index, layer in enumerate(network.layers):
            waits = index > 0 or layer.delay_levels[-1] > 0
            own = layer.recurrent is not None
            axons = layer.inputs * waits + layer.weights.shape[2] * own
            longest = max(layer.delay_levels[-1], layer.recurrent_delays[-1] - 1 if own else 0)
            yield f"{file}: layer {index}", "spikes" if index or own else "inputs", axons, longest
