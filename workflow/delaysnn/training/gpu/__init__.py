"""Layers on a GPU: kernels in Triton."""
