"""Paper Table V: gates and memory bits of the delay queues beside the published areas."""

from pathlib import Path

import yaml

from delaysnn.formats.metrics import read_json
from delaysnn.job import job
from delaysnn.paper.area import area_table
from delaysnn.paper.tables import write_table

with job(snakemake) as provenance:
    published, cells = (
        yaml.safe_load(Path(path).read_text()) for path in (snakemake.input.published, snakemake.input.cells)
    )
    area = read_json(snakemake.input.area)
    table = area_table(area["rows"], area["sizes"], published["table_5_area_um2"], cells)
    write_table(snakemake.output.table, table, provenance)
