import os
from pathlib import Path

import pytest

from delaysnn.queues.verilog.verilate import missing_compiler


@pytest.fixture(scope="session")
def rtl():
    """The folder of the Verilog, where it can be simulated."""
    if missing := missing_compiler():
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    return Path(__file__).parents[3] / "workflow/rtl"
