"""Build the environment in which Lava runs.

Takes arguments instead of Snakemake's object: a script that is newer than an environment would make it anew.
"""

import logging
import sys
from pathlib import Path

from delaysnn.core.errors import InputError
from delaysnn.platforms.loihi.environment import build


def main(requirements: Path, ready: Path, log: Path) -> None:
    handlers = [logging.StreamHandler(), logging.FileHandler(log, mode="w")]
    logging.basicConfig(level=logging.INFO, format="%(asctime)s build_lava: %(message)s", handlers=handlers)
    try:
        build(ready.parent, requirements)
    except InputError as error:
        logging.error("%s", error)
        sys.exit(1)
    ready.touch()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
