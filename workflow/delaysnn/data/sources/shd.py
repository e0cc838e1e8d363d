"""The Spiking Heidelberg Digits."""

from delaysnn.data.channels import COCHLEA_CHANNELS
from delaysnn.data.download import Archive
from delaysnn.data.published import PublishedSource

_FOLDER = ("https://zenkelab.org/datasets/",)

# Checksums and numbers of samples are the publisher's.
SOURCE = PublishedSource(
    name="shd",
    citation="Spiking Heidelberg Digits, Cramer et al., IEEE TNNLS 2020",
    licence="CC BY 4.0",
    archives={
        "train": Archive("shd_train.h5.zip", "f3252aeb598ac776c1b526422d90eecb", _FOLDER, samples=8156),
        "test": Archive("shd_test.h5.zip", "1503a5064faa34311c398fb0a1ed0a6f", _FOLDER, samples=2264),
    },
    channels=COCHLEA_CHANNELS,
    classes=20,
    speakers=12,
)
