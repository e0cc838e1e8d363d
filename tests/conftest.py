"""How tests run side by side, in which order, and disks that are too small."""

import os
import subprocess
from pathlib import Path

import pytest

# Before torch reads it. Threads that share a core spin while they wait for one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Before Triton is imported. Without a GPU its interpreter runs the kernels for one, on arrays in memory.
if not Path("/dev/nvidiactl").exists():
    os.environ.setdefault("TRITON_INTERPRET", "1")

# Begun first, so that no worker of two waits for the other at the end: most seconds of a processor at the top.
LONGEST = (
    "workflow/test_quick_dag.py",
    "workflow/test_crashes.py",
    "queues/test_rtl.py",
    "queues/test_replay.py",
    "workflow/test_frontier.py",
    "training/test_training_on_card.py",
    "workflow/test_elsewhere.py",
    "workflow/test_config.py",
    "workflow/test_together.py",
)


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    place = {here / name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path, len(LONGEST)))


@pytest.fixture
def small_disk():
    """Mount a disk of a given size as a new folder; it is gone after the test."""
    mounted = []

    def mount(folder, size):
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("mounting a small disk needs the rights of root")
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", folder], check=True)
