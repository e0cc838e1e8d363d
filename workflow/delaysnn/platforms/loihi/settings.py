"""The configuration's section `loihi`."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from delaysnn.platforms.loihi.cores import RESOURCES
from delaysnn.settings.section import Count, Distinct, OneOf, Percent, Section, Unit

_Cores = Annotated[
    Annotated[Count, Tag("int")] | Annotated[Literal["fewest"], Tag("Literal")],
    Discriminator(lambda value: "Literal" if isinstance(value, str) else "int"),
]


class Settings(Section):
    cores: Annotated[list[_Cores], Field(min_length=1), Distinct]
    """on how many cores every network is mapped, whole layers each, so no more than any network has; what does not fit
    ends before any job (data or networks of your own: when the network is mapped) with core and value. The paper's
    tables need 1 and 3. `fewest`: as few as hold the network, layers divided over cores, up to a chip of 128; the log
    and table `mapping` say how many. With it in the list, a number of cores that does not hold a network is left out
    for that network"""
    excess: dict[Annotated[str, OneOf(tuple(RESOURCES), ", ".join(RESOURCES))], Percent]
    """by how much a core may hold more than it has, by resource, as table `mapping` names them; 0 for one that is not
    named. Network 48 needs 0.22 % more words than are there ([`docs/cost-models.md`](../docs/cost-models.md))"""
    batch: Annotated[int, Field(ge=1), Unit("samples")]
    """that run side by side in Lava; fewer where `/dev/shm` is too small for them, which the log says. Network 48 needs
    3 MB there for 256 samples"""
    stock_samples: Annotated[int, Field(ge=1), Unit("samples")]
    """of the test that also run through Lava's stock graph, nothing but DelayDense and LIF (seconds each)"""
    timeout_s: Annotated[int, Field(ge=1), Unit("s")]
    """after which a run of Lava counts as hung"""
    verify: Literal["lava"] | None
    """a second implementation that every spike is compared with: `lava`, for which an environment is built, or `null`
    ([`docs/hardware.md`](../docs/hardware.md))"""
