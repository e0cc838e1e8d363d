"""Train, validation and test samples: split by speakers, of whom none is in two splits, or by shares of every class."""

import logging
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from delaysnn.core.dataset import Dataset
from delaysnn.core.errors import InputError
from delaysnn.data.duplicates import checksums, first_copies
from delaysnn.data.events import Events
from delaysnn.data.layout import called

_log = logging.getLogger(__name__)
# Classes that a message names; the rest are counted.
_SHOWN = 10


def split_by_speaker(
    speakers: np.ndarray,
    validation: Collection[int],
    test: Collection[int],
    keys: tuple[str, str] = ("data.validation_speakers", "data.test_speakers"),
    source: object = "The data",
) -> dict[str, np.ndarray]:
    """Split samples into ``train``, ``validation`` and ``test`` by who spoke them.

    Args:
        speakers: int [samples].
        validation: speakers held out for validation.
        test: speakers held out for the test; empty where a test file exists of its own.
        keys: where the configuration names the two, for errors.
        source: the samples' file, for errors.

    Returns:
        Indices of samples, int64, increasing.

    Raises:
        InputError: the sets of speakers overlap, a speaker does not occur, a sample does not say who speaks, or no
            sample is left to train on.
    """
    both = sorted(set(validation) & set(test))
    if both:
        raise InputError(f"Configuration: speakers {both} are in {keys[0]} and {keys[1]}.")
    unknown = int((speakers < 0).sum())
    if unknown:
        raise InputError(
            f"{source}: {unknown} of {len(speakers)} samples do not say who speaks "
            f"({called('extra/speaker', str(source))}), so no speaker can be held out: these samples may be by that "
            "speaker."
        )
    refuse_absent(dict(zip(keys, (validation, test), strict=True)), speakers.tolist())
    in_validation, in_test = np.isin(speakers, list(validation)), np.isin(speakers, list(test))
    split = {
        "train": np.flatnonzero(~in_validation & ~in_test),
        "validation": np.flatnonzero(in_validation),
        "test": np.flatnonzero(in_test),
    }
    if not len(split["train"]):
        raise InputError(f"Configuration: {keys[0]} and {keys[1]} leave no sample to train on.")
    return split


def refuse_absent(named: Mapping[str, Collection[int]], speakers: Collection[int]) -> None:
    """Refuse speakers who do not exist.

    Args:
        named: the speakers by the configuration's key that names them.
        speakers: those there are.

    Raises:
        InputError: naming the key, the absent speakers, and those there are.
    """
    for key, chosen in named.items():
        absent = sorted(set(chosen) - set(speakers))
        if absent:
            raise InputError(f"Configuration: {key} names {absent}, but the speakers are {sorted(set(speakers))}.")


def split_fold(samples: Dataset, fold: Mapping[str, Collection[int]], name: str) -> dict[str, Dataset]:
    """Return ``train``, ``validation`` and ``test`` of samples of all speakers, by the speakers that a fold holds out.

    Args:
        samples: of all speakers.
        fold: the speakers of its ``validation`` and ``test``; all others train.
        name: of the fold, for errors.

    Raises:
        InputError: as of :func:`split_by_speaker`, or there is a single class to train on.
    """
    keys = (f"folds.{name}.validation", f"folds.{name}.test")
    split = split_by_speaker(samples.speakers, fold["validation"], fold["test"], keys=keys, source=samples.name)
    if len(set(samples.labels[split["train"]].tolist())) == 1:
        raise InputError(f"Configuration: folds.{name} leaves a single class of {samples.name} to train on.")
    return {role: samples.select(chosen) for role, chosen in split.items()}


def check_shared_speakers(
    test: np.ndarray, others: np.ndarray, named: Collection[int], published: bool, files: Mapping[str, str]
) -> int | None:
    """Check that the test shares no speaker with training and validation, and count the test samples by shared ones.

    Published splits stand as they are: SHD's test file holds, beside its two test speakers, 5 % of the other ten's
    samples. Those are other samples than the training file's, but of the same speakers.

    Args:
        test: speakers of the test samples, int [samples]; -1 is unknown.
        others: speakers of the training and validation samples.
        named: the test speakers of the configuration.
        published: whether the split is the publisher's own, so that further speakers may be in both.
        files: names of the training and the test file by role, for errors.

    Returns:
        How many test samples are by shared speakers: 0 unless ``published``. None where some sample does not say who
        speaks.

    Raises:
        InputError: naming the shared speakers.
    """
    shared = np.isin(test, others) & (test >= 0)
    both = sorted(set(named) & set(others.tolist()))
    if both:
        raise InputError(
            f"Configuration: data.test_speakers names {both}, who speak in {files['train']} too; every result would be "
            "too good."
        )
    if shared.any() and not published:
        raise InputError(
            f"{files['test']}: speakers {sorted(set(test[shared].tolist()))} speak {shared.sum()} of its samples and "
            f"in {files['train']} too; every result would be too good. Take their samples out of one of the two, or, "
            "where the data were published so, write data.published_split: true."
        )
    return int(shared.sum()) if (test >= 0).all() and (others >= 0).all() else None


def split_test(events: Events, speakers: Collection[int]) -> dict[str, Events]:
    """Return ``train`` and ``test``, which has all samples of the given speakers and no others.

    Raises:
        InputError: as of :func:`split_by_speaker`.
    """
    split = split_by_speaker(events.speakers, validation=(), test=speakers)
    return {role: events.select(split[role]) for role in ("train", "test")}


def split_by_share(
    labels: np.ndarray, copies: np.ndarray, share: float, seed: int, key: str
) -> tuple[np.ndarray, np.ndarray]:
    """Split samples that nobody speaks: every class gives the same share, drawn by a seed.

    A class gives at least one sample, and keeps at least one. Copies of a sample stay on one side.

    Args:
        labels: int [samples].
        copies: the first sample that is the same, int [samples] (:func:`delaysnn.data.duplicates.first_copies`).
        share: of the distinct samples of every class that is given, above 0 and below 1.
        seed: of the draw.
        key: where the configuration names the share, for errors.

    Returns:
        Indices of the samples that stay and of those that are given, int64, increasing.

    Raises:
        InputError: no class has two samples.
    """
    random, given = np.random.default_rng(seed), [np.zeros(0, np.int64)]
    distinct = np.unique(copies)
    for label in np.unique(labels[distinct]):
        own = distinct[labels[distinct] == label]
        count = min(max(round(share * len(own)), 1), len(own) - 1)
        given.append(random.permutation(own)[:count])
    held = np.isin(copies, np.concatenate(given))
    if not held.any():
        raise InputError(f"Configuration: {key} is {share}, but no class has two different samples to split.")
    return np.flatnonzero(~held), np.flatnonzero(held)


def samples_of(speakers: np.ndarray, chosen: Collection[int]) -> np.ndarray:
    """Return the indices of the samples by the chosen speakers; of all samples where none is chosen."""
    return np.flatnonzero(np.isin(speakers, list(chosen))) if chosen else np.arange(len(speakers))


def split_samples(
    given: Mapping[str, Events],
    validation: Collection[int],
    test: Collection[int],
    published: bool,
    files: Mapping[str, str],
    share: float | None = None,
    seed: int = 0,
) -> tuple[dict[str, Events], int | None]:
    """Return the samples of train, validation and test, and how many test samples are by shared speakers.

    Args:
        given: the samples of each file by role: train, test, and validation where it has a file of its own.
        validation: speakers held out of the training file for validation, where there is no file for it.
        test: speakers that must be in the test only.
        published: whether the files' split is their publisher's (:func:`check_shared_speakers`).
        files: names of the files by role, for errors.
        share: of every class of the training file for validation, in place of speakers; None where there are any.
        seed: by which the share is drawn.

    Raises:
        InputError: a speaker to hold out does not occur, a test speaker is shared, or there is a single class to train
            on.
    """
    speakers = set(given["test"].speakers.tolist()) - {-1}
    if test and not speakers:
        raise InputError(
            f"Configuration: data.test_speakers names {sorted(test)}, but {files['test']} does not say who speaks "
            f"({called('extra/speaker', files['test'])}); write []."
        )
    refuse_absent({"data.test_speakers": test}, speakers)
    others = np.concatenate([events.speakers for role, events in given.items() if role != "test"])
    shared = check_shared_speakers(given["test"].speakers, others, test, published, files)
    parts = dict(given)
    if share is not None:
        train = given["train"]
        copies = first_copies(checksums(train))
        kept, held = split_by_share(train.labels, copies, share, seed, "data.validation_share")
        parts |= {"train": train.select(kept), "validation": train.select(held)}
    elif "validation" not in given:
        train = given["train"]
        split = split_by_speaker(train.speakers, validation, test=(), source=files["train"])
        parts |= {role: train.select(split[role]) for role in ("train", "validation")}
    parts = {role: parts[role] for role in ("train", "validation", "test")}
    _check_classes(parts, {"validation": files["train"], **files})
    return parts, shared


def _check_classes(parts: Mapping[str, Events], files: Mapping[str, str]) -> None:
    """Refuse a single class, and warn of those that cannot be learned."""

    def name(label: int) -> str:
        keys = parts["train"].keys
        return f"{label} ({keys[label]})" if keys else str(label)

    trained = set(parts["train"].labels.tolist())
    if len(trained) == 1:
        raise InputError(
            f"{files['train']}: all {len(parts['train'])} samples to train on are of class {name(*trained)}; two "
            "classes or more are needed."
        )
    for role, events in parts.items():
        labels, counts = np.unique(events.labels, return_counts=True)
        for label, count in zip(labels.tolist(), counts.tolist(), strict=True):
            if label not in trained:
                _log.warning(
                    "%s: class %s has no sample to train on, so that none of its %d for the %s can be right",
                    *(files[role], name(label), count, role),
                )
        if len(labels) == 1:
            _log.warning("%s: all samples for the %s are of class %s", files[role], role, name(labels[0]))
    every = set().union(*(events.labels.tolist() for events in parts.values()))
    absent = sorted(set(range(max(every))) - every)
    if absent:
        _log.warning(
            "%s: no sample is of class %s; a network has an output for every class up to the last",
            *(files["train"], ", ".join(map(name, absent[:_SHOWN])) + _more(absent)),
        )


def _more(absent: Sequence[int]) -> str:
    return f" and {len(absent) - _SHOWN} more" if len(absent) > _SHOWN else ""
