"""Run a network for Loihi 2 in Lava and compare every spike, or potential that decides, with the integer reference.

Runs in Lava's own environment, so it is called by its path and takes arguments instead of Snakemake's object.
"""

import argparse
from pathlib import Path

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import logged, provenance
from delaysnn.core.metrics import Metrics, write_metrics
from delaysnn.platforms.loihi.deployment import read_reference
from delaysnn.platforms.loihi.supervision import run_supervised
from delaysnn.platforms.loihi2.deployment import compare
from delaysnn.platforms.loihi2.integer_network import read_network


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("network", "test", "reference", "output", "log"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    for name in ("batch", "timeout"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--code", required=True)
    return parser.parse_args()


def deploy(options: argparse.Namespace) -> None:
    network, test = read_network(options.network), read_dataset(options.test)
    reference = read_reference(options.reference, network)
    details = run_supervised(lambda: compare(network, test.spikes, reference, options.batch), options.timeout)
    settings = {"batch": options.batch, "code": options.code}
    inputs = (options.network, options.test, options.reference)
    made_by = provenance("deploy_loihi2", settings, {"network": network.name, "seed": str(network.seed)}, inputs)
    write_metrics(options.output, Metrics(network.name, network.seed, test.name, (), details, made_by))


if __name__ == "__main__":
    options = parse()
    with logged("deploy_loihi2", options.log):
        deploy(options)
