"""NetX files of lava-dl: HDF5 with a group a layer, of dense layers of CUBA neurons, as integers of Loihi.

    u[k] = trunc(u[k-1] * (4096 - iDecay) / 4096) + 64 * sum_i weight[:, i] * s[i, k - delay[:, i]]
    v[k] = trunc(v[k-1] * (4096 - vDecay) / 4096) + u[k] + 64 * bias, a spike where v > 64 * vThMant, then v = 0

Weights and thresholds are read in units of 64, as slayer trains them. Loihi's integers of the network are then those of
the file, if its largest weight uses all eight bits. A synapse has one delay: one number for all, one for each neuron
after or before it, or an array [post, pre]. In Lava and in slayer every layer takes a step, which is left out here. A
bias does not wait for that step, so every layer with biases but the first keeps the step as a delay.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.network import Layer, Network
from delaysnn.networks.assemble import assemble
from delaysnn.networks.readers import About, Reader

if TYPE_CHECKING:
    import h5py

UNITY = 4096
SCALE = 64
LONGEST = 62  # NetX clips what is longer
WEIGHTS = (-256, 254)
# Threshold of slayer's Affine blocks, whose neurons do not fire.
_NEVER = (1 << 18) - 1
_TOP = {"layer", "simulation"}
_LAYER = {"type", "shape", "inFeatures", "outFeatures", "weight", "bias", "delay", "neuron"}
_NEURON = ("type", "iDecay", "vDecay", "vThMant", "refDelay", "gradedSpike")
_ZERO = ("weight_exp", "messageBits")  # read where they are 0


class NetX(Reader):
    name = "netx"
    endings = (".net",)
    needs = "a network of lava-dl is one file, as export_hdf5 writes its blocks"

    def read(self, path: str, about: About) -> Network:
        import h5py

        from delaysnn.networks.hdf5 import refuse_huge

        if not Path(path).is_file():
            raise InputError(f"{path}: there is no such file.")
        try:
            with h5py.File(path) as file:
                refuse_huge(path, file)
                layers = _layers(path, file, about.n_steps)
        except OSError as error:
            raise InputError(f"{path}: cannot be read as HDF5 ({error}).") from None
        return assemble(path, layers, about, "lava-dl NetX")


def _layers(path: str, file: "h5py.File", n_steps: int) -> list[Layer]:
    if unread := set(file) - _TOP:
        raise InputError(f"{path}: holds {min(unread)}, which is not read here; NetX has layer and simulation.")
    if "layer" not in file or not len(file["layer"]) or set(file["layer"]) != set(map(str, range(len(file["layer"])))):
        raise InputError(f"{path}: needs a group layer with a group for each, called 0, 1, ...")
    _check_simulation(path, file.get("simulation", {}), n_steps)
    groups = [(f"{path}: layer/{place}", file["layer"][str(place)]) for place in range(len(file["layer"]))]
    if _text(groups[0][1], "type") == "input" and set(groups[0][1]) <= {"type", "shape"}:
        groups = groups[1:]
    read = [_Dense(where, group) for where, group in groups]
    biased = any(layer.bias is not None for layer in read)
    # Of all layers or none.
    units = [layer.unit for layer in read]
    whole = all(unit is not None for unit in units)
    return [layer.made(wait=biased and index > 0, whole=whole) for index, layer in enumerate(read)]


def _check_simulation(path: str, found: Any, n_steps: int) -> None:
    for key in found:
        if key not in ("Ts", "tSample"):
            raise InputError(f"{path}: holds simulation/{key}, which is not read here.")
        value, needed = float(np.asarray(found[key][()]).squeeze()), {"Ts": 1, "tSample": n_steps}[key]
        if value != needed:
            raise InputError(f"{path}: simulation/{key} is {value:g}, but {needed} is needed.")


class _Dense:
    """A dense layer as the file holds it, checked."""

    def __init__(self, where: str, group: "h5py.Group") -> None:
        self.where = where
        if (kind := _text(group, "type")) != "dense":
            raise InputError(f"{where} is of type {kind!r}, which is not read here; dense is, of neurons of type CUBA.")
        if unread := set(group) - _LAYER:
            raise InputError(f"{where} holds {min(unread)}, which is not read here.")
        for key in ("shape", "weight", "neuron"):
            if key not in group:
                raise InputError(f"{where} has no {key}; a dense layer has weight, shape and neuron.")
        neuron = _neuron(where, group["neuron"])
        post = int(np.prod(group["shape"][()]))
        weight = self._whole("weight", group["weight"], *WEIGHTS)
        if weight.ndim == 1 and post and not weight.size % post:
            weight = weight.reshape(post, -1)
        if weight.ndim != 2 or weight.shape[0] != post:
            raise InputError(f"{where}: weight has shape {weight.shape}, but shape says {post} neurons; [post, pre].")
        self.weight = weight
        self.delay, per_neuron = self._delays(group.get("delay"))
        self.current, self.potential, self.threshold = (
            self._each(key, neuron[key], top)
            for key, top in (("iDecay", UNITY), ("vDecay", UNITY), ("vThMant", _NEVER))
        )
        self.bias = self._each("bias", group["bias"], SCALE << 12, -SCALE << 12) if "bias" in group else None
        if self.bias is not None and not self.bias.any():
            self.bias = None
        if (self.threshold == _NEVER).any():
            raise InputError(
                f"{where}: vThMant is {_NEVER}, as of slayer's Affine, whose neurons never fire; how they decide is "
                "not in the file, so give the block a neuron that fires."
            )
        if self.bias is not None and (self.current < UNITY).any():
            raise InputError(
                f"{where} has a bias and currents that last (iDecay {self.current.min()}); its bias reaches the "
                "potential alone, which no network of ours has. Leave out either."
            )
        if self.bias is not None and per_neuron and self.delay.any():
            raise InputError(
                f"{where} has a bias and a delay a neuron, which slayer takes after the neuron and NetX before it; "
                "leave out either, or give each synapse its delay."
            )

    @property
    def unit(self) -> int | None:
        """The largest of 2 and 1 that weights of eight bits are multiples of; None where they need nine."""
        unit = 1 if (self.weight % 2).any() else 2
        return unit if np.abs(self.weight // unit).max(initial=0) < 128 else None

    def made(self, wait: bool, whole: bool) -> Layer:
        """Return the layer; where ``wait``, its inputs come a step later; where ``whole``, it is quantised."""
        used = self.weight != 0
        delays = np.unique(self.delay[used]) if used.any() else np.zeros(1, np.int64)
        weights = np.where(delays[:, None, None] == self.delay.T, self.weight.T, 0) / SCALE
        lasts = (self.current < UNITY).any()
        # The smallest step of a potential above the threshold, or what float32 and Loihi's integers tell from it.
        above = np.maximum(1 / SCALE, 2e-6 * self.threshold)
        return Layer(
            weights.astype(np.float32),
            tuple((delays + wait).tolist()),
            ((UNITY - self.potential) / UNITY).astype(np.float32),
            ((self.threshold + above) / SCALE).astype(np.float32),
            scale=self.unit / SCALE if whole and self.unit else None,
            bits=8 if whole else None,
            neuron="cuba" if lasts else "lif",
            own={"current_decay": ((UNITY - self.current) / UNITY).astype(np.float32)} if lasts else {},
            bias=None if self.bias is None else (self.bias / SCALE).astype(np.float32),
        )

    def _whole(self, key: str, found: Any, least: float, most: float) -> np.ndarray:
        values = np.asarray(found[()])
        if values.dtype.kind not in "fiu" or not values.size:
            raise InputError(f"{self.where}: {key} holds no numbers.")
        wrong = ~((values == np.rint(values)) & (values >= least) & (values <= most))
        if wrong.any():
            raise InputError(
                f"{self.where}: {key} is {values[wrong].flat[0]:g}; whole numbers from {least:g} to {most:g} are "
                "needed."
            )
        return values.astype(np.int64)

    def _each(self, key: str, found: Any, most: int, least: int = 0) -> np.ndarray:
        """Return a value for each neuron."""
        values = self._whole(key, found, least, most).squeeze()
        if values.ndim > 1 or (values.ndim and len(values) != len(self.weight)):
            raise InputError(f"{self.where}: {key} has shape {values.shape}; one number, or one of {len(self.weight)}.")
        return np.broadcast_to(values, len(self.weight))

    def _delays(self, found: Any) -> tuple[np.ndarray, bool]:
        """Return the delay of every synapse, [post, pre], and whether it is one for each neuron after it."""
        shape = self.weight.shape
        if found is None:
            return np.zeros(shape, np.int64), False
        delay = self._whole("delay", found, 0, LONGEST)
        if delay.ndim == 1 and len(delay) == shape[0]:
            return np.broadcast_to(delay[:, None], shape), True
        if delay.ndim == 0 or (delay.ndim == 1 and len(delay) == shape[1]) or delay.shape == shape:
            return np.broadcast_to(delay, shape), False
        raise InputError(f"{self.where}: delay has shape {delay.shape}, but weight has {shape}.")


def _neuron(where: str, group: "h5py.Group") -> "h5py.Group":
    kind = _text(group, "type")
    if kind not in ("CUBA", "LOIHI"):
        raise InputError(f"{where} has neurons of type {kind!r}, which is not read here; CUBA is.")
    for key in set(_NEURON[1:4]) - set(group):
        raise InputError(f"{where} has no neuron/{key}, which neurons of type CUBA have.")
    for key in group:
        if key not in (*_NEURON, *_ZERO):
            raise InputError(f"{where} holds neuron/{key}, which is not read here.")
        most = {"refDelay": 1, "gradedSpike": 0, "weight_exp": 0, "messageBits": 0}.get(key)
        if most is not None and (np.asarray(group[key][()]) > most).any():
            raise InputError(f"{where}: neuron/{key} is {group[key][()]}, but {most} is what is read here.")
    return group


def _text(group: "h5py.Group", key: str) -> str:
    if key not in group:
        raise InputError(f"{group.file.filename}: {group.name[1:]} has no {key}.")
    value = np.asarray(group[key][()]).ravel()[0]
    return value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)


READER = NetX()
