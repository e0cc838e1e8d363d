"""Paper Table V: gates and memory bits of the delay queues beside the published areas."""

from pathlib import Path

import yaml

from delaysnn.core.job import job
from delaysnn.core.metrics import read_json
from delaysnn.report.area import area_table
from delaysnn.report.tables import write_table

with job(snakemake) as provenance:
    published, cells = (
        yaml.safe_load(Path(path).read_text()) for path in (snakemake.input.published, snakemake.input.cells)
    )
    area = read_json(snakemake.input.area)
    table = area_table(area["rows"], area["sizes"], published["table_5_area_um2"], cells)
    write_table(snakemake.output.table, table, provenance)
