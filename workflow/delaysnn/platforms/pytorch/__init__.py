"""The network as it was trained, in floating point: what every chip is compared with."""
