"""Which ``training.loss`` goes with which readout of a network."""

from delaysnn.core.errors import InputError
from delaysnn.core.readout import SPIKES

# Of a readout by membranes the loss reads what decides, as it does of spikes, or what decides the same.
_ALIKE = {"summed_membrane": "mean_membrane", "summed_softmax": "summed_softmax"}


def check_loss(loss: str, readout: str, network: str, key: str) -> None:
    """Refuse a loss that reads another membrane than the one that decides.

    Args:
        loss: of the training.
        readout: of the network.
        network, key: where each was found, for errors.

    Raises:
        InputError: naming both, and what to write.
    """
    takes = [each for each in ("spike_count", _ALIKE.get(readout)) if each]
    if readout != SPIKES and loss not in takes:
        raise InputError(
            f"{network} is {readout}, but {key} is {loss}, which trains another quantity than the one that decides; "
            f"write {key}: {' or '.join(takes)}, or give the network a readout of {SPIKES}."
        )
