"""Paper Table II: accuracy, agreement and spikes on every platform."""

from collections.abc import Mapping, Sequence

import pandas as pd

from delaysnn.core.metrics import Metrics
from delaysnn.report.published import Key
from delaysnn.report.registry import table
from delaysnn.report.tidy import add_intervals, name_platform, summarise


@table(
    title="Table II: fidelity of the deployed networks",
    caption=lambda study: (
        f"""
    Accuracy on each platform, agreement with PyTorch (share of test samples with the same decision), and spikes a
    sample in each layer. {
            study.said(
                loihi="Loihi runs integer weights.",
                loihi2="Loihi 2 runs integer weights, and adaptive neurons on integers of 24 bits.",
                fpga="The engine for FPGAs runs Loihi's integers.",
                seneca="Seneca runs bfloat16 weights and rounds its 16-bit potentials at every addition. Another row "
                "rounds once a time step. The paper does not say which it did, so its values are beside both.",
            )
        } {
            study.said(
                loihi="Loihi's numbers are those of the integer reference. In parentheses (column `ran_on`) is what "
                "repeated its spikes: Loihi 2, or Lava's simulation of it.",
                loihi2="Loihi 2's numbers are those of an integer reference, too; Lava's simulation repeated its "
                "spikes (`ran_on`).",
            )
        } {"Neurons that do not fire, since their membranes decide, have no spikes." * study.has_feature("readout")}
    In parentheses: the 95 % interval by the number of test samples alone (Wilson; all seeds share the samples).
    """
    ),
    section="On the chips",
    place=10,
    inputs=lambda study: {
        "metrics": study.metrics("pytorch") + study.chip_metrics(lambda name: [name]),
        "deployments": [file for files in study.deployments.values() for file in files],
        "published": study.files["published"],
    },
    params=lambda study: {
        "shapes": study.shapes,
        "platforms": [n for each in study.platforms for n in (each.name, *dict(each.labels))],
        "repeated": {name: len(files) for name, files in study.deployments.items()},
    },
)
def tabulate_fidelity(
    metrics: Sequence[Metrics],
    deployments: Sequence[Metrics],
    beside: Mapping[Key, float],
    platforms: Sequence[str],
    repeated: Mapping[str, int],
) -> pd.DataFrame:
    """Return what every network does on every platform, and on what its spikes were repeated where that was done.

    ``deployments`` are of the platforms ``repeated``, as many of each as that says.
    """
    spikes = sorted({c.quantity for m in metrics for c in m.cells if c.quantity.startswith("spikes_h")})
    quantities = ["accuracy", "agreement", *spikes, "spikes_output"]
    found = add_intervals(summarise(metrics, beside, platforms, quantities), metrics)
    owners = [name for name, files in repeated.items() for _ in range(files)]
    return name_platform(found, zip(owners, deployments, strict=True), repeated) if repeated else found
