"""A trained network with a few samples and its answers, in files small enough to ship."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from delaysnn.core.dataset import Dataset, read_dataset, write_dataset
from delaysnn.core.errors import InputError
from delaysnn.core.metrics import read_json, write_json
from delaysnn.core.network import Network, read_network, write_network
from delaysnn.core.traces import Traces


@dataclass(frozen=True)
class Example:
    """What :func:`pack_example` writes.

    Attributes:
        network: with quantised weights.
        samples: encoded test samples that it was not trained on.
        classes: names of the classes, in the order of labels.
        answers: int16 [samples]; class of each sample, by the integer reference of Loihi.
        spikes: of each layer in all samples together, by the same.
    """

    network: Network
    samples: Dataset
    classes: tuple[str, ...]
    answers: np.ndarray
    spikes: tuple[int, ...]


def files_of(network: str | Path) -> dict[str, Path]:
    """Return every file of an example, by what it holds; ``network`` is its .safetensors."""
    path = Path(network)
    beside = {"samples": "_samples.npz", "answers": "_answers.json"}
    return {
        "network": path,
        "description": path.with_suffix(".json"),
        **{key: path.with_name(path.stem + ending) for key, ending in beside.items()},
    }


def pack_example(
    path: str | Path, network: Network, test: Dataset, traces: Traces, classes: list[str], count: int
) -> None:
    """Write the network, the first ``count`` test samples and what Loihi's integers answer.

    Samples keep the time steps that networks see, and not the shorter ones on which training varies them.

    Args:
        path: of the network, .safetensors; the other files lie beside it (:func:`files_of`).
        network: with quantised weights.
        test: all test samples.
        traces: of the network on them, by the integer reference of Loihi.
        classes: names of the classes.
        count: how many samples.

    Raises:
        InputError: there are fewer samples.
    """
    if len(test) < count:
        raise InputError(f"data set {test.name} has {len(test)} test samples, but an example takes {count}.")
    files, first = files_of(path), np.arange(count)
    write_network(files["network"], network)
    write_dataset(files["samples"], replace(test.select(first), fine=None), compressed=True)
    spikes = [len(layer.select(first).steps) for layer in traces.layers]
    answers = {"classes": classes, "answers": traces.predictions[first].tolist(), "spikes": spikes}
    write_json(files["answers"], answers)


def read_example(path: str | Path) -> Example:
    """Read what :func:`pack_example` wrote.

    Raises:
        InputError: a file is missing or broken, or they do not belong together.
    """
    files = files_of(path)
    network, samples, told = read_network(files["network"]), read_dataset(files["samples"]), read_json(files["answers"])
    try:
        classes, answers, spikes = (told[key] for key in ("classes", "answers", "spikes"))
        counts = (len(classes), len(answers), len(spikes))
    except (KeyError, TypeError) as error:
        raise InputError(f"{files['answers']}: lacks {error}; take the repository's own file.") from None
    wanted = (network.topology[-1], len(samples), len(network.layers))
    if counts != wanted or samples.spikes.n_neurons != network.topology[0]:
        raise InputError(
            f"{files['answers']}: has {counts[0]} classes, {counts[1]} answers and {counts[2]} layers, but network and "
            f"samples have {wanted[0]}, {wanted[1]} and {wanted[2]}; take the repository's own files."
        )
    return Example(network, samples, tuple(classes), np.array(answers, np.int16), tuple(spikes))
