"""Models of neurons: one file each, which names its ``NEURON``. No list elsewhere names them."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from delaysnn.core.errors import InputError
from delaysnn.core.found import below_library, named

if TYPE_CHECKING:
    import numpy as np
    from torch import Generator, Tensor

# What a layer's neurons are where nothing else is said, and what the output layer's always are.
PLAIN = "lif"


def to_zero(decayed: "Tensor", spikes: "Tensor") -> "Tensor":
    """Return potentials after a reset to zero: 0 where a neuron has fired, otherwise the decayed potential."""
    return decayed * (1 - spikes)


@dataclass(frozen=True)
class Array:
    """A parameter that each neuron has beside its decay and threshold, float32 [post] in the network's file.

    Attributes:
        name: in the file, after the layer's.
        least, most: bounds of its values.
    """

    name: str
    least: float = 0
    most: float = math.inf


class Neuron(ABC):
    """A model of a neuron. To import it must be quick, so its methods import what takes long.

    Every neuron has a decay a step and a threshold. It fires where its potential is at or above the threshold, and is
    then reset: to zero, as in the equations of the models, or by subtraction.
    Its methods work on a layer. ``own`` are the values of its ``arrays``, in their order, each [post].

    Attributes:
        name: name of its file; ``networks.<name>.neuron`` chooses it.
        arrays: its parameters beside decay and threshold.
        states: how many numbers a neuron carries from step to step, all zero at the start of a sample.
        settings: the key of ``training`` that says how its own parameters start, None where it needs none.
        operations: additions, subtractions and multiplications of a step beyond those of ``lif``, by which platforms
            price it; None where nobody counted them.
        in_nir: whether a graph of NIR can hold it (:mod:`delaysnn.networks.nir_graph`).
        kernel: its number in ``training/native``, None where it has no compiled form and runs in plain PyTorch.
        shared: by name, trained logits of decays that a chip stores in one place with the neuron's decay. Neurons that
            share a decay share these, too (``training.decay_groups``).
    """

    name: str
    arrays: tuple[Array, ...] = ()
    states: int = 1
    settings: str | None = None
    operations: int | None = None
    in_nir: bool = False
    kernel: int | None = None
    shared: tuple[str, ...] = ()

    @abstractmethod
    def step(
        self,
        current: "Tensor",
        state: "Sequence[Tensor]",
        decay: "Tensor",
        own: "Sequence[Tensor]",
        fire: "Callable[[Tensor], Tensor]",
        reset: "Callable[[Tensor, Tensor], Tensor]" = to_zero,
    ) -> "tuple[Tensor, Tensor, Sequence[Tensor]]":
        """Do one time step, which torch differentiates.

        Args:
            current: sum over all synapses, [batch, post].
            state: numbers carried from the step before, each [batch, post].
            decay: factor a step, [post].
            own: values of :attr:`arrays`, each [post].
            fire: returns the spikes of given potentials, with the surrogate's derivative.
            reset: takes decayed potentials and spikes; returns the potentials that the next step begins with.

        Returns:
            Potentials before the reset, spikes, and the numbers carried to the next step.
        """

    def draw(self, post: int, settings: Any, generator: "Generator") -> "dict[str, Tensor]":
        """Return the initial trained values by name, each [post]; ``settings`` are the configuration's ``training``."""
        return {}

    def own(self, trained: "Mapping[str, Tensor]", threshold: "Tensor") -> "list[Tensor]":
        """Return the values of :attr:`arrays`, computed from the trained values."""
        return []

    def trained(self, own: "Sequence[Tensor]", threshold: "Tensor") -> "dict[str, Tensor]":
        """Return the trained values, computed from the values of :attr:`arrays`."""
        return {}

    def limits(self, settings: Any) -> dict[str, tuple[float, float]]:
        """Return least and most of the trained values, by name; they are clipped to these after every step of the
        optimiser.

        Raises:
            InputError: the settings that give these limits are missing.
        """
        return {}

    def check(self, own: "Sequence[np.ndarray]", decay: "np.ndarray") -> str | None:
        """Return what is wrong with values of a file that each lie in their range, and what is needed."""
        return None


@cache
def registered() -> dict[str, Neuron]:
    """Return every neuron by its name.

    Raises:
        InputError: a file names no neuron, or one that is not called as the file is; naming the file.
    """
    found: dict[str, Neuron] = {}
    for name, file in _files().items():
        found[name] = named(file, "NEURON", Neuron)
        if (own := getattr(found[name], "name", None)) != name:
            raise InputError(
                f"{below_library(file)}: the neuron's name is {own!r}; write {name!r}, as its file is called."
            )
    return found


def file_of(name: str) -> Path:
    """Return the file of a neuron, which no import names."""
    return _files()[name]


def _files() -> dict[str, Path]:
    return {file.stem: file for file in sorted(Path(__file__).parent.glob("[!_]*.py"))}
