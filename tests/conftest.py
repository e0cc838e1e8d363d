"""How tests run side by side: which share a worker, and how many threads each has."""

import os

import pytest

# Before torch reads it. Threads that share a core spin while they wait for one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in its own
def pytest_collection_modifyitems(items):
    """Keep a file's tests together, for what they share, and all that starts Lava, whose shared memory is looked at."""
    for item in items:
        starts_lava = "lava" in item.fixturenames or item.path.name in ("test_quick_dag.py", "test_slurm.py")
        item.add_marker(pytest.mark.xdist_group("lava" if starts_lava else str(item.path)))
