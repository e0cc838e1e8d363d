"""Build the environment in which Lava runs, or that of lava-dl, which needs PyTorch beside it.

Takes arguments instead of Snakemake's object: a script that is newer than an environment would make it anew.
"""

import sys
from pathlib import Path

from delaysnn.core.job import logged
from delaysnn.platforms.loihi.environment import build


def main(requirements: Path, ready: Path, log: Path, torch: Path | None = None) -> None:
    with logged(f"build_{ready.parent.name}", log):
        build(ready.parent, requirements, torch)
        ready.touch()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
