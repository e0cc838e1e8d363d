"""Loihi 2 room: programmable neurons on integers of 24 bits, such as adaptive ones, and Lava beside them."""
