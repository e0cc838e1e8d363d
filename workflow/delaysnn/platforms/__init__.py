"""Chips, and the same network in PyTorch: one folder each."""
