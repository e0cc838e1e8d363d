"""What Seneca takes, checked before anything is trained."""

from delaysnn.core.errors import InputError
from delaysnn.platforms.protocol import Constants, Planned

# What its networks may have beyond the paper's (delaysnn.core.features).
FEATURES = ("bias", "reset", "recurrent", "readout")


def check(planned: Planned, constants: Constants) -> None:
    """Check that an event of the queue before the first layer, where it has one, names any channel and delay.

    How many events wait there, the data say: a queue that is too small ends with what it needs, when the spikes of the
    deployed network go through it.

    Raises:
        InputError: naming the key or file, the value and the limit.
    """
    delayed = {f"Configuration: networks.{planned.name}.input_delays": planned.input_delays[-1]}
    delayed |= {f"{file}: layer 0": network.layers[0].delay_levels[-1] for file, network in planned.files.items()}
    address, bits = (planned.topology[0] - 1).bit_length(), constants["event_bits"]
    for where, longest in delayed.items():
        if longest and address + longest.bit_length() > bits:
            raise InputError(
                f"{where} delays inputs by up to {longest} steps, so an event of Seneca's first queue takes {address} "
                f"bits for one of {planned.topology[0]} channels and {longest.bit_length()} for its delay, but has "
                f"{bits}; write shorter delays, or more event_bits in the file that hardware.seneca names."
            )
