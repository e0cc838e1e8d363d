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
    """numbers of cores on which every network is mapped. Each core holds whole layers, so the number is at most that of
    layers. A network that does not fit is refused with core and value: before any job, or, with data or networks of
    your own, when it is mapped. The paper's tables need 1 and 3. `fewest`: as few cores as hold the network, up to a
    chip of 128, with layers divided over cores; the log and table `mapping` say how many. If `fewest` is in the list,
    other numbers of cores are left out for a network that does not fit them"""
    excess: dict[Annotated[str, OneOf(tuple(RESOURCES), ", ".join(RESOURCES))], Percent]
    """share by which a core may hold more than its limit, for each resource as table `mapping` names it; 0 for a
    resource that is not named. Network 48 needs 0.22 % more words than a core has
    ([`docs/cost-models.md`](../docs/cost-models.md))"""
    batch: Annotated[int, Field(ge=1), Unit("samples")]
    """number of samples that run side by side in Lava. If `/dev/shm` is too small, fewer do, and the log says so.
    Network 48 needs 3 MB there for 256 samples"""
    stock_samples: Annotated[int, Field(ge=1), Unit("samples")]
    """number of test samples that also run through Lava's stock graph of DelayDense and LIF alone (seconds each)"""
    timeout_s: Annotated[int, Field(ge=1), Unit("s")]
    """time after which a run of Lava counts as hung"""
    verify: Literal["lava"] | None
    """a second implementation with which every spike is compared: `lava`, which needs an environment of its own;
    `null`: none ([`docs/hardware.md`](../docs/hardware.md))"""
