"""What Seneca takes, checked before anything is trained."""

from collections.abc import Iterator

from delaysnn.core.errors import InputError
from delaysnn.platforms.protocol import Constants, Planned

# What its networks may have beyond the paper's (delaysnn.core.features).
FEATURES = ("bias", "reset", "recurrent", "readout")


def check(planned: Planned, constants: Constants) -> None:
    """Check that an event of every delay queue names any of its axons and delays.

    How many events wait, the data say: of delayed inputs before training (:mod:`.first_queue`), of all others when the
    spikes of the deployed network go through its queues.

    Raises:
        InputError: naming the key or file, the value and the limit.
    """
    bits = constants["event_bits"]
    for where, what, axons, longest in (*_planned(planned), *_brought(planned)):
        address = (axons - 1).bit_length()
        if longest and address + longest.bit_length() > bits:
            raise InputError(
                f"{where} delays {what} by up to {longest} steps, so an event of its queue on Seneca takes {address} "
                f"bits for one of {axons} axons and {longest.bit_length()} for its delay, but has {bits}; write "
                "shorter delays, or more event_bits in the file that hardware.seneca names."
            )


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
