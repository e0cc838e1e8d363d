"""Files of the user's own in SHD's layout: checked, and split by speaker where they come as one."""

from pathlib import Path

from delaysnn.data.events import Events, read_events
from delaysnn.data.splits import split_by_speaker
from delaysnn.errors import InputError


def import_files(train: str | Path, test: str | Path | None, test_speakers: list[int]) -> dict[str, Events]:
    """Return the words to train on and those to test on.

    Args:
        train: HDF5 file in SHD's layout.
        test: a second one; without it, the words of ``test_speakers`` are taken out of the first.
        test_speakers: whom to hold out.

    Raises:
        InputError: a file cannot be used, the two name their classes differently, or a file that must be split does
            not say who speaks.
    """
    words = read_events(train)
    if test is not None:
        others = read_events(test)
        if words.keys != others.keys:
            raise InputError(f"{test}: names other classes ({others.keys}) than {train} ({words.keys}).")
        return {"train": words, "test": others}
    if (words.speakers < 0).any():
        raise InputError(
            f"{train}: does not say of every word who speaks (extra/speaker); give a test file by files.test."
        )
    split = split_by_speaker(words.speakers, validation=(), test=test_speakers)
    return {role: words.select(split[role]) for role in ("train", "test")}
