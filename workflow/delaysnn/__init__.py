"""Spiking networks with synaptic delays: data, training, Loihi, Seneca, and the paper's tables and figures.

One sub-package a room; rooms exchange files only, and :mod:`delaysnn.core` reads and writes those.
"""

__version__ = "0.2.0"
