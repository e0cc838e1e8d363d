"""The configuration's section `loihi2`."""

from typing import Literal

from delaysnn.settings.section import Section


class Settings(Section):
    verify: Literal["lava"] | None
    """a second implementation with which every spike is compared: `lava`, which needs an environment of its own, with
    `loihi.batch` and `loihi.timeout_s`; `null`: none ([`docs/hardware.md`](../docs/hardware.md))"""
