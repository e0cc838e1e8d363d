"""Intervals against values computed by hand or by another implementation, and the wording that follows from them."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from delaysnn.report.claims import (
    NONE_DETECTED,
    Difference,
    compare_folds,
    compare_means,
    compare_samples,
    share_interval,
)

DOCS = Path(__file__).parents[2] / "docs"


def answers(both, first, second, neither):
    """Two networks' answers to as many samples of each kind, bool [sample]."""
    counts = [both, first, second, neither]
    return np.repeat([True, True, False, False], counts), np.repeat([True, False, True, False], counts)


@pytest.mark.parametrize(("right", "samples"), [(0, 10), (7, 10), (377, 400), (400, 400)])
def test_a_share_has_wilsons_interval(right, samples):
    expected = stats.binomtest(right, samples).proportion_ci(method="wilson")
    assert share_interval(100 * right / samples, samples) == pytest.approx((100 * expected.low, 100 * expected.high))


def test_one_seed_has_the_interval_of_bonett_and_price():
    right, against = answers(70, 15, 5, 10)
    found = compare_samples(right[None], against[None], one_training=False)
    # (15 + 1) and (5 + 1) of 102: 9.8 points +- t(101) * 100 * sqrt((22 / 102 - (10 / 102)^2) / 101).
    half = stats.t.ppf(0.975, 101) * 100 * math.sqrt((22 / 102 - (10 / 102) ** 2) / 101)
    assert (found.mean, found.low, found.high) == pytest.approx((10.0, 1000 / 102 - half, 1000 / 102 + half))
    assert found.verdict == "better"
    # An exact McNemar test says the same of these 15 and 5.
    assert stats.binomtest(15, 20).pvalue < 0.05


def test_few_samples_that_differ_detect_nothing():
    right, against = answers(45, 4, 0, 1)
    assert stats.binomtest(4, 4).pvalue > 0.05
    assert compare_samples(right[None], against[None], one_training=False).verdict == NONE_DETECTED


@pytest.mark.parametrize(("one_training", "freedom_of_seeds"), [(True, 1), (False, 2)])
def test_seeds_and_samples_both_make_an_interval_wider(one_training, freedom_of_seeds):
    right, against = answers(70, 15, 5, 10)
    one = compare_samples(right[None], against[None], one_training)
    same = compare_samples(np.stack([right, right]), np.stack([against, against]), one_training)
    assert (same.low, same.high) == pytest.approx((one.low, one.high))
    # Of two seeds the second differs by 0: means 10 and 0, so a variance of 50, and each sample's mean is half.
    found = compare_samples(np.stack([right, right]), np.stack([against, right]), one_training)
    samples, seeds = 1e4 * (20 / 4 + 2 - 102 * (5 / 102) ** 2) / 101 / 102, 50 / 2
    half = math.hypot(*(stats.t.ppf(0.975, n) * v**0.5 for n, v in ((101, samples), (freedom_of_seeds, seeds))))
    assert (found.mean, found.high - found.low) == pytest.approx((5.0, 2 * half))
    assert found.verdict == NONE_DETECTED


def test_only_seeds_of_one_training_are_paired():
    right, against = answers(70, 15, 5, 10)
    seeds = np.stack([right, against]), np.stack([against, right])
    # Both networks' means over samples are 85 and 75 %, in either order.
    paired, apart = (compare_samples(*seeds, one_training) for one_training in (True, False))
    assert paired.high > apart.high
    alike = compare_samples(seeds[0], seeds[0], one_training=True)
    assert alike.high < compare_samples(seeds[0], seeds[0], one_training=False).high


@pytest.mark.parametrize("luck", [0.05, 0.2, 0.4])
@pytest.mark.parametrize("seeds", [2, 3])
@pytest.mark.parametrize("one_training", [True, False])
def test_the_interval_holds_the_truth_as_often_as_it_says(one_training, seeds, luck):
    """Both networks are equally good; samples are more or less difficult, what is trained more or less lucky."""
    random, repetitions, held = np.random.default_rng(1), 400, 0
    for _ in range(repetitions):
        luckier = random.normal(0, luck, (2, seeds, 1))
        if one_training:
            luckier = luckier + random.normal(0, 1, (seeds, 1))
        first, second = random.normal(1.5, 2, 400) + luckier + random.normal(0, 1, (2, seeds, 400)) > 0
        found = compare_samples(first, second, one_training)
        held += found.low <= 0 <= found.high
    # The standard error of a share of 0.95 over the repetitions is 0.011.
    assert held >= 0.93 * repetitions


FIRST, SECOND = np.array([80.0, 70.0, 75.0, 90.0, 68.0]), np.array([78.0, 71.0, 70.0, 85.0, 66.0])


def widened(interval, mean, ratio):
    """An interval over five values, for folds of so many test samples a training sample."""
    return [mean + (bound - mean) * math.sqrt(1 + 5 * ratio) for bound in (interval.low, interval.high)]


@pytest.mark.parametrize("ratio", [0, 2 / 7])
def test_folds_have_the_paired_t_interval_corrected_for_shared_training(ratio):
    expected = widened(stats.ttest_rel(FIRST, SECOND).confidence_interval(), (FIRST - SECOND).mean(), ratio)
    found = compare_folds(FIRST, SECOND, ratio)
    assert (found.low, found.high) == pytest.approx(expected)
    assert math.isnan(compare_folds(FIRST[:1], SECOND[:1], ratio).low)


def test_five_folds_of_shared_training_hold_the_truth_as_often_as_they_say():
    """What training has in common makes folds alike, by Nadeau and Bengio's correlation of 2 / (2 + 7)."""
    random, alike = np.random.default_rng(1), 2 / 9
    differences = random.normal(0, alike**0.5, (2000, 1)) + random.normal(0, (1 - alike) ** 0.5, (2000, 5))

    def held(ratio):
        found = (compare_folds(each, np.zeros(5), ratio) for each in differences)
        return np.mean([each.low <= 0 <= each.high for each in found])

    assert held(0) < 0.9 < 0.94 < held(2 / 7) < 0.96


def compare_unpaired(first, second, number, ratio):
    """Two means and deviations over ``number`` values each that are not at hand: Welch's t interval, as if unpaired."""
    variances = [deviation**2 for _, deviation in (first, second)]
    freedom = sum(variances) ** 2 * (number - 1) / sum(variance**2 for variance in variances)
    half = stats.t.ppf(0.975, freedom) * math.sqrt(sum(variances) * (1 / number + ratio))
    mean = first[0] - second[0]
    return Difference(mean, mean - half, mean + half)


@pytest.mark.parametrize("ratio", [0, 2 / 7])
def test_means_alone_are_compared_as_unpaired(ratio):
    expected = stats.ttest_ind(FIRST, SECOND, equal_var=False).confidence_interval()
    first, second = ((values.mean(), values.std(ddof=1)) for values in (FIRST, SECOND))
    found = compare_unpaired(first, second, 5, ratio)
    assert [found.low, found.high] == pytest.approx(widened(expected, (FIRST - SECOND).mean(), ratio))


def test_the_wording_follows_from_the_interval():
    assert str(Difference(7.4, 3.2, 11.6)) == "7.4 points better (95 % interval +3.2 to +11.6)"
    assert str(Difference(-7.4, -11.6, -3.2)) == "7.4 points worse (95 % interval -11.6 to -3.2)"
    assert str(Difference(7.4, -0.1, 14.9)) == "no difference detected (+7.4 points, 95 % interval -0.1 to +14.9)"
    assert str(Difference(7.4, math.nan, math.nan)) == "no difference detected (+7.4 points, measured once)"


# Means and deviations of docs/ablations.md in percent, of two seeds or of five folds that test two of ten speakers
# and train on seven.
CLAIMED = [
    *(
        compare_unpaired(*values, 5, 2 / 7)
        for values in (
            ((72.4, 5.4), (61.7, 6.8)),
            ((72.4, 5.4), (57.8, 10.9)),
            ((72.4, 5.4), (36.8, 3.9)),
            ((72.4, 5.4), (70.2, 6.4)),
            ((74.8, 5.0), (72.4, 5.4)),
            ((74.4, 5.8), (72.4, 5.4)),
            ((79.9, 5.4), (74.4, 5.8)),
        )
    ),
    compare_means(2.0, 2.5, 5, 2 / 7),
    # Rows of table `comparisons`, paired over samples and seeds.
    Difference(8.375, -3.22296, 19.8896),
    Difference(7.125, 1.22849, 12.9506),
    compare_unpaired((93.5, 1.8), (94.8, 0.7), 2, 0),
    compare_unpaired((94.9, 1.2), (95.4, 1.9), 2, 0),
]
SHARED = {"48": (0.24, 0.233), "24": (-0.43, 0.163), "both": (-0.09, 0.195)}


def documented():
    return " ".join((DOCS / "ablations.md").read_text().split())


@pytest.mark.parametrize("difference", CLAIMED, ids=str)
def test_the_documentation_claims_what_its_intervals_allow(difference):
    assert str(difference) in documented()


def test_the_documentation_says_what_shared_decays_cost():
    """Means and deviations are over four folds that test two of eight speakers and train on five."""
    found = {of: compare_means(*values, 4, 2 / 5) for of, values in SHARED.items()}
    for of, difference in found.items():
        shown = f"{difference.mean:+.2f} ± {difference.high - difference.mean:.2f} points"
        assert re.search(rf"\| {of} \|[^\n]*\| {re.escape(shown)} \|", (DOCS / "ablations.md").read_text())
    assert [difference.verdict for difference in found.values()] == [NONE_DETECTED, "worse", NONE_DETECTED]
    worse = found["24"]
    assert f"{-worse.mean:.2f} points worse (95 % interval {worse.low:+.2f} to {worse.high:+.2f})" in documented()
    assert worse.low < -0.5
