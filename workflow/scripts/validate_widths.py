"""Score every network of integers on the validation samples, at each width of its weights."""

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.metrics import Metrics, write_metrics
from delaysnn.core.network import read_network
from delaysnn.settings.training import Training
from delaysnn.training.validate_widths import validate_widths

with job(snakemake) as provenance:
    params, files = snakemake.params, iter(snakemake.input.integers)
    validation = read_dataset(snakemake.input.validation)
    for name, seed, floats, output in zip(
        params.names, params.seeds, snakemake.input.floats, snakemake.output.metrics, strict=True
    ):
        integers = [read_network(next(files)) for _ in range(params.widths[name])]
        cells = validate_widths(read_network(floats), integers, validation, Training(**params.training[name]))
        write_metrics(output, Metrics(name, seed, validation.name, cells, {"samples": len(validation)}, provenance))
