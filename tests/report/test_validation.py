import pytest

from delaysnn.report.figures.validation import draw_validation
from delaysnn.report.tables.null_models import null_model_table
from delaysnn.report.tables.validation import validation_table


def chip(errors):
    rows = [
        {
            "network": network, "platform": "seneca_scdq", "quantity": "latency", "unit": "ms", "published": 4.0,
            "ours": 4.0 * (1 + error / 100), "error_pct": error, "how": "left_out", "model": model,
        }
        for model, by_network in errors.items()
        for network, error in by_network.items()
    ]  # fmt: skip
    return [{"rows": rows}]


NULL = {"hidden width": {"48": 3.0, "32": -5.0}, "kept parameters": {"48": 8.0, "32": 1.0}}


@pytest.mark.parametrize(("error", "verdict"), [(-4.9, "beats the null models"), (5.1, "no better than a null model")])
def test_a_model_shows_something_only_where_it_beats_every_null_model(error, verdict):
    table = null_model_table(chip({"mechanism": {"48": error, "32": 1.0}, **NULL, "other": {"48": 1.0}}))
    assert table["model"].tolist() == ["mechanism", "hidden width", "kept parameters", "other"]
    assert table["largest_error_pct"].tolist() == [abs(error), 5.0, 8.0, 1.0]
    assert table["verdict"].tolist() == [verdict, "null model", "null model", "tried"]


def test_what_is_not_predicted_is_no_row():
    [left] = chip({"mechanism": {"48": 0.0}, **NULL})
    assert null_model_table([{"rows": [row | {"how": "not_predicted"} for row in left["rows"]]}]).empty


def test_null_models_are_drawn_in_grey_behind_the_model():
    axis = draw_validation(validation_table(chip({"mechanism": {"48": 2.0, "32": 1.0}, **NULL}))).axes[0]
    drawn = [points.get_offsets()[:, 0].tolist() for points in axis.collections if len(points.get_offsets())]
    assert [3.0, -5.0] in drawn and [8.0, 1.0] in drawn and [2.0] in drawn and [1.0] in drawn
