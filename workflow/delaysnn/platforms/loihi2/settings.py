"""The configuration's section `loihi2`."""

from typing import Literal

from delaysnn.settings.section import Section


class Settings(Section):
    verify: Literal["lava"] | None
    """a second implementation that every spike is compared with: `lava`, for which an environment is built, with
    `loihi.batch` and `loihi.timeout_s`, or `null` ([`docs/hardware.md`](../docs/hardware.md))"""
