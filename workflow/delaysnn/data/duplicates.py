"""Samples that are in the data twice. If they are trained on and tested on, every result is too good.

They are refused by an InputError that names files and samples.
"""

import hashlib
from collections.abc import Sequence

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.data.events import Events

_SHOWN = 5


def refuse_common(train: Sequence[bytes], test: Sequence[bytes], names: tuple[object, object]) -> None:
    """Refuse samples of the test file that are in the training file too.

    Args:
        train, test: :func:`checksums` of each.
        names: of the two files, for errors.
    """
    first = {digest: index for index, digest in reversed(list(enumerate(train)))}
    common = [(index, first[digest]) for index, digest in enumerate(test) if digest in first]
    if common:
        raise InputError(
            f"{names[1]}: {len(common)} of {len(test)} samples are in {names[0]}, too: {_pairs(common)}. All results "
            "would be too good; remove them from one of the two files."
        )


def refuse_differing(samples: Sequence[bytes], values: np.ndarray, what: tuple[str, str], name: object) -> None:
    """Refuse samples that a file holds once more under another speaker or label.

    Of two speakers, one may be trained on and the other tested; of two labels, one is wrong.

    Args:
        samples: :func:`checksums`.
        values: int [samples].
        what: what the values are, and where the file holds them, for errors.
        name: of the file, for errors.
    """
    same = enumerate(first_copies(samples).tolist())
    wrong = [(index, other) for index, other in same if values[index] != values[other]]
    if wrong:
        raise InputError(
            f"{name}: {len(wrong)} of {len(samples)} samples appear again with another {what[0]}: {_pairs(wrong)}. "
            f"Remove them, or correct {what[1]}."
        )


def first_copies(samples: Sequence[bytes]) -> np.ndarray:
    """Return for each of :func:`checksums` the first sample that has it, int64 [samples]."""
    first: dict[bytes, int] = {}
    return np.array([first.setdefault(digest, index) for index, digest in enumerate(samples)], np.int64)


def checksums(events: Events) -> list[bytes]:
    """Return a checksum of every sample's times and units, whatever the order of equal times."""
    # In half precision, so that a copy in another one is found; later times than that holds are no seconds anyway.
    late = events.times.max() > np.finfo(np.float16).max
    kind, code = (np.float32, np.uint32) if late else (np.float16, np.uint16)

    # Sample by sample, since all at once would take 16 bytes a spike.
    def digest(own: slice) -> bytes:
        times = events.times[own].astype(kind).view(code).astype(np.uint64)
        spikes = times << np.uint64(16) | events.units[own].astype(np.uint64)
        return hashlib.blake2b(np.sort(spikes).tobytes(), digest_size=16).digest()

    return [digest(slice(first, last)) for first, last in zip(events.offsets[:-1], events.offsets[1:], strict=True)]


def _pairs(pairs: Sequence[tuple[int, int]]) -> str:
    more = f" and {len(pairs) - _SHOWN} more" if len(pairs) > _SHOWN else ""
    return "sample " + ", ".join(f"{one} as {other}" for one, other in pairs[:_SHOWN]) + more
