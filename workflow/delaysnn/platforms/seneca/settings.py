"""The configuration's section `seneca`."""

from typing import Annotated

from pydantic import Field

from delaysnn.settings.section import Section, Unit


class Settings(Section):
    rtl_samples: Annotated[int, Field(ge=1), Unit("samples")]
    """of the test and of each network, first seed, that also run through the delay queue's Verilog and its gates (a few
    seconds each; skipped, with the reason in the log, where C++ compiler, make, perl or Python's shared library is
    missing)"""
