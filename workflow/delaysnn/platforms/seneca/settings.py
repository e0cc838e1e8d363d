"""The configuration's section `seneca`."""

from typing import Annotated

from pydantic import Field

from delaysnn.settings.section import Section, Unit


class Settings(Section):
    rtl_samples: Annotated[int, Field(ge=1), Unit("samples")]
    """number of test samples of each network's first seed that also run through the delay queue's Verilog and its gates
    (a few seconds each). Without a C++ compiler, make, perl or Python's shared library this is skipped, and the log
    says why"""
