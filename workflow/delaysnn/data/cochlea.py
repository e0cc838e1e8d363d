"""The cochlea model behind SHD: basilar membrane, hair cells, bushy cells (Cramer et al. 2020, section II-B).

The same equations, constants and waveforms as the authors' ``lauscher``, arranged for speed: the membrane's transfer
matrix is computed once for a fixed length, and a compiled loop runs hair cells, nerve fibres and bushy cells of many
channels side by side.
"""

from dataclasses import dataclass
from functools import lru_cache

import numba
import numpy as np
from scipy import fft, signal, special

from delaysnn.core.errors import InputError
from delaysnn.data.channels import COCHLEA_CHANNELS

# The membrane rings ahead of a sound, in lauscher's sign of time, at most this long.
_RING_S = 0.08
# The hair cell's constants, named as by Meddis, then the nerve fibres' and the bushy cell's.
_POOL, _Y, _G, _LOSS, _REUPTAKE, _X, _A, _B, _RELEASE = 1.0, 5.05, 2000.0, 2500.0, 6580.0, 66.3, 5.0, 300.0, 50000.0
_FIBRES, _WEIGHT, _REFRACTORY_S = 40, 13e3 / 40, 1e-3
# By which the state of SplitMix64 grows a draw.
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
# Channels side by side (24 to 40 are equally fast), and steps of their movement transposed at once.
_LANES, _TILE = 32, 32


@dataclass(frozen=True)
class Cochlea:
    """A cochlea for audio of one rate.

    Attributes:
        sample_rate: of the audio, Hz. The membrane moves at half of it.
        n_samples: longest audio and ring, a multiple of 24. Audio is padded with silence to a third, a half or the
            whole of it, so that one transfer matrix serves all three.
        n_channels: places along the membrane, base (high frequencies) first.
        fade_s: raised-cosine fade at both ends, seconds.
        level: root mean square to which audio is normalised before the fade.
    """

    sample_rate: int
    n_samples: int
    n_channels: int = COCHLEA_CHANNELS
    fade_s: float = 0.03
    level: float = 0.3

    @classmethod
    def fitting(cls, sample_rate: int, longest: int) -> "Cochlea":
        """Return a cochlea for audio of at most ``longest`` samples, of a length whose transforms are fast."""
        part = fft.next_fast_len(-(-(longest + _ring(sample_rate)) // 12))
        while part % 2:
            part = fft.next_fast_len(part + 1)
        return cls(sample_rate, 12 * part)

    def membrane(self, audio: np.ndarray) -> np.ndarray:
        """Return the membrane's velocity, float32 [channel, time // 2 + 1] at half the rate, for float audio [time].

        Raises:
            InputError: the audio is empty, silent, not finite or longer than ``n_samples`` less the ring.
        """
        longest = self.n_samples - _ring(self.sample_rate)
        if not 0 < len(audio) <= longest:
            raise InputError(f"Audio of {len(audio)} samples does not fit a cochlea for 1 to {longest}.")
        faded = self._level_and_fade(audio)
        padded = len(audio) + _ring(self.sample_rate)
        stride = next(part for part in (3, 2, 1) if padded <= self.n_samples // part)
        n_steps, n_bins = len(audio) // 2 + 1, self.n_samples // stride // 2
        # lauscher transforms half the frequencies and one more back, which shortens its steps a little; frequencies
        # spaced as much wider do the same at any length.
        spectrum = signal.zoom_fft(faded, n_steps / len(audio), n_bins, fs=1).astype(np.complex64)
        low, high = _folded_transfer(self.sample_rate, self.n_samples, self.n_channels)[stride]
        # The membrane's velocity is the real part of an inverse transform of positive frequencies only: that of the
        # spectrum folded onto its own first half, at half the cost.
        half = n_bins // 2
        folded = low * spectrum[: half + 1]
        folded[:, 1:] += high * spectrum[: half - 1 : -1].conj()
        moved = fft.irfft(folded, n_bins, overwrite_x=True)
        # lauscher pads nothing: what rings ahead of the start appears at the end.
        ahead = min(n_bins - n_steps, n_steps)
        moved[:, n_steps - ahead : n_steps] += moved[:, n_bins - ahead :]
        return np.ascontiguousarray(moved[:, :n_steps])

    def _level_and_fade(self, audio: np.ndarray) -> np.ndarray:
        rms = np.sqrt(np.mean(np.square(audio)))
        if not np.isfinite(rms) or rms == 0:
            raise InputError("Audio is silent or holds a value that is not finite.")
        faded = audio * (self.level / rms)
        ramp = min(int(self.fade_s * self.sample_rate), len(audio) // 2)
        if ramp:
            window = np.hanning(2 * ramp)[:ramp]
            faded[:ramp] *= window
            faded[-ramp:] *= window[::-1]
        return faded

    def spikes(self, audio: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Return times (float64, seconds) and units (uint16) of a sample's spikes, sorted by time, then unit.

        Args:
            audio: float [time].
            seed: 64 bits; the same audio and seed give the same spikes.
        """
        fired = _fire_bushy_cells(self.membrane(audio), self.sample_rate / 2, np.uint64(seed))
        steps, units = np.divmod(np.flatnonzero(fired), self.n_channels)
        return steps / (self.sample_rate / 2), units.astype(np.uint16)


def _ring(sample_rate: int) -> int:
    """Return the samples that the membrane rings."""
    return round(_RING_S * sample_rate)


@lru_cache(maxsize=1)
def _folded_transfer(sample_rate: int, n_samples: int, n_channels: int) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """Return the transfer matrix at every ``stride``-th frequency, halved and folded, by stride.

    Returns:
        For strides 1 to 3 the lower half of the frequencies, and the upper half in reverse and conjugated.
    """
    # Without the highest frequency their number is even.
    matrix = _transfer(sample_rate, n_samples, n_channels)[:, :-1]
    matrix *= 0.5
    folded = {}
    for stride in (1, 2, 3):
        own = matrix[:, ::stride]
        half = own.shape[1] // 2
        low, high = own[:, : half + 1].copy(), own[:, : half - 1 : -1].conj()
        low[:, 0] *= 2
        folded[stride] = low, np.ascontiguousarray(high)
    return folded


def _transfer(sample_rate: int, n_samples: int, n_channels: int) -> np.ndarray:
    """Return the membrane's transfer matrix, complex64 [channel, frequency] (Sieroka et al. 2006).

    Long waves in shallow water between two walls whose stiffness falls exponentially from base to apex.
    """
    alpha, rho, stiffness, wall, height, mass = 3.0, 1.0, 10e8, 3500, 0.1, 0.05
    damping = 0.15 * np.sqrt(stiffness * mass)
    n_bins = n_samples // 2 + 1
    omega = 2 * np.pi * np.linspace(1, sample_rate // 2, n_bins)

    def impedance(place: float) -> np.ndarray:
        spring = stiffness * np.exp(-alpha * place) - wall
        return spring - mass * omega**2 - 1j * omega * damping * np.exp(-alpha * place / 2)

    def wave_number(place: float) -> np.ndarray:
        return omega * np.sqrt(rho / (height * impedance(place)))

    root = np.sqrt(wall + mass * omega**2)
    at_base = 2 * wave_number(0.0) / alpha
    prefactor = 2j * np.sqrt(2) * omega / (alpha * np.sqrt(2 * height * (mass * omega**2 + wall)))
    numerator = -alpha * np.sqrt(-wall + stiffness - omega * (mass * omega + 1j * damping)) + 1j * alpha * (
        2 * wall + omega * (2 * mass * omega + 1j * damping)
    ) / (2 * root)

    def pressure(place: float) -> np.ndarray:
        decay = np.exp(-alpha * place / 2)
        inner = np.sqrt(-wall + stiffness * decay**2 - mass * omega**2 - 1j * decay * omega * damping)
        denominator = (
            0.5
            * alpha
            / decay
            * (-2 * inner + 1j * (2 * wall + omega * (2 * mass * omega + 1j * decay * damping)) / root)
        )
        phase = at_base - prefactor * np.log(numerator / denominator)
        return np.sqrt(phase / wave_number(place)) * special.hankel1(0, phase)

    argument = 2 * omega / alpha * np.sqrt(2 / (height * stiffness))
    entrance = (
        np.sqrt(2 * stiffness / height)
        * (1j * special.j0(argument) + special.y0(argument))
        / (special.j1(argument) - 1j * special.y1(argument))
    )
    common = 2 * omega * entrance / pressure(0.0)
    matrix = np.empty((n_channels, n_bins), np.complex64)
    for row, place in enumerate(np.linspace(0, 3.5, n_channels)):
        matrix[row] = common * pressure(place) / impedance(place)
    return matrix


@numba.njit
def _uniform(state):
    """Return the next state of a SplitMix64 generator and a number in [0, 1)."""
    state += _GOLDEN
    mixed = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed = mixed ^ (mixed >> np.uint64(31))
    return state, (mixed >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@numba.njit
def _stream(seed, channel):
    """Return the first state of a channel's generator."""
    # Streams of neighbouring seeds must not be shifted copies of one another, so each seed is mixed first.
    state, _ = _uniform(seed)
    _, start = _uniform(state ^ (np.uint64(channel + 1) * np.uint64(0xD1342543DE82EF95)))
    return np.uint64(start * 9007199254740992.0) * np.uint64(0x2545F4914F6CDD1D) ^ seed


@numba.njit(error_model="numpy")
def _first_counts(n, p, uniform):
    """Return how many of ``n`` trials succeed if two or fewer do, and what ``_later_counts`` needs if more may.

    Returns:
        The count, whether it may be higher, the chance of exactly two and the chance of at most two.
    """
    fails = 1.0 - p
    bits = np.int32(n)
    power, chance = fails, fails if bits & 1 else 1.0
    for bit in (2, 4, 8, 16, 32):
        power *= power
        chance *= power if bits & bit else 1.0
    # The chance of none is at least 1 - n p. Rounding may give less, so this is asked on its own.
    none = (uniform < 1.0 - n * p) | (not (uniform >= chance))
    total = chance
    chance *= n * p / fails
    total += chance
    two = (uniform >= total) & (n > 1)
    chance *= (n - 1) * p / (2 * fails)
    total += chance
    more = (not none) & ((p >= 1.0) | ((uniform >= total) & (n > 2)))
    return 0.0 if none else (2.0 if two else 1.0), more, chance, total


@numba.njit(error_model="numpy")
def _later_counts(n, p, uniform, chance, total):
    """Return how many of ``n`` trials succeed where ``_first_counts`` says that more than two may."""
    if p >= 1.0:
        return n
    k = 2
    while uniform >= total and k < n:
        chance *= (n - k) * p / ((k + 1) * (1.0 - p))
        k += 1
        total += chance
    return k


@numba.njit(error_model="numpy")
def _hair_cell(moved, free, cleft, store, dt):
    """Return transmitter ready, in the cleft and in store after a step (Meddis 1986)."""
    displacement = moved + _A
    permeable = _G * dt * displacement / (displacement + _B) if displacement > 0 else 0.0
    replenished = _Y * dt * (_POOL - free) if free < _POOL else 0.0
    ejected = permeable * free
    lost = (_LOSS + _REUPTAKE) * dt * cleft
    taken_up = _REUPTAKE * dt * cleft
    reprocessed = _X * dt * store
    free = max(free + replenished - ejected + reprocessed, 0.0)
    return free, max(cleft + ejected - lost, 0.0), max(store + taken_up - reprocessed, 0.0)


@numba.njit(error_model="numpy")
def _bushy_cell(firing, current, voltage, wait, refractory, keep_membrane, keep_synapse, dt):
    """Return whether the cell fired at the end of the last step, and its current, voltage and steps yet to wait."""
    ready = wait <= 0
    spike = ready & (not (voltage < 1.0))
    left = voltage * keep_membrane if ready else voltage
    left = 0.0 if spike else left
    wait = refractory if spike else wait
    current = current * keep_synapse + firing
    charged = min(left + current * _WEIGHT * dt, 1.0)
    return spike, current, charged if wait <= 0 else left, wait - 1


@numba.njit(cache=True, error_model="numpy")
def _fire_bushy_cells(membrane, rate, seed):
    """Return where bushy cells fire, bool [time, channel]: hair cell (Meddis 1986), 40 nerve fibres, one LIF cell.

    The fibres of a channel are exchangeable, so only how many may fire and how many do is kept.
    """
    # A step waits for the one before, so channels advance side by side: the loops over lanes become vector
    # instructions. That takes no branch, counts as floats, and state in one array, in which no row can overlap another.
    n_channels, n_steps = membrane.shape
    fired = np.zeros((n_steps, n_channels), np.bool_)
    dt = 1.0 / rate
    refractory_steps = _REFRACTORY_S * rate
    refractory = int(np.ceil(refractory_steps))
    keep = np.exp(-dt / 1e-3), np.exp(-dt / 5e-4)
    permeability = _G * _A / (_A + _B)
    resting = _POOL * _Y * permeability / (_LOSS * permeability + _Y * (_LOSS + _REUPTAKE))
    rows = np.empty((12, _LANES))
    free, cleft, store, silent, current, voltage, wait = rows[0], rows[1], rows[2], rows[3], rows[4], rows[5], rows[6]
    p, uniform, firing, chance, total = rows[7], rows[8], rows[9], rows[10], rows[11]
    streams = np.empty(_LANES, np.uint64)
    more, spike = np.empty(_LANES, np.bool_), np.empty(_LANES, np.bool_)
    recent = np.empty((refractory, _LANES))
    moved = np.zeros((_TILE, _LANES), np.float32)
    for first in range(0, n_channels, _LANES):
        # Lanes that the last channels leave over keep what they had, and nobody reads their spikes.
        used = min(_LANES, n_channels - first)
        for lane in range(_LANES):
            streams[lane] = _stream(seed, first + lane)
        rows[:] = 0.0
        recent[:] = 0.0
        cleft[:] = resting
        free[:] = resting * (_LOSS + _REUPTAKE) / permeability
        store[:] = resting * _REUPTAKE / _X
        for step in range(n_steps):
            row, slot = step % _TILE, step % refractory
            if row == 0:
                for lane in range(used):
                    for ahead in range(min(_TILE, n_steps - step)):
                        moved[ahead, lane] = membrane[first + lane, step + ahead]
            for lane in range(_LANES):
                _, uniform[lane] = _uniform(streams[lane] + np.uint64(step) * _GOLDEN)
            for lane in range(_LANES):
                free[lane], cleft[lane], store[lane] = _hair_cell(
                    moved[row, lane], free[lane], cleft[lane], store[lane], dt
                )
                p[lane] = min(cleft[lane] * _RELEASE * dt, 1.0)
            many = 0
            for lane in range(_LANES):
                silent[lane] -= recent[slot, lane]
                firing[lane], more[lane], chance[lane], total[lane] = _first_counts(
                    _FIBRES - silent[lane], p[lane], uniform[lane]
                )
                many += more[lane]
            if many:
                for lane in range(_LANES):
                    if more[lane]:
                        firing[lane] = _later_counts(
                            _FIBRES - silent[lane], p[lane], uniform[lane], chance[lane], total[lane]
                        )
            for lane in range(_LANES):
                recent[slot, lane] = firing[lane]
                silent[lane] += firing[lane]
                spike[lane], current[lane], voltage[lane], wait[lane] = _bushy_cell(
                    firing[lane], current[lane], voltage[lane], wait[lane], refractory_steps, *keep, dt
                )
            # A cell fires at the end of the step before. The first step, before which none does, writes to the last.
            for lane in range(used):
                fired[step - 1, first + lane] = spike[lane]
    return fired
