"""Which tests share a worker when several run side by side."""

import pytest


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in its own
def pytest_collection_modifyitems(items):
    """Keep a file's tests together, for what they share, and all that starts Lava, whose shared memory is looked at."""
    for item in items:
        starts_lava = "lava" in item.fixturenames or item.path.name in ("test_quick_dag.py", "test_slurm.py")
        item.add_marker(pytest.mark.xdist_group("lava" if starts_lava else str(item.path)))
