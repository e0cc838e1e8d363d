from pathlib import Path

import pandas as pd

from delaysnn.core.metrics import Cell, Metrics
from delaysnn.report.tables.operations import operation_table

PUBLISHED = Path(__file__).parents[2] / "config/published.yaml"
ORIGIN = {"files": {"test": {"classes": 20}}}
SHAPES = {
    "networks": {"mine": {"hidden": [48, 48], "delays": True, "pruning": "synapse", "recipe": None}},
    "delays": {"max": 60, "stride": 2, "keep": 15},
    "time_steps": 64,
}
LOOP = {"network": "48", "quantity": "cycles_an_event", "unit": "1", "published": 110.0, "ours": 26.4}


def test_counts_stand_beside_those_of_the_papers_printed_spikes():
    cells = [
        Cell("seneca", f"{kind}_{way}", "1", value, "counted")
        for kind, due in (("input_events", 50.0), ("operations", 100.0))
        for way, value in (("due", due), ("within_sample", 0.7 * due))
    ]
    mine = Metrics("mine", 1, "shd", (*cells, Cell("loihi", "operations", "1", 80.0, "counted")))
    loihi = {"counts": {"48": {"operations": 90.0}}}
    seneca = {"counts": {"48": {"input_events": 60.0, "deliveries": 3.0, "operations": 110.0}}, "software": [LOOP]}
    seneca["asked"] = [{"network": "48ax", "quantity": "latency", "kind": "queued", "operations": 70.0}]
    chips = ["loihi", "seneca"]
    table = operation_table([mine], [loihi, seneca], PUBLISHED, ORIGIN, SHAPES, chips, chips)
    found = {row.quantity: (row.ours_mean, row.from_published) for row in table.itertuples()}
    assert found["operations"] == (80.0, 90.0)
    assert found["operations_due"] == (100.0, 110.0)
    assert found["operations_within_sample"][0] == 70.0 and pd.isna(found["operations_within_sample"][1])
    assert "input_events_within_sample" not in found
    # What was measured here is not what the paper says.
    assert found["input_events_due"][0] == 50.0 and pd.isna(found["input_events_due"][1])
    assert table["published"].isna().all() and table["difference"].isna().all()
    last = table.iloc[-2]
    assert (last["network"], last["quantity"]) == ("48ax (paper)", "queued_asked_by_latency")
    assert last["from_published"] == 70.0
    # The loop that is counted stands beside what the paper's cells ask for.
    loop = table.iloc[-1]
    assert (loop["network"], loop["platform"], loop["quantity"]) == ("48 (paper)", "seneca_software", "cycles_an_event")
    assert (loop["ours_mean"], loop["from_published"]) == (26.4, 110.0)
