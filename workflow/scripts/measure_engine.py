"""Synthesise the engine to standard cells with each delay structure, and count gates and memory bits by part."""

from pathlib import Path

from delaysnn.core.job import job
from delaysnn.core.metrics import read_json, write_json
from delaysnn.platforms.fpga.measure_engine import measure_engine
from delaysnn.platforms.fpga.place_engine import design_for
from delaysnn.report.tidy import outputs

with job(snakemake) as provenance:
    wildcards, params = snakemake.wildcards, snakemake.params
    # Of data whose files alone say how many classes there are.
    classes = params.classes or outputs(read_json(snakemake.input.origin))
    sizes = ((*params.topology, classes), params.levels, params.time_steps, wildcards.structure, int(wildcards.bits))
    design = design_for(*sizes, params.lanes, params.depth, params.adaptive)
    parts = measure_engine(Path(snakemake.input.rtl[0]).parent, design)
    made = {"network": wildcards.network, "structure": wildcards.structure, "bits": int(wildcards.bits)}
    write_json(snakemake.output.parts, {**made, "parts": parts, "provenance": provenance})
