"""The trained network in floating point, with which every chip is compared."""
