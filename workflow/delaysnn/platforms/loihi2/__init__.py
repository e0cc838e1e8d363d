"""Loihi 2 room, as far as a programmable neuron on integers of 24 bits goes: adaptive neurons, and Lava beside them."""
