"""The same network by spyx, in JAX: compiled as a whole, neurons in a scan over time.

Its neurons subtract the threshold one step late instead of resetting to zero, so spikes are others; its work is the
same.
"""

import json
import statistics
import time
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import optax
import spyx
from flax import nnx
from torch import Tensor


def shifted_products(spikes, weights, stride):
    """One product a delay level over the whole history, spikes [time, batch, pre], shifted and added."""
    n_steps = len(spikes)
    levels = min(len(weights), -(-n_steps // stride))
    past = jnp.pad(spikes, (((levels - 1) * stride, 0), (0, 0), (0, 0)))
    late = [past[(levels - 1 - level) * stride :][:n_steps] for level in range(levels)]
    return sum(each @ weights[level] for level, each in enumerate(late))


def unfolded(spikes, weights, stride):
    """One product with the history of all levels side by side."""
    n_steps, _, pre = spikes.shape
    levels = min(len(weights), -(-n_steps // stride))
    past = jnp.pad(spikes, (((levels - 1) * stride, 0), (0, 0), (0, 0)))
    late = [past[(levels - 1 - level) * stride :][:n_steps] for level in range(levels)]
    return jnp.concatenate(late, axis=2) @ weights[:levels].reshape(levels * pre, -1)


class Network(nnx.Module):
    def __init__(self, weights: Sequence[Tensor], decay: float, threshold: float, scale: float, synapses, stride: int):
        self.weights = nnx.List([nnx.Param(jnp.asarray(weight.numpy())) for weight in weights])
        activation = spyx.axn.superspike(scale)
        self.neurons = nnx.List(
            spyx.nn.LIF((weight.shape[2],), decay, threshold, activation, rngs=nnx.Rngs(0)) for weight in weights
        )
        self.synapses, self.stride = synapses, stride

    def __call__(self, spikes):
        for weights, neurons in zip(self.weights, self.neurons, strict=True):
            current = self.synapses(spikes, weights[...], self.stride)

            def step(state, each, neurons=neurons):
                fired, state = neurons(each, state)
                return state, fired

            _, spikes = jax.lax.scan(step, neurons.initial_state(current.shape[1]), current)
        return spikes


def measure(
    weights: Sequence[Tensor],
    spikes: Tensor,
    labels: Tensor,
    stride: int,
    decay: float,
    threshold: float,
    scale: float,
    gain: float,
) -> None:
    """Print a JSON line for each formulation: milliseconds of a training step, the median of 20."""
    given, classes = jnp.asarray(spikes.numpy()), jnp.asarray(labels.numpy())
    for synapses in (shifted_products, unfolded):
        graph, params, rest = nnx.split(Network(weights, decay, threshold, scale, synapses, stride), nnx.Param, ...)
        optimiser = optax.adam(1e-3)

        def loss(params, graph=graph, rest=rest):
            counts = nnx.merge(graph, params, rest)(given).sum(axis=0)
            return optax.softmax_cross_entropy_with_integer_labels(gain * counts, classes).mean()

        @jax.jit
        def step(params, state, loss=loss, optimiser=optimiser):
            updates, state = optimiser.update(jax.grad(loss)(params), state)
            return optax.apply_updates(params, updates), state

        state, taken = optimiser.init(params), []
        for turn in range(25):
            start = time.perf_counter()
            params, state = jax.block_until_ready(step(params, state))
            if turn >= 5:
                taken.append(1000 * (time.perf_counter() - start))
        row = {"formulation": synapses.__name__.replace("_", " "), "how": "jitted", "ms": statistics.median(taken)}
        print(json.dumps(row), flush=True)
