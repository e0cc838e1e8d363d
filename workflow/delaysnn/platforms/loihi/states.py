"""The integer states of neurons, step by step: those of Loihi's compartments, and further ones of Loihi 2."""

from collections.abc import Mapping

import numba
import numpy as np

from delaysnn.platforms.loihi.integer_network import (
    DECAY_UNITY,
    STATE_SHIFT,
    CurrentLayer,
    IntegerLayer,
)

# The chip shifts what arrives by this; a constant of the compiled code.
_SHIFT = STATE_SHIFT


@numba.njit(cache=True)
def part_of(state, of_4096):
    """Return what is left of a state after its decay; the chip truncates towards zero, so magnitudes are shifted."""
    size = (abs(state) * of_4096) >> 12
    return size if state >= 0 else -size


@numba.njit(cache=True)
def stopped(state):
    """Return a state that stops at the ends of its 24 bits."""
    return min(max(state, -8388607), 8388607)


def run_states(
    layer: IntegerLayer, current: np.ndarray, further: Mapping[str, np.ndarray] | None = None
) -> tuple[np.ndarray, np.ndarray, int, int]:
    """Run the neurons of a layer of any kind on what arrives from the layer before.

    ``u[k] = trunc(u[k-1] * lasting / 4096) + 64 * I[k] + bias``,
    ``v[k] = trunc(v[k-1] * kept / 4096) - reset * s[k-1] + u[k] - w[k-1]``, a spike ``s[k]`` where
    ``v[k] > threshold``,
    ``w[k] = trunc(w[k-1] * remembered / 4096) + trunc(v[k] * share / 4096) + step * s[k]``; ``v`` and ``w`` stop at the
    ends of 24 bits. Where ``reset`` is 0, ``v = 0`` after a spike.

    Args:
        layer: its neurons, and its recurrent synapses.
        current: int32 [batch, time, post], in units of weights; what recurs is added to it.
        further: by the names above, int64 [post], what is not 0: ``reset`` and ``remembered``, ``share``, ``step``.

    Returns:
        What :class:`delaysnn.platforms.loihi.fixed_point.Ran` holds.
    """
    n_post = len(layer.decay)
    zero = np.zeros(n_post, np.int64)
    lost = layer.current_decay if isinstance(layer, CurrentLayer) else DECAY_UNITY + zero
    states = (DECAY_UNITY - layer.decay, DECAY_UNITY - lost, layer.threshold.astype(np.int64) << _SHIFT)
    bias = zero if layer.bias is None else layer.bias
    others = [(further or {}).get(name, zero) for name in ("reset", "remembered", "share", "step")]
    back = np.zeros((0, n_post, n_post)) if layer.recurrent is None else layer.recurrent
    feedback = np.ascontiguousarray(back.transpose(1, 0, 2).astype(np.int32))
    numbers = [each.astype(np.int64) for each in (*states, bias, *others)]
    return _run(current, feedback, np.array(layer.recurrent_delays, np.int64), *numbers)


@numba.njit(cache=True, parallel=True)
def _run(current, feedback, delays, kept, lasting, threshold, bias, reset, remembered, share, step):
    n_batch, n_steps, n_post = current.shape
    fired = np.zeros((n_batch, n_steps, n_post), np.uint8)
    membrane = np.zeros((n_batch, n_steps, n_post), np.int32)
    peaks, most = np.zeros(n_batch, np.int64), np.zeros(n_batch, np.int64)
    for sample in numba.prange(n_batch):
        u, v = np.zeros(n_post, np.int64), np.zeros(n_post, np.int64)
        w, owed = np.zeros(n_post, np.int64), np.zeros(n_post, np.int64)
        for k in range(n_steps):
            for post in range(n_post):
                drive = np.int64(current[sample, k, post]) << _SHIFT
                peaks[sample] = max(peaks[sample], abs(drive))
                u[post] = part_of(u[post], lasting[post]) + drive + bias[post]
                most[sample] = max(most[sample], abs(u[post]))
                v[post] = stopped(part_of(v[post], kept[post]) - owed[post] + u[post] - w[post])
                membrane[sample, k, post] = v[post]
                w[post] = part_of(w[post], remembered[post]) + part_of(v[post], share[post])
                owed[post] = 0
                if v[post] > threshold[post]:
                    fired[sample, k, post] = 1
                    w[post] += step[post]
                    if reset[post] > 0:
                        owed[post] = reset[post]
                    else:
                        v[post] = 0
                w[post] = stopped(w[post])
            for level in range(len(delays)):
                arrival = k + delays[level]
                if arrival < n_steps:
                    for pre in range(n_post):
                        if fired[sample, k, pre]:
                            for post in range(n_post):
                                current[sample, arrival, post] += feedback[pre, level, post]
    return fired, membrane, peaks.max(), most.max()
