"""Networks that come as files: what the configuration knows of them before any job."""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from delaysnn.core.errors import InputError
from delaysnn.core.features import check_features, features
from delaysnn.core.network_checks import check_deployable, check_fit, check_neurons
from delaysnn.networks.readers import refuse_unread
from delaysnn.neurons import PLAIN
from delaysnn.platforms.protocol import Platform
from delaysnn.settings.networks import BroughtNetwork, NetworkFile


def check_existence(networks: Mapping[str, object], seeds: Sequence[int]) -> None:
    """Check that every network's files are there and of a format that is read, and that no file is two networks.

    Raises:
        InputError: naming the keys and the file.
    """
    names: dict[Path, str] = {}
    files = [
        (name, network, file, seed)
        for name, network in networks.items()
        if isinstance(network, NetworkFile)
        for file, seed in network.paths(seeds).items()
    ]
    for name, network, file, seed in files:
        try:
            reader = network.reader
        except InputError as error:
            raise InputError(f"Configuration: networks.{name}.file is {error}") from None
        refuse_unread(f"Configuration: networks.{name}.", reader, network.about(seed))
        if not os.path.exists(file):  # noqa: PTH110
            raise InputError(
                f"Configuration: networks.{name}.file is {file}, but there is no such file or folder; paths start "
                "at the folder that the run works in."
            )
        for other in network.beside(seed):
            if not os.path.exists(other):  # noqa: PTH110
                raise InputError(f"{other}: there is no such file; {reader.needs}.")
        if (namesake := names.setdefault(Path(file).resolve(), name)) != name:
            raise InputError(
                f"Configuration: networks.{name}.file is {file}, the same file as that of networks.{namesake}; every "
                "table would have it twice, so take one out."
            )


def describe_file(
    name: str,
    network: NetworkFile,
    seeds: Iterable[int],
    data: str,
    channels: int,
    n_steps: int,
    n_classes: int | None,
    takers: Mapping[str, Platform],
) -> BroughtNetwork:
    """Read a network's files, one a seed; return the shape that they hold.

    Args:
        data, channels, n_steps, n_classes: the data's name, channels, time steps a sample, and classes where they are
            known yet.
        takers: the configured platforms, by name.

    Raises:
        InputError: naming the file and what cannot be read, deployed or does not fit the data, or the two whose neurons
            a layer, shared input channels or models of neurons differ.
    """
    found: dict[tuple[tuple[int, ...], int, tuple[str, ...], frozenset[str], str], str] = {}
    for file, brought in network.read(seeds, name, data, n_steps).items():
        check_neurons(brought, file, {key: platform.neurons for key, platform in takers.items()})
        check_features(brought, file, {key: platform.features for key, platform in takers.items()})
        check_deployable(brought, file)
        check_fit(brought, file, data, channels, n_steps, n_classes)
        neurons = tuple(layer.neuron for layer in brought.layers)
        found[brought.topology, brought.layers[0].input_sharing, neurons, features(brought), brought.readout] = file
    if len(found) > 1:
        (one, first), (other, second) = list(found.items())[:2]
        what, ours, theirs = next(
            (what, ours, theirs)
            for what, ours, theirs in (
                ("neurons a layer", one[0], other[0]),
                ("input channels a weight", one[1:2], other[1:2]),
                ("models of neurons", one[2], other[2]),
                ("further features", sorted(one[3]) or ["no"], sorted(other[3]) or ["no"]),
                ("as readout", one[4:], other[4:]),
            )
            if ours != theirs
        )
        raise InputError(
            f"Configuration: networks.{name}.file is one network for all seeds, but {first} has "
            f"{'-'.join(map(str, ours))} {what} and {second} {'-'.join(map(str, theirs))}; give each shape a "
            "name of its own."
        )
    ((topology, sharing, neurons, further, _),) = found
    return BroughtNetwork(
        **network.model_dump(),
        hidden=list(topology[1:-1]),
        delays=True,
        pruning="none",
        input_sharing=sharing,
        # Of others than the paper's, whichever layer has them: such a network is none of the paper's.
        neuron=next((neuron for neuron in neurons if neuron != PLAIN), PLAIN),
        brought_neurons=list(dict.fromkeys(neurons)),
        brought_features=sorted(further),
    )
