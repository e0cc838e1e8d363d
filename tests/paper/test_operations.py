import pandas as pd

from delaysnn.formats.metrics import Cell, Metrics
from delaysnn.paper.operations import operation_table


def test_counts_stand_beside_those_of_the_papers_printed_spikes():
    cells = [
        Cell("seneca", f"{kind}_{way}", "1", value, "counted")
        for kind, due in (("input_events", 50.0), ("operations", 100.0))
        for way, value in (("due", due), ("within_sample", 0.7 * due))
    ]
    mine = Metrics("mine", 1, "shd", (*cells, Cell("loihi", "operations", "1", 80.0, "counted")))
    counts = {"loihi": {"48": {"operations": 90.0}}, "seneca": {"48": {"input_events": 60.0, "operations": 110.0}}}
    asked = [{"network": "48ax", "quantity": "latency", "operations": 70.0}]
    table = operation_table([mine], counts, asked, {"mine": "48"})
    found = {row.quantity: (row.ours_mean, row.published) for row in table.itertuples()}
    assert found["operations"] == (80.0, 90.0)
    assert found["operations_due"] == (100.0, 110.0)
    assert found["operations_within_sample"][0] == 70.0 and pd.isna(found["operations_within_sample"][1])
    assert "input_events_within_sample" not in found
    last = table.iloc[-1]
    assert (last["network"], last["quantity"], last["published"]) == (
        "48ax (paper)",
        "operations_asked_by_latency",
        70.0,
    )
