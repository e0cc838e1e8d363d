"""The progress of a network in a phase of its training, kept in a checkpoint."""

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from delaysnn.core.dataset import Dataset
from delaysnn.core.readout import SPIKES
from delaysnn.neurons import PLAIN
from delaysnn.settings.training import Phase
from delaysnn.training.checkpoints import resume, save
from delaysnn.training.model import DelayNetwork

if TYPE_CHECKING:
    from delaysnn.training.optimise import Run

_log = logging.getLogger(__name__)


@dataclass
class Try:
    """One network in one phase, and its progress.

    Attributes:
        key: identifies the phase in its checkpoint.
        state: content of the checkpoint, if there was one.
        history: a row an epoch.
        kept: the weights that it would end with now, with their score.
        total: sum of its parameters over the epochs of a mean.
    """

    model: DelayNetwork
    run: "Run"
    key: str
    state: dict[str, Any] | None
    history: list[dict[str, Any]]
    kept: dict[str, Any]
    total: dict[str, torch.Tensor]

    @classmethod
    def begin(cls, model: DelayNetwork, run: "Run", phase: Phase, keeps: Sequence[int] | None) -> "Try":
        """Look for a checkpoint. If the phase is complete there, ``model`` gets its final weights."""
        samples = [[data.provenance, _samples(data)] for data in (run.train, run.validation)]
        same = [run.training.model_dump(), phase.model_dump(), run.seed, samples, run.code, _fingerprint(model)]
        same += [list(keeps)] if keeps else []
        key = json.dumps(same, sort_keys=True, default=str)
        state = resume(run.checkpoint, key)
        found = {"history": [], "kept": {}, "total": {}} | (state or {})
        begun = cls(model, run, key, state, *(found[name] for name in ("history", "kept", "total")))
        if begun.done:
            model.load_state_dict(begun.kept["model"])
            _log.info("all %d epochs are done", len(begun.history))
        return begun

    @property
    def done(self) -> bool:
        return self.state is not None and "optimiser" not in self.state

    def go_on(self, parts: dict[str, Any]) -> None:
        """Load what the checkpoint held."""
        if self.state:
            for name, part in (parts | {"model": self.model}).items():
                part.load_state_dict(self.state[name])
            _log.info("going on after epoch %d", len(self.history))

    def start_over(self) -> None:
        self.state, self.history, self.kept, self.total = None, [], {}, {}

    def save(self, parts: dict[str, Any]) -> None:
        held = {name: part.state_dict() for name, part in ({"model": self.model} | parts).items()}
        save(self.run.checkpoint, self.key, held | {"kept": self.kept, "total": self.total, "history": self.history})

    def finish(self) -> None:
        """Save only the result of the phase.

        A later phase of the same job may still be interrupted; then no more is needed of this one.
        """
        save(self.run.checkpoint, self.key, {"kept": self.kept, "history": self.history})


def _samples(data: Dataset) -> str:
    """Return a checksum of which samples these are: their labels, speakers and numbers of spikes."""
    digest = hashlib.sha256()
    for values in (data.labels, data.speakers, data.finest.offsets):
        digest.update(values.tobytes())
    return digest.hexdigest()


def _fingerprint(model: DelayNetwork) -> str:
    """Return a checksum of what a run starts from: weights, neurons, masks, thresholds, delays, width, sharing."""
    kinds = [kind.name for kind in model.kinds]
    other = "" if set(kinds) == {PLAIN} else f" {kinds}"
    shared = f" {model.input_sharing} {model.input_channels}" if model.input_sharing > 1 else ""
    learned = f" {model.levels}" if model.positions else ""
    delayed = "" if model.input_delays == (0,) else f" {model.input_delays}"
    delayed += f" {model.returns}" if model.returns else ""
    membranes = "" if model.readout == SPIKES else f" {model.readout}"
    digest = hashlib.sha256(
        f"{model.stride} {model.bits} {model.scales}{other}{shared}{learned}{delayed}{membranes}".encode()
    )
    for value in model.state_dict().values():
        digest.update(value.cpu().numpy().tobytes())
    return digest.hexdigest()
