"""Files of the user's own in SHD's layout: checked, and split by speaker where they come as one."""

from pathlib import Path

from delaysnn.core.errors import InputError
from delaysnn.data.binning import check_window
from delaysnn.data.duplicates import checksums, refuse_common, refuse_differing
from delaysnn.data.events import Events, read_events
from delaysnn.data.splits import split_by_speaker

_LABELS = ("label", "labels")


def import_files(
    train: str | Path, test: str | Path | None, test_speakers: list[int], duration_s: float
) -> dict[str, Events]:
    """Return the samples to train on and those to test on.

    Args:
        train: HDF5 file in SHD's layout.
        test: a second one; without it, the samples of ``test_speakers`` are taken out of the first.
        test_speakers: whom to hold out.
        duration_s: the window that times must lie in, seconds; looked at here, where samples have the file's numbers.

    Raises:
        InputError: a file cannot be used, its times leave the window, the first does not say who speaks, the two name
            their classes differently, or a sample is in both.
    """
    samples = read_events(train)
    unknown = int((samples.speakers < 0).sum())
    if unknown:
        raise InputError(
            f"{train}: {unknown} of {len(samples)} samples do not say who speaks (extra/speaker), so no speaker can "
            "be held out of it for validation or test."
        )
    check_window(samples, duration_s, train)
    sounds = checksums(samples)
    refuse_differing(sounds, samples.speakers, ("speaker", "extra/speaker"), train)
    refuse_differing(sounds, samples.labels, _LABELS, train)
    if test is not None:
        others = read_events(test)
        check_window(others, duration_s, test)
        if samples.keys != others.keys:
            raise InputError(f"{test}: {_call(others.keys)}, but {train} {_call(samples.keys)} (extra/keys).")
        tested = checksums(others)
        refuse_differing(tested, others.labels, _LABELS, test)
        refuse_common(sounds, tested, (train, test))
        return {"train": samples, "test": others}
    split = split_by_speaker(samples.speakers, validation=(), test=test_speakers)
    return {role: samples.select(split[role]) for role in ("train", "test")}


def _call(keys: tuple[str, ...]) -> str:
    return f"calls its classes {', '.join(keys)}" if keys else "does not name its classes"
