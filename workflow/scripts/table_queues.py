"""What the delay queues do: useful delays of an axon, and events that wait and that are delivered."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_metrics
from delaysnn.report.tables import summarise, write_table

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in snakemake.input.metrics]
    quantities = ["useful_delays", "last_useful_delay", "steps_in_queue", "queue_events", "deliveries"]
    write_table(snakemake.output.table, summarise(metrics, {}, ["seneca_scdq"], quantities), provenance)
