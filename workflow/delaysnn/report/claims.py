"""Claims about accuracies: an interval around each difference, and the wording that follows from it."""

from dataclasses import dataclass

import numpy as np

LEVEL = 0.95
NONE_DETECTED = "no difference detected"


@dataclass(frozen=True)
class Difference:
    """A difference of two means in percentage points, and its interval of :data:`LEVEL`.

    The bounds are NaN where nothing was repeated, so that no interval can be given.
    """

    mean: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """Return ``better``, ``worse``, or that no difference was detected.

        No difference was detected if the interval contains zero, or if there is no interval.
        """
        return "better" if self.low > 0 else "worse" if self.high < 0 else NONE_DETECTED

    def __str__(self) -> str:
        if np.isnan(self.low):
            return f"{NONE_DETECTED} ({self.mean:+.1f} points, measured once)"
        interval = f"{100 * LEVEL:.0f} % interval {self.low:+.1f} to {self.high:+.1f}"
        if self.verdict == NONE_DETECTED:
            return f"{NONE_DETECTED} ({self.mean:+.1f} points, {interval})"
        return f"{abs(self.mean):.1f} points {self.verdict} ({interval})"


def share_interval(percent: float, samples: int) -> tuple[float, float]:
    """Return the interval of :data:`LEVEL` of a share in percent, by the number of ``samples`` alone.

    It is Wilson's score interval (Wilson, J. Am. Stat. Assoc. 22, 1927). Several seeds that are tested on the same
    samples do not count as more samples.
    """
    # Takes a second, which every reading of the rules would.
    from scipy import stats

    share, z = percent / 100, stats.norm.ppf((1 + LEVEL) / 2)
    centre = share + z**2 / (2 * samples)
    half = z * np.sqrt(share * (1 - share) / samples + z**2 / (4 * samples**2))
    low, high = (100 * (centre + sign * half) / (1 + z**2 / samples) for sign in (-1, 1))
    return float(max(low, 0)), float(min(high, 100))


def compare_samples(right: np.ndarray, against: np.ndarray, one_training: bool) -> Difference:
    """Compare two networks that were tested on the same samples, paired over samples.

    Half the length of the interval is the root of the sum of two squares: half the t interval over samples (of means
    over seeds) and half the t interval over seeds (of means over samples). Each has its own degrees of freedom, so two
    seeds that agree by chance do not make the interval as narrow as many seeds would. As in an interval of Bonett and
    Price (J. Educ. Behav. Stat. 37, 2012), two samples are added, one that only this network gets right and one that
    only the other does; they keep a few differences from looking certain. With a single seed, the interval says nothing
    about other seeds.

    Args:
        right, against: bool [seed, sample]; whether each network was right.
        one_training: whether both go back to the same training of each seed, such as a network and its quantised form;
            then they are paired over seeds, too. Equal seeds of two different trainings are not a pair.
    """
    differences = 100 * (right.astype(float) - against)
    samples = np.append(differences.mean(axis=0), [100, -100])
    halves = [_half(samples.var(ddof=1) / len(samples), len(samples) - 1)]
    if len(differences) > 1:
        groups = [differences] if one_training else [100 * right, 100 * against]
        variance = sum(group.mean(axis=1).var(ddof=1) for group in groups) / len(differences)
        halves.append(_half(variance, len(groups) * (len(differences) - 1)))
    half = np.hypot.reduce(halves)
    return Difference(float(differences.mean()), float(samples.mean() - half), float(samples.mean() + half))


def _half(variance: float, freedom: float) -> float:
    """Return half of a mean's t interval of :data:`LEVEL` from the mean's variance."""
    from scipy import stats

    return float(stats.t.ppf((1 + LEVEL) / 2, freedom) * np.sqrt(variance))


def compare_folds(values: np.ndarray, against: np.ndarray, ratio: float) -> Difference:
    """Compare two networks over folds, paired, by the interval of :func:`compare_means`.

    Args:
        values, against: float [fold]; accuracy in percent.
        ratio: test samples of a fold over its training samples.
    """
    differences = np.asarray(values) - np.asarray(against)
    deviation = differences.std(ddof=1) if len(differences) > 1 else np.nan
    return compare_means(float(differences.mean()), float(deviation), len(differences), ratio)


def compare_means(mean: float, deviation: float, number: int, ratio: float) -> Difference:
    """Return the t interval of a mean difference in percentage points, from its deviation over ``number`` values.

    Folds share most of their training samples, so their values are not independent and the plain t interval is too
    narrow. The variance of their mean is the squared deviation times (1 / ``number`` + ``ratio``) (Nadeau and Bengio,
    Mach. Learn. 52, 2003).

    Args:
        mean, deviation: in percentage points, over ``number`` values.
        number: of values.
        ratio: test samples of a fold over its training samples; 0 where the values are independent.
    """
    if number < 2:
        return Difference(mean, np.nan, np.nan)
    half = _half(deviation**2 * (1 / number + ratio), number - 1)
    return Difference(mean, mean - half, mean + half)
