"""Limits of Loihi 2, checked before anything is trained."""

from delaysnn.platforms.loihi.limits import check_delays, integer_forms
from delaysnn.platforms.loihi2.conversion import convert
from delaysnn.platforms.protocol import Planned


def check(planned: Planned) -> None:
    """Check delays, and the widths of quantised networks that come as files; cores are not modelled.

    Raises:
        InputError: naming the key or file, the value and the limit.
    """
    check_delays(planned)
    integer_forms(planned, convert)
