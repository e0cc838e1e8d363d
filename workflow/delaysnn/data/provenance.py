"""What a data set's files hold and where they come from, in a file beside them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from delaysnn.core.files import sha256
from delaysnn.data.events import Events


def describe_file(path: str | Path, events: Events) -> dict[str, Any]:
    """Return a file's checksum and what it holds."""
    return {
        "sha256": sha256(path),
        "samples": len(events),
        "spikes": len(events.times),
        "classes": len(set(events.labels.tolist())),
        "speakers": sorted(set(events.speakers.tolist())),
    }


def describe_files(files: Mapping[str, tuple[str | Path, Events]]) -> dict[str, Any]:
    """Describe each file by its role (train, test)."""
    return {role: describe_file(*file) for role, file in files.items()}
