"""A network trained elsewhere, checked against the data that it will run on."""

import dataclasses
from typing import Any

from delaysnn.core.dataset import Dataset
from delaysnn.core.network import Network
from delaysnn.core.network_checks import check_deployable, check_fit


def import_network(
    network: Network, source: object, data: Dataset, name: str, seed: int, provenance: dict[str, Any]
) -> Network:
    """Return the network with the name, seed and data set of this run; those of its file are kept in its provenance.

    Args:
        network: as read from its file.
        source: that file, for errors.
        data: any split of the data that it will run on.
        name: network name as in the configuration.
        seed: seed of the configuration that it is used for.
        provenance: how it was imported.

    Raises:
        InputError: the network does not fit the data, or has something that no platform runs; naming file and value.
    """
    check_deployable(network, source)
    check_fit(network, source, data.name, data.spikes.n_neurons, data.spikes.n_steps, data.n_classes)
    origin = {key: getattr(network, key) for key in ("name", "seed", "dataset", "provenance")}
    return dataclasses.replace(
        network, name=name, seed=seed, dataset=data.name, provenance={**provenance, "imported": origin}
    )
