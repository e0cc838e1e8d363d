import time
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from delaysnn.core.dataset import Dataset, write_dataset
from delaysnn.core.errors import InputError
from delaysnn.data.binning import bin_events
from delaysnn.data.events import Events, read_events, write_events


def samples(*times_and_units):
    times, units = zip(*times_and_units, strict=True)
    return Events.from_samples(times, units, [0] * len(times), [0] * len(times), ["a"], 700)


@settings(deadline=None)  # the first call compiles
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 2799), st.integers(0, 699)), min_size=1, max_size=30),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from([1, 2, 64, 100]),
)
def test_each_spike_is_in_the_step_its_time_belongs_to(recorded, n_steps):
    # Times in steps of 0.5 ms; SHD stores them as half precision, so the stored value is the one that counts.
    events = samples(*[([t / 2000 for t, _ in sample], [u for _, u in sample]) for sample in recorded])
    duration = Fraction(7, 5)
    # Whoever gives starts of steps alone means those.
    assume(not np.isin(events.times, (np.arange(n_steps + 1) * 1.4 / n_steps).astype(np.float16)).all())
    binned = bin_events(events, n_steps, 1.4)
    dense = np.zeros((n_steps, len(recorded), 700), np.uint8)
    outside = 0
    for sample in range(len(recorded)):
        own = slice(events.offsets[sample], events.offsets[sample + 1])
        for moment, unit in zip(events.times[own], events.units[own], strict=True):
            step = int(Fraction(float(moment)) * n_steps / duration)
            if step < n_steps:
                dense[step, sample, unit] = 1
            else:
                outside += 1
    assert (binned.spikes.dense() == dense).all()
    assert binned.outside == outside


@settings(deadline=None)
@given(
    st.lists(st.floats(0, 1.375, width=16), min_size=1, max_size=40),
    st.sampled_from([10, 64, 100]),
    st.sampled_from([1, 2, 4, 8]),
    st.sampled_from([0.8, 1.0, 1.28, 1.4]),
)
def test_what_is_binned_finely_and_merged_is_what_is_binned_at_once(times, n_steps, substeps, duration):
    events = samples(
        (sorted(t for t in times if t < duration) or [0.0], [5] * max(1, sum(t < duration for t in times)))
    )
    at_once = bin_events(events, n_steps, duration).spikes
    finely = bin_events(events, n_steps * substeps, duration).spikes.coarser(substeps)
    assert (finely.dense() == at_once.dense()).all()


def test_the_last_spike_is_kept():
    binned = bin_events(samples(([0.0, 1.399], [1, 2])), 64, 1.4)
    assert binned.spikes.steps.tolist() == [0, 63]


def timed(*samples_of_times, dtype=np.float64):
    times = [np.array(sample, dtype) for sample in samples_of_times]
    offsets = np.cumsum([0, *map(len, times)])
    ones = np.zeros(len(times), int)
    return Events(offsets, np.concatenate(times), np.zeros(offsets[-1], int), ones, ones, (), 700)


@pytest.mark.parametrize(
    ("times", "duration", "message"),
    [
        ([[0.1, 0.9]], 0.5, r"1 of 2 spikes come at 0.5 s .*data.duration_s.* the last at 0.900 s. Make"),
        ([[0.1, 1.0]], 1.0, "1 of 2 spikes come at 1.0 s .* or later"),
        ([[100.5, 899.25]], 1.0, "899.250 s. Times must be seconds, are these milliseconds"),
        ([[100.5, 899997.25]], 1.0, "Times must be seconds, are these microseconds"),
        ([[0.5, 6.25e8]], 1.0, "Times must be seconds, are these nanoseconds"),
        ([[0.0, 0.5], [12.25, 13.0]], 1.0, "each sample's own start, but sample 1 begins at 12.250 s"),
        ([[0.0, 0.5], [158.25, 158.875]], 1.0, "each sample's own start, but sample 1 begins at 158.250 s"),
        ([[0.0, 0.5], [158.25, 159.75]], 1.0, "each sample's own start, but sample 1 begins at 158.250 s"),
        ([[0.0, 500.5], [158000.25, 158900.5]], 1.0, "are these milliseconds"),
        ([[0.0, 7.5]], 1.0, "7.500 s. Make data.duration_s longer"),
    ],
)
def test_times_outside_the_window_are_refused_with_their_likely_cause(times, duration, message):
    with pytest.raises(InputError, match=rf"^in/samples.h5: .*{message}"):
        bin_events(timed(*times), 64, duration, "in/samples.h5")


def test_a_window_that_is_no_seconds_is_said(caplog):
    bin_events(timed([0.1, 0.9]), 64, 45.0)
    assert not caplog.messages
    bin_events(timed([0.1, 0.9]), 64, 1000.0, "in/samples.h5")
    assert caplog.messages == [
        "in/samples.h5: the last spike comes at 0.9 s, but the steps cover 1000 s; data.duration_s is in seconds"
    ]


def test_one_spike_in_a_hundred_may_come_later_and_no_more():
    for count in (100, 700, 2900):
        late = count // 100
        times = [0.3] * (count - late) + [1.5] * late
        assert bin_events(timed(times), 64, 1.0).outside == late
        with pytest.raises(InputError, match=f"{late + 1} of {count} spikes"):
            bin_events(timed([*times[1:], 1.5]), 64, 1.0)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize(("n_steps", "duration"), [(64, 0.8), (100, 1.0), (100, 1.4), (70, 0.7)])
@pytest.mark.parametrize("substeps", [1, 4])
def test_spikes_at_the_very_start_of_a_step_belong_to_it_in_every_precision(dtype, n_steps, duration, substeps):
    for starts in (np.arange(n_steps) * duration / n_steps, np.arange(n_steps) * (duration / n_steps)):
        binned = bin_events(timed(starts, dtype=dtype), n_steps * substeps, duration)
        assert binned.spikes.coarser(substeps).steps.tolist() == list(range(n_steps))


@given(st.lists(st.floats(0, 1.5, width=32), min_size=1, max_size=20))
def test_times_of_any_precision_are_binned_alike(times):
    times = np.sort(np.array(times, np.float64))
    events = Events(
        np.array([0, len(times)]), times, np.zeros(len(times), int), np.zeros(1, int), np.zeros(1, int), (), 700
    )
    binned = bin_events(events, 7, 1.75)
    steps = [int(Fraction(moment) * 7 / Fraction(7, 4)) for moment in times.tolist()]
    assert binned.spikes.steps.tolist() == sorted(set(steps))


def test_two_thousand_samples_a_second_are_read_binned_and_written(tmp_path):
    random = np.random.default_rng(1)
    times = [np.sort(random.uniform(0, 1, 7500)) for _ in range(1000)]
    units = [random.integers(0, 700, 7500) for _ in range(1000)]
    write_events(tmp_path / "a.h5", Events.from_samples(times, units, [0] * 1000, [0] * 1000, ["a"], 700))
    bin_events(samples(([0.1], [1])), 64, 1.4)  # compiles
    start = time.process_time()  # of this process alone, whatever else the machine does
    events = read_events(tmp_path / "a.h5", 700)
    spikes = bin_events(events, 64, 1.4).spikes
    write_dataset(tmp_path / "a.npz", Dataset(spikes, events.labels, events.speakers, "a", 1, 1.4 / 64))
    assert len(events) / (time.process_time() - start) > 2000
