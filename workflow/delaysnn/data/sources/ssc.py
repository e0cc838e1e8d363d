"""The Spiking Speech Commands: split by their publisher into three files, by speakers."""

from delaysnn.data.channels import COCHLEA_CHANNELS
from delaysnn.data.download import Archive
from delaysnn.data.published import PublishedSource

_FOLDER = ("https://zenkelab.org/datasets/",)

# Checksums and numbers of samples are the publisher's.
SOURCE = PublishedSource(
    name="ssc",
    citation="Spiking Speech Commands, Cramer et al., IEEE TNNLS 2020",
    licence="CC BY 4.0",
    archives={
        "train": Archive("ssc_train.h5.zip", "d102be95e7144fcc0553d1f45ba94170", _FOLDER, samples=75466),
        "validation": Archive("ssc_valid.h5.zip", "b4eee3516a4a90dd0c71a6ac23a8ae43", _FOLDER, samples=9981),
        "test": Archive("ssc_test.h5.zip", "a35ff1e9cffdd02a20eb850c17c37748", _FOLDER, samples=20382),
    },
    channels=COCHLEA_CHANNELS,
    classes=35,
    speakers=None,
)
