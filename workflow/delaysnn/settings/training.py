"""Sections on training: how every phase trains, how long each lasts, and how integers are made."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, TypeAdapter, model_validator
from pydantic_core import PydanticCustomError

from delaysnn.settings.section import (
    Ascending,
    Bits,
    Count,
    DecayRange,
    Distinct,
    NotNegative,
    Positive,
    Section,
    Share,
    ShareRange,
    Unit,
)

# How samples may vary: as voices do; as what a sensor of two dimensions sees; in time, and by spikes left out; or not.
Kind = Literal["voice", "image", "time", "none"]
Channels = Annotated[float, Field(ge=0), Unit("channels")]


class Augmentation(Section):
    channel_shift: Channels
    """standard deviation of a shift along the channels"""
    channel_stretch: NotNegative
    """standard deviation of a stretch along the channels, around 1"""
    pitch_shift: Channels
    """standard deviation of a shift of the low frequencies alone"""
    channel_jitter: Channels
    """standard deviation of each spike's shift"""
    channel_fade: NotNegative
    """standard deviation of the share of spikes that a smooth profile over the channels takes away"""
    time_shift: Annotated[float, Field(ge=0), Unit("time steps")]
    """standard deviation of a shift in time"""
    time_stretch: NotNegative
    """standard deviation of a stretch in time, around 1"""
    drop: ShareRange
    """the least and the greatest share of a sample's spikes left out"""


class EventAugmentation(Section):
    """How samples vary that are no voices, in shares of the data's own size."""

    shift_x: Annotated[float, Field(ge=0), Unit("widths")]
    """standard deviation of a shift along x, as a share of the sensor's width; whole places"""
    shift_y: Annotated[float, Field(ge=0), Unit("heights")]
    """the same along y, of its height"""
    flip_x: bool
    """`true`: every other sample is mirrored along x, drawn at random"""
    time_shift: Annotated[float, Field(ge=0), Unit("windows")]
    """standard deviation of a shift in time, as a share of `data.duration_s`"""
    time_stretch: NotNegative
    """standard deviation of a stretch in time, around 1"""
    drop: ShareRange
    """the least and the greatest share of a sample's spikes left out"""

    def in_time_alone(self) -> "EventAugmentation":
        """Return the same without what moves channels."""
        return self.model_copy(update={"shift_x": 0.0, "shift_y": 0.0, "flip_x": False})


Variation = Augmentation | EventAugmentation | None
_variation: TypeAdapter[Variation] = TypeAdapter(Variation)


def as_variation(keys: Mapping[str, Any] | None) -> Variation:
    """Return how samples vary from its keys, None for not at all."""
    return _variation.validate_python(keys)


class Adaptation(Section):
    """How the neurons `adlif` start, and how far training takes them (:mod:`delaysnn.neurons.adlif`)."""

    decay: DecayRange
    """range in which adaptations' decays b a step start; each is trained"""
    membrane: Annotated[list[NotNegative], Field(min_length=2, max_length=2), Ascending]
    """range in which A starts, by which a membrane drives its adaptation: 2 A (1 - b) a step"""
    membrane_most: NotNegative
    """most that A becomes. No b then goes below (2 `membrane_most` - 1) / (2 `membrane_most` + 1), so that every neuron
    is stable"""
    spike: Annotated[list[NotNegative], Field(min_length=2, max_length=2), Ascending]
    """range in which B starts, by which a spike drives the adaptation: 4 B (1 - b) thresholds"""
    spike_most: NotNegative
    """most that B becomes"""

    @property
    def least_decay(self) -> float:
        """The least b for which every A up to the most is stable, whatever the membrane's decay."""
        return max(0.0, (2 * self.membrane_most - 1) / (2 * self.membrane_most + 1))

    @model_validator(mode="after")
    def _start_in_range(self) -> "Adaptation":
        for name in ("membrane", "spike"):
            start, most = getattr(self, name)[1], getattr(self, f"{name}_most")
            if start > most:
                values = {"name": name, "start": start, "most": most}
                raise PydanticCustomError("said", "{name} starts up to {start}, above {name}_most {most}", values)
        if self.decay[0] < self.least_decay:
            values = {"most": self.membrane_most, "least": f"{self.least_decay:.6g}"}
            raise PydanticCustomError("said", "with membrane_most {most} decay must start at {least} or more", values)
        return self


class Positions(Section):
    """How delays are learned (:mod:`delaysnn.training.positions`)."""

    widest: Annotated[float, Field(gt=0), Unit("levels")]
    """standard deviation, in the first epoch, of the Gaussian by which a weight is spread around its position"""
    narrowest: Annotated[float, Field(gt=0), Unit("levels")]
    """the same at the end"""
    narrowing: Share
    """share of the epochs of `training.dense` over which it narrows, each by the same factor; the others have
    `narrowest`"""
    rate_factor: Positive
    """learning rate of positions, in levels, over that of weights"""

    def sigma(self, epoch: int, epochs: int) -> float:
        """Return the standard deviation in an epoch, counted from 0."""
        last = self.narrowing * epochs
        done = min(epoch / last, 1.0) if last else 1.0
        return self.widest * (self.narrowest / self.widest) ** done

    @model_validator(mode="after")
    def _narrows(self) -> "Positions":
        if self.narrowest > self.widest:
            values = {"narrowest": self.narrowest, "widest": self.widest}
            raise PydanticCustomError("said", "narrowest {narrowest} is above widest {widest}", values)
        return self


class Phase(Section):
    epochs: Count
    """passes over the training samples"""
    learning_rate: Positive
    """at its peak"""


class Training(Section):
    """How any phase trains."""

    device: Literal["cpu", "cuda", "auto", "mps"]
    """`cuda` needs an NVIDIA GPU and a torch that is built for it. PyPI's wheel for Linux is; one whose version ends in
    `+cpu` is not. `.venv/bin/python -c "import torch; print(torch.__version__, torch.cuda.is_available())"` shows both.
    `.venv/bin/python -m pip install --force-reinstall torch==2.13.0` brings PyPI's wheel, where pip looks there
    ([pytorch.org](https://pytorch.org/get-started/locally/) lists those for older drivers). `auto` takes such a GPU
    where a job finds one, else the CPU, asks a cluster for none, and the log says which it was. `mps` is the GPU of an
    Apple chip, in pure torch; nobody tried it here"""
    threshold: Positive
    """membrane potential at which a neuron fires"""
    surrogate_slope: Positive
    """steepness of the fast sigmoid whose derivative stands for the step's"""
    decay: DecayRange
    """range in which neurons' decays a step start; each is trained"""
    adaptation: Adaptation | None = None
    """of networks whose neuron is `adlif`; `null` where there are none"""
    current_decay: DecayRange | None = None
    """of networks whose neuron is `cuba`: range in which the decays g of currents a step start; each is trained. May be
    left out or `null` where there are none"""
    positions: Positions | None = None
    """of networks with `delays: learned`; `null` where there are none"""
    loss: Literal["spike_count", "mean_membrane", "summed_softmax"]
    """what the loss reads: `spike_count` (output spikes decide, as on the chips), `mean_membrane`, or `summed_softmax`
    (the authors' public code). Of a network whose `readout` is by membranes, `spike_count` reads these, and the others
    are refused where they do not decide the same: `mean_membrane` goes with `summed_membrane`, `summed_softmax` with
    itself"""
    logit_gain: Positive
    """factor from spike counts or membranes to logits"""
    label_smoothing: Share
    """share of the target that is spread over all classes"""
    batch: Annotated[int, Field(ge=1), Unit("samples")]
    """of a step, at the most; an epoch's steps are as even as can be"""
    schedule: Literal["one_cycle", "constant"]
    """of the learning rates: `one_cycle` (up, then down to almost nothing) or `constant`"""
    decay_rate_factor: Positive
    """learning rate of decay logits, and of what else neurons train, over that of weights"""
    warm_up: Share
    """share of a phase in which the one-cycle learning rate rises"""
    gradient_norm: Positive
    """larger gradients are cut to this norm"""
    weight_decay: NotNegative
    """share of each synaptic weight that every step takes away, times the learning rate (AdamW); 0: none. Neurons'
    decays keep theirs"""
    dropout: Share
    """share of the spikes of hidden layers that the next layer is not given while training; those that stay are not
    made larger. 0: none"""
    step_dropout: Share
    """share of the time steps of a sample at which the next layer is given no spike of a hidden layer while training,
    each layer by draws of its own. 0: none"""
    choose: Literal["best", "final", "mean"]
    """the weights that each phase ends with: of the epoch that is `best` on the validation samples, or as they came; of
    the `final` epoch; or the `mean` over the ends of the last quarter of the epochs, rounded up"""
    augmentation: Augmentation | None
    """how voices vary from epoch to epoch"""
    event_augmentation: EventAugmentation | None = None
    """how samples vary that are no voices"""

    @property
    def variation(self) -> Variation:
        """How samples vary, None for not at all."""
        return self.augmentation or self.event_augmentation

    def varied(self, kind: Kind) -> Self:
        """Return the same with what varies samples of one kind (:data:`Kind`) alone."""
        found: dict[str, Section | None] = {"augmentation": None, "event_augmentation": None}
        if kind == "voice":
            found["augmentation"] = self.augmentation
        elif kind != "none":
            events = self.event_augmentation
            found["event_augmentation"] = events.in_time_alone() if events and kind == "time" else events
        return self.model_copy(update=found)


class Phases(Training):
    """How all phases of a network train, whose samples vary as the data's kind does (:meth:`Training.varied`)."""

    together: Annotated[int, Field(ge=1, exclude=True), Unit("networks")] = 1
    """may be left out (1); most networks of `folds` that one job trains side by side on an NVIDIA GPU, sooner than one
    after another: those of one network and fold, one a seed, in parts of so many as `seeds` lists them. Above 1
    `device` is `cuda` or `auto`; where `auto` finds none they train one after another. A part is made as a whole: a
    seed added at the end trains again what shares its part. One taken out trains nothing, nor does another number; from
    1, or to 1, all folds train again. Folds, which differ in batches, do not share a job, and jobs of the paper's run
    train one network each ([`docs/training.md`](../docs/training.md))"""
    decay_groups: Count
    """most distinct decays a layer has once its weights are integers. Neurons share the nearest, and train it together
    from then on; of `cuba` neurons the nearest pair of decays, of the potential and of the current. A core of Loihi
    stores 32, of all its layers; Seneca has no such limit and takes the network before"""
    dense: Phase
    """training with all delay levels"""
    pruned: Phase
    """fine-tuning after pruning"""
    quantised: Phase
    """fine-tuning with integer weights, at each width"""


class Course(Phases):
    """The same for data of any kind, as the configuration says it."""

    # Written, even where it is null: nothing is assumed.
    adaptation: Adaptation | None
    """of networks whose neuron is `adlif`; `null` where there are none"""
    positions: Positions | None
    """of networks with `delays: learned`; `null` where there are none"""
    augmentation: Augmentation
    """how samples vary from epoch to epoch where the data are voices, as those of a cochlea"""
    event_augmentation: EventAugmentation
    """the same where they are not: all of it for a sensor of two dimensions, what moves no channel for other data. The
    log says which share of the spikes leaves the edges"""


class Quantisation(Section):
    bits: Annotated[list[Bits], Field(min_length=1), Distinct]
    """widths of weights, sign included, of the sweep (Figure 9)"""
    deployed: Bits
    """the width that is deployed and reported"""
