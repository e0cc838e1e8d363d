"""A network trained elsewhere, made one of ours: checked against the data it will run on."""

import dataclasses
from typing import Any

from delaysnn.errors import InputError
from delaysnn.formats.dataset import Dataset
from delaysnn.formats.network import Network, check_deployable


def import_network(
    network: Network, source: object, data: Dataset, name: str, seed: int, provenance: dict[str, Any]
) -> Network:
    """Return the network under the name, seed and data set it runs with here; what it was is kept in its provenance.

    Args:
        network: as read from its file.
        source: that file, for errors.
        data: any split of the data that it will run on.
        name: network name as in the configuration.
        seed: seed of the configuration that stands for it.
        provenance: how it was brought in.

    Raises:
        InputError: the network does not fit the data, or has what some platform cannot do, naming file and value.
    """
    check_deployable(network, source)
    takes, *_, gives = network.topology
    if takes != data.spikes.n_neurons:
        raise InputError(f"{source}: takes {takes} inputs, but {data.name} has {data.spikes.n_neurons} channels.")
    if gives != data.n_classes:
        raise InputError(f"{source}: has {gives} outputs, but {data.name} has {data.n_classes} classes.")
    if network.n_steps != data.spikes.n_steps:
        raise InputError(
            f"{source}: is made for {network.n_steps} time steps, but samples have {data.spikes.n_steps}; set "
            "data.time_steps."
        )
    if network.layers[0].delay_levels != (0,):
        raise InputError(
            f"{source}: layer 0 delays its inputs by {network.layers[0].delay_levels}, but Seneca has no delay queue "
            "before its first core; put delays into later layers."
        )
    origin = {key: getattr(network, key) for key in ("name", "seed", "dataset", "provenance")}
    return dataclasses.replace(
        network, name=name, seed=seed, dataset=data.name, provenance={**provenance, "imported": origin}
    )
