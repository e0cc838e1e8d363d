"""PyTorch as a platform: the reference, without costs."""

from delaysnn.platforms.protocol import Platform

PLATFORM = Platform("pytorch", "PyTorch", "#56606b")
