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
    """the least and the greatest share of a sample's spikes that is dropped"""


class EventAugmentation(Section):
    """How samples vary that are no voices, in shares of the data's own size."""

    shift_x: Annotated[float, Field(ge=0), Unit("widths")]
    """standard deviation of a shift along x, as a share of the sensor's width, rounded to whole pixels"""
    shift_y: Annotated[float, Field(ge=0), Unit("heights")]
    """the same along y, as a share of the sensor's height"""
    flip_x: bool
    """`true`: half of the samples, drawn at random, are mirrored along x"""
    time_shift: Annotated[float, Field(ge=0), Unit("windows")]
    """standard deviation of a shift in time, as a share of `data.duration_s`"""
    time_stretch: NotNegative
    """standard deviation of a stretch in time, around 1"""
    drop: ShareRange
    """the least and the greatest share of a sample's spikes that is dropped"""

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
    """range in which the adaptations' decays b (a step) start. Training changes each"""
    membrane: Annotated[list[NotNegative], Field(min_length=2, max_length=2), Ascending]
    """range in which A starts. The membrane drives its adaptation by 2 A (1 - b) a step"""
    membrane_most: NotNegative
    """largest A. No b then goes below (2 `membrane_most` - 1) / (2 `membrane_most` + 1), so that every neuron is
    stable"""
    spike: Annotated[list[NotNegative], Field(min_length=2, max_length=2), Ascending]
    """range in which B starts. A spike drives the adaptation by 4 B (1 - b) thresholds"""
    spike_most: NotNegative
    """largest B"""

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
    """standard deviation, in the first epoch, of the Gaussian that spreads a weight around its position"""
    narrowest: Annotated[float, Field(gt=0), Unit("levels")]
    """the same in the last epoch"""
    narrowing: Share
    """share of the epochs of `training.dense` in which the Gaussian narrows, by the same factor each. Later epochs have
    `narrowest`"""
    rate_factor: Positive
    """learning rate of positions, in levels, divided by that of weights"""

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
    """the highest learning rate of the schedule"""


class Training(Section):
    """How any phase trains."""

    device: Literal["cpu", "cuda", "auto", "mps"]
    """where networks are trained. `cuda` needs an NVIDIA GPU and a torch built for it. PyPI's wheel for Linux is such a
    torch; one whose version ends in `+cpu` is not.
    `.venv/bin/python -c "import torch; print(torch.__version__, torch.cuda.is_available())"` shows both.
    `.venv/bin/python -m pip install --force-reinstall torch==2.13.0` installs PyPI's wheel if pip uses PyPI
    ([pytorch.org](https://pytorch.org/get-started/locally/) lists wheels for older drivers). `auto` takes an NVIDIA GPU
    if a job finds one, otherwise the CPU; the log says which. It asks a cluster for no GPU. `mps` is the GPU of an
    Apple chip, in pure torch; it was never tried"""
    threshold: Positive
    """membrane potential at which a neuron fires"""
    surrogate_slope: Positive
    """steepness of the fast sigmoid whose derivative is the surrogate gradient of a spike"""
    decay: DecayRange
    """range in which the neurons' decays (a step) start. Training changes each"""
    adaptation: Adaptation | None = None
    """for networks with `neuron: adlif`; `null` if there are none"""
    current_decay: DecayRange | None = None
    """for networks with `neuron: cuba`: range in which the currents' decays g (a step) start. Training changes each.
    May be left out or `null` if there are none"""
    positions: Positions | None = None
    """for networks with `delays: learned`; `null` if there are none"""
    loss: Literal["spike_count", "mean_membrane", "summed_softmax"]
    """what the loss reads: `spike_count` (output spikes, which decide on the chips), `mean_membrane`, or
    `summed_softmax` (the authors' public code). For a network with a `readout` by membranes, `spike_count` reads these
    membranes. The others are refused unless they decide the same: `mean_membrane` goes with `summed_membrane`,
    `summed_softmax` with itself"""
    logit_gain: Positive
    """factor that makes logits of spike counts or membrane potentials"""
    label_smoothing: Share
    """share of the target that is spread over all classes"""
    batch: Annotated[int, Field(ge=1), Unit("samples")]
    """largest number of samples of a step. The steps of an epoch have as equal numbers as possible"""
    schedule: Literal["one_cycle", "constant"]
    """course of the learning rates: `one_cycle` (up, then down to almost nothing) or `constant`"""
    decay_rate_factor: Positive
    """learning rate of decay logits and of neurons' other parameters, divided by that of weights"""
    warm_up: Share
    """share of a phase in which the one-cycle learning rate rises"""
    gradient_norm: Positive
    """largest norm of the gradient. A larger gradient is scaled to this norm"""
    weight_decay: NotNegative
    """share of each synaptic weight, multiplied by the learning rate, that every step takes away (AdamW); 0: none. It
    does not act on the neurons' decays"""
    dropout: Share
    """share of the spikes of hidden layers that training drops before the next layer. The others are not made larger.
    0: none"""
    step_dropout: Share
    """share of the time steps of a sample at which training drops all spikes of a hidden layer before the next one,
    drawn for each layer. 0: none"""
    choose: Literal["best", "final", "mean"]
    """weights at the end of each phase: of the epoch that is `best` on the validation samples (the start of the phase
    counts as one); of the `final` epoch; or the `mean` over the ends of the last quarter of the epochs, rounded up"""
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
    """largest number of seeds of one network that one job trains side by side on an NVIDIA GPU
    ([`docs/gpu.md`](../docs/gpu.md)); may be left out, then 1. This is faster than one after another. It applies to
    each phase of the run's networks and to `folds`. Above 1, `device` must be `cuda` or `auto`; if `auto` finds no GPU,
    the seeds train one after another. Seeds are cut into parts in the order of `seeds`, and a part is made as a whole.
    So a seed added at the end trains its part again. Nothing trains again if a seed is taken out or the number changes,
    except from 1 or to 1: then all train again. Folds differ in batches and do not share a job. Sweeps, controls and
    the search for the frontier train one network at a time"""
    decay_groups: Count
    """largest number of distinct decays of a layer once its weights are integers. Each neuron then takes the nearest
    decay, and neurons with the same decay train it together. `cuba` neurons share pairs of decays, of the potential and
    of the current. A core of Loihi stores 32 for all its layers. Seneca has no such limit and runs the network before
    this step"""
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
    """for networks with `neuron: adlif`; `null` if there are none"""
    positions: Positions | None
    """for networks with `delays: learned`; `null` if there are none"""
    augmentation: Augmentation
    """how samples of voices, such as those of a cochlea, vary from epoch to epoch"""
    event_augmentation: EventAugmentation
    """how other samples vary. All keys apply to a sensor of two dimensions. For other data, those apply that move no
    channel. The log says which share of the spikes leaves the edges"""


class Quantisation(Section):
    bits: Annotated[list[Bits], Field(min_length=1), Distinct]
    """widths of weights in the sweep (Figure 9), sign included"""
    deployed: Bits
    """width of the weights that are deployed and reported"""
