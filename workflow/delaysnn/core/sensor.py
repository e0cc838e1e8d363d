"""Channels of a sensor of two dimensions: as one row for the network, and as places for people."""

import numpy as np

# Sizes along x and y, and how many polarities there are.
Sensor = tuple[int, int, int]


def count_channels(sensor: Sensor) -> int:
    """Return how many channels a sensor has."""
    width, height, polarities = sensor
    return width * height * polarities


def flatten(x: np.ndarray, y: np.ndarray, polarity: np.ndarray, sensor: Sensor) -> np.ndarray:
    """Return the channel, int64 [events], of each place: x runs first, then y, then the polarity.

    Frames [polarity, y, x], as tonic's ``ToFrame`` makes them, have the same channels once they are flattened.

    Args:
        x, y, polarity: whole numbers [events], within the sensor.
        sensor: its size along x, along y, and its polarities.
    """
    width, height, _ = sensor
    return (polarity.astype(np.int64) * height + y) * width + x


def places(sensor: Sensor) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return x, y and polarity of every channel, int64 [channels] each: the inverse of :func:`flatten`."""
    width, height, _ = sensor
    rest, x = np.divmod(np.arange(count_channels(sensor)), width)
    polarity, y = np.divmod(rest, height)
    return x, y, polarity
