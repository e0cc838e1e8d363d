"""The rules that this configuration runs, which needs which, and the page that each stands on."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from delaysnn.core.job import job
from delaysnn.core.metrics import write_json

with job(snakemake), tempfile.TemporaryDirectory() as folder:
    pages = {Path(file).stem: Path(file).read_text() for file in snakemake.input.rooms}
    overlay = Path(folder) / "config.yaml"
    overlay.write_text(yaml.safe_dump(snakemake.config))
    command = [sys.executable, "-m", "snakemake", "--snakefile", snakemake.input.snakefile, "--nolock"]
    command += ["--configfile", overlay, "--forceall", "--rulegraph", "dot", "--", *pages]
    dot = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    names = dict(re.findall(r'^\s*(\d+)\s*\[\s*label\s*=\s*"([^"\\]+)', dot, re.MULTILINE))
    edges = [(names[start], names[end]) for start, end in re.findall(r"^\s*(\d+)\s*->\s*(\d+)", dot, re.MULTILINE)]
    # A page says it even where another workflow uses its rules under other names.
    rules = {page: re.findall(r"^(?:use rule \w+ as|rule) (\w+)", text, re.MULTILINE) for page, text in pages.items()}
    rooms = {rule: page for page, own in rules.items() for rule in own if rule not in pages}
    write_json(snakemake.output.graph, {"edges": edges, "rooms": rooms, "pages": list(pages)})
