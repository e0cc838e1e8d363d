"""What a run says at a terminal."""

import io
import re

import pytest

from delaysnn.terminal.lines import SILENCE_S, Lines, tell_end, tell_other, tell_start
from delaysnn.terminal.pace import Pace, expect
from delaysnn.terminal.words import name_step, span

COUNTS = {"fetch_data": 1, "train_network": 4, "table_energy": 1}


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def run():
    """Lines of a run, its clock, and what was written since it was last asked."""
    stream, clock = io.StringIO(), Clock()
    lines = Lines(stream, clock)

    def written():
        text = stream.getvalue()
        stream.seek(0)
        stream.truncate()
        return [re.sub(r"^\d\d:\d\d:\d\d ", "", line) for line in text.splitlines()]

    lines.begin(COUNTS)
    yield lines, clock, written
    lines.end()


def test_a_step_that_matters_is_a_line_with_network_seed_and_total(run):
    lines, _, written = run
    lines.start(1, "train_network", {"network": "48ax", "seed": "2"})
    lines.start(2, "table_energy", {})
    assert written() == ["training: network 48ax, seed 2 (1 of 4); 0 of 6 steps done"]


def test_time_left_is_told_once_it_can_be_known_and_not_before(run):
    lines, clock, written = run
    lines.start(1, "fetch_data", {})
    clock.now += 40
    lines.finish(1)
    for seed in (1, 2):
        lines.start(seed + 1, "train_network", {"network": "48", "seed": str(seed)})
        clock.now += 60
        lines.finish(seed + 1)
    first, before, after = written()
    assert first == "getting the data; 0 of 6 steps done"
    assert before == "training: network 48, seed 1 (1 of 4); 1 of 6 steps done"
    # Two more trainings of a minute behind the one that begins, and a table of a second.
    assert after == "training: network 48, seed 2 (2 of 4); 2 of 6 steps done, about 3 minutes left"


def test_what_runs_beside_each_other_takes_half_as_long():
    pace = Pace({"train_network": 6})
    for job in (1, 2):
        pace.start(job, "train_network", 0)
    for job in (1, 2):
        pace.finish(job, 100)
    assert pace.left(100) == 200


def test_a_rule_that_was_not_done_takes_as_much_longer_as_others_that_train():
    pace = Pace({"train_network": 1, "prune_delays": 1})
    pace.start(1, "train_network", 0)
    pace.finish(1, 170)
    assert pace.left(170) == pytest.approx(90)


def test_no_minute_is_silent(run):
    lines, clock, written = run
    lines.start(1, "simulate_rtl", {})
    written()
    clock.now += SILENCE_S - 1
    lines.beat()
    assert written() == []
    clock.now += 1
    lines.beat()
    lines.beat()
    assert written() == ["running: simulating the delay queue's Verilog, for 40 seconds; 0 of 6 steps done"]


def test_a_rule_that_nobody_described_is_called_as_it_is():
    assert name_step("grind_beans", {"cup": "3", "network": "48"}) == "grind beans: network 48, cup 3"


def test_a_step_of_several_seeds_names_network_fold_and_seeds(run):
    files = [f"results/metrics/mine/tiny/seed{seed}/fold0.json" for seed in (1, 2, 11)]
    wildcards = {"network": "tiny", "fold": "0"}
    assert name_step("train_fold_together0", wildcards, files) == (
        "training a fold: network tiny, fold 0, seeds 1, 2 and 11"
    )
    lines, _, written = run
    lines.begin({"train_fold_together0": 1})
    lines.start(1, "train_fold_together0", wildcards, files[:2])
    assert written() == ["training a fold: network tiny, fold 0, seeds 1 and 2; 0 of 1 steps done"]


def test_a_step_of_all_networks_names_none():
    files = [f"results/metrics/mine/{name}/seed1/neurobench.json" for name in ("48", "24")]
    assert name_step("count_neurobench", {}, files) == "count neurobench"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1, "5 seconds"), (62, "60 seconds"), (200, "3 minutes"), (6000, "1.7 hours"), (40000, "11 hours")],
)
def test_times_are_said_as_people_say_them(seconds, text):
    assert span(seconds) == text


def test_the_first_line_names_data_and_time():
    assert tell_start("spoken_digits", 8, 2, COUNTS, 500, 2) == (
        "Data: spoken digits. 8 networks, 2 seeds each: 6 steps, 4 of them for training, about 8 minutes on 2 cores. "
        "Logs of all steps are in logs/."
    )
    unknown = tell_start("mine", 1, 1, COUNTS, None, None)
    assert "1 network, 1 seed each: 6 steps, 4 of them for training, the time left is shown once" in unknown


def test_training_on_more_takes_longer_and_a_download_does_not():
    assert expect(COUNTS, 10, 1) - expect(COUNTS, 1, 1) == pytest.approx(9 * 4 * 17)
    assert expect(COUNTS, 1, 2) == expect(COUNTS, 1, 1) / 2


def test_results_of_other_data_are_named_before_they_are_replaced():
    text = tell_other("spoken_digits", "shd")
    assert text.startswith(
        "results/ holds tables, figures and a report of shd. This run replaces them with those of spoken digits"
    )


def test_the_end_has_the_report_the_answers_and_what_to_run_next():
    text = tell_end("results/report.html", {"What does SCDQ save?": "Energy: 69 % less."}, 500, "spoken_digits")
    assert text.startswith("Done after 8 minutes. Open results/report.html.")
    assert "  What does SCDQ save?\n    Energy: 69 % less.\n" in text
    assert "make paper" in text and "make paper" not in tell_end("a", {}, 1, "shd")
