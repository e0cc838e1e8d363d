"""Simulate the engine's gates with the first test sample, and weigh what switches in each part."""

from pathlib import Path

import numpy as np

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.metrics import write_json
from delaysnn.core.network import read_network
from delaysnn.platforms.constants import read_constants
from delaysnn.platforms.fpga.images import Options, make_images
from delaysnn.platforms.fpga.toggle_engine import toggle_engine
from delaysnn.platforms.loihi2.conversion import convert

with job(snakemake) as provenance:
    wildcards, params = snakemake.wildcards, snakemake.params
    test, constants = read_dataset(snakemake.input.test), read_constants(snakemake.input.constants)
    bits, depth = int(wildcards.bits), int(constants["queue_depth"])
    options = Options(wildcards.structure, params.lanes, depth=depth, weight_bits=bits)
    images = make_images(convert(read_network(snakemake.input.network), {}), options)
    first = test.spikes.select(np.array([0]))
    found = toggle_engine(Path(snakemake.input.rtl[0]).parent, images, first, wildcards.structure, constants)
    made = {"network": wildcards.network, "structure": wildcards.structure, "bits": bits, "dataset": test.name}
    made["lanes"] = images.design.lanes
    write_json(snakemake.output.toggles, {**made, **found, "provenance": provenance})
