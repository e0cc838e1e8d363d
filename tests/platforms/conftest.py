import fcntl
from pathlib import Path

import pytest

from delaysnn.core.files import sha256
from delaysnn.platforms.loihi.environment import build

REQUIREMENTS = Path(__file__).parents[2] / "envs/lava/requirements.txt"


@pytest.fixture(scope="session")
def lava(request):
    """Python of Lava's environment, built as the rule does, once for every lock file (pytest's cache keeps it)."""
    folder = request.config.cache.mkdir("lava") / sha256(REQUIREMENTS)[:16]
    # Of two workers one builds and the other waits.
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            build(folder, REQUIREMENTS)
            (folder / "ready").touch()
    return folder / "bin/python"
