"""Loihi as a platform: integers of few bits, on one core or three."""

from delaysnn.platforms.protocol import Platform, Setup

PLATFORM = Platform(
    "loihi",
    "Loihi",
    "#0072b2",
    setups=(
        Setup("loihi_1core", "Loihi, 1 core", "#0072b2"),
        Setup("loihi_3cores", "Loihi, 3 cores", "#0072b2", tables=("three_cores",)),
    ),
)
