"""Place and route the engine for one network, delay structure and width of weights."""

from pathlib import Path

from delaysnn.core.job import job
from delaysnn.core.metrics import read_json, write_json
from delaysnn.platforms.fpga.place_engine import design_for, place_engine
from delaysnn.report.tidy import outputs

with job(snakemake) as provenance:
    wildcards, params = snakemake.wildcards, snakemake.params
    # Of data whose files alone say how many classes there are.
    classes = params.classes or outputs(read_json(snakemake.input.origin))
    topology = (*params.topology, classes)
    sizes = (topology, params.levels, params.time_steps, wildcards.structure, int(wildcards.bits))
    design = design_for(*sizes, params.lanes, params.depth, params.adaptive)
    tools = Path(snakemake.input.tools).parent
    rtl = Path(snakemake.input.rtl[0]).parent
    found = place_engine(rtl, design, tools, params.seed, Path(snakemake.output.bitstream))
    made = {"network": wildcards.network, "structure": wildcards.structure, "bits": int(wildcards.bits)}
    write_json(snakemake.output.placed, {**made, **found, "provenance": provenance})
