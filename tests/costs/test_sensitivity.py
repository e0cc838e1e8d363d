import pytest

from delaysnn.costs.sensitivity import vary


def test_each_constant_is_made_smaller_and_larger_by_a_fifth():
    def estimate(constants):
        return {("chip", "energy", "counted"): constants["a"] + constants["b"], ("chip", "energy", "calibrated"): 7.0}

    first, second = vary(estimate, {"a": 3.0, "b": 1.0, "unused": 5.0})[::2]
    assert (first["constant"], first["less_pct"], first["more_pct"]) == ("a", pytest.approx(-15), pytest.approx(15))
    assert (second["constant"], second["less_pct"]) == ("b", pytest.approx(-5))
    calibrated = [row for row in vary(estimate, {"a": 3.0, "b": 1.0}) if row["how"] == "calibrated"]
    assert [(row["less_pct"], row["more_pct"]) for row in calibrated] == [(0, 0), (0, 0)]
