"""Parts that every script shares: a log file, errors in one sentence, and the provenance of results."""

import hashlib
import json
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from delaysnn import __version__
from delaysnn.core.errors import InputError
from delaysnn.core.files import disk_sentence, portable_name, sha256
from delaysnn.core.step_name import describe_wildcards, rule_of_one

# The packages whose version can change a number.
_PACKAGES = (
    *("numpy", "scipy", "torch", "numba", "ml_dtypes", "h5py", "espeakng-loader"),
    *("lava-nc", "brian2-loihi", "neurobench"),
)

# What says how far a step is, as it is written before values are in it.
_PROGRESS = ("epoch %d of %d", "s left")
_SELDOM_S = 30.0


def provenance(
    rule: str, params: dict[str, Any], wildcards: dict[str, str], inputs: Iterable[str | Path]
) -> dict[str, Any]:
    """Describe how a result was made: rule, wildcards, checksums of inputs, hash of parameters, versions.

    It holds no date, host or absolute path, so that the same inputs give the same bytes.
    """
    settings = json.dumps(params, sort_keys=True, default=str)
    packages = {}
    for name in _PACKAGES:
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            continue
    return {
        "rule": rule,
        "wildcards": wildcards,
        "inputs": _checksums(path for path in inputs if Path(path).is_file()),
        "config_sha256": hashlib.sha256(settings.encode()).hexdigest(),
        "code": f"{__version__}+{params.get('code', 'unknown')}",
        "packages": packages,
    }


def _checksums(paths: Iterable[str | Path]) -> dict[str, str]:
    """Return checksums by name; further files of the same name are counted."""
    found: dict[str, str] = {}
    count: Counter[str] = Counter()
    for path in paths:
        name = portable_name(path)
        count[name] += 1
        found[name if count[name] == 1 else f"{name} ({count[name]})"] = sha256(path)
    return found


def of_seed(provenance: dict[str, Any], seed: int) -> dict[str, Any]:
    """Return the provenance of a job of several seeds for one of them; such a job has no wildcard for seeds."""
    return {**provenance, "wildcards": {**provenance["wildcards"], "seed": str(seed)}}


@contextmanager
def job(snakemake: Any) -> Iterator[dict[str, Any]]:
    """Run a script's body with the rule's log file, as :func:`logged` does, and yield the provenance of its results.

    An input named ``origin`` describes the data: source, licence, checksums, counts. It is yielded as ``data``.
    """
    wildcards = dict(snakemake.wildcards.items())
    # A rule for several networks of one seed each has neither wildcard, and a line would be long.
    told = describe_wildcards(wildcards, snakemake.params.get("seeds", []) if "network" in wildcards else [])
    label = f"{rule_of_one(snakemake.rule)} {told}".rstrip()
    with logged(label, snakemake.log[0] if snakemake.log else None):
        found = provenance(snakemake.rule, dict(snakemake.params.items()), wildcards, snakemake.input)
        if origin := getattr(snakemake.input, "origin", None):
            found["data"] = json.loads(Path(origin).read_text())
        yield found


class Seldom(logging.Filter):
    """Limits repeated lines, and those about progress, to one in so many seconds.

    The first of them is shown after so many seconds, so that no remaining time is shown before it can be known.
    """

    def __init__(self, seconds: float = _SELDOM_S, clock: Callable[[], float] = time.monotonic):
        super().__init__()
        self._seconds, self._clock = seconds, clock
        self._shown, self._seen = clock(), set[str]()

    def filter(self, record: logging.LogRecord) -> bool:
        text = str(record.msg)
        often = any(part in text for part in _PROGRESS) or text in self._seen
        self._seen.add(text)
        if record.levelno > logging.INFO or not often:
            return True
        due = self._clock() - self._shown >= self._seconds
        self._shown = self._clock() if due else self._shown
        return due


@contextmanager
def logged(label: str, log: str | Path | None) -> Iterator[None]:
    """Run a script's body with its log, each line with a label, in a file and on screen.

    Repeated lines are all in the file, but on screen only once in a while.

    An :class:`InputError`, a disk that cannot be written and an interrupt end the script with one sentence. Any other
    exception keeps its traceback.
    """
    screen = logging.StreamHandler(sys.stderr)
    screen.addFilter(Seldom())
    handlers: list[logging.Handler] = [screen]
    if log:
        Path(log).parent.mkdir(parents=True, exist_ok=True)
        handlers.append(logging.FileHandler(log, mode="w"))
    logging.basicConfig(
        level=logging.INFO,
        format=f"%(asctime)s {label}: %(message)s",
        datefmt="%H:%M:%S",
        handlers=handlers,
        force=True,
    )
    try:
        yield
    except InputError as error:
        logging.error("%s", error)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        logging.error("interrupted; the next run carries on from here.")
        raise SystemExit(1) from None
    except OSError as error:
        sentence = disk_sentence(error)
        if sentence is None:
            logging.exception("failed")
            raise
        logging.error("%s", sentence)
        raise SystemExit(1) from None
    except Exception:
        logging.exception("failed")
        raise
