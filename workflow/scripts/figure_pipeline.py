"""Paper Figure 2: the pipeline, from the rule graph that Snakemake finds for this configuration."""

import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from delaysnn.core.job import job
from delaysnn.report.pipeline import draw_pipeline, read_rulegraph, rooms_of_rules
from delaysnn.report.style import save_figure

with job(snakemake) as provenance, tempfile.TemporaryDirectory() as folder:
    rooms = {Path(file).stem: Path(file).read_text() for file in snakemake.input.rooms}
    overlay = Path(folder) / "config.yaml"
    overlay.write_text(yaml.safe_dump(snakemake.config))
    command = [sys.executable, "-m", "snakemake", "--snakefile", snakemake.input.snakefile, "--nolock"]
    command += ["--configfile", overlay, "--forceall", "--rulegraph", "dot", "--", *rooms]
    graph = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    figure = draw_pipeline(read_rulegraph(graph), rooms_of_rules(rooms))
    save_figure(figure, snakemake.output.png, snakemake.output.svg, provenance)
