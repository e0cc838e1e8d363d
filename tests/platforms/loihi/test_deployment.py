"""The deployment's script in Lava's own environment, as the rule calls it, ended in every way a run can end."""

import contextlib
import os
import random
import re
import signal
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

import numpy as np
import pytest
from small_networks import quantised_network, with_features

from delaysnn.core.dataset import Dataset, write_dataset
from delaysnn.core.metrics import read_metrics
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.core.traces import Traces, decide, write_traces
from delaysnn.platforms.loihi.conversion import convert
from delaysnn.platforms.loihi.fixed_point import simulate
from delaysnn.platforms.loihi.integer_network import write_integer_network

INPUTS = ("network.npz", "test.npz", "reference.npz")
WORKFLOW = Path(__file__).parents[3] / "workflow"


class Run:
    """One call of the script; every process it starts carries a mark in its environment."""

    def __init__(self, python, folder, batch=4, stock_samples=8, timeout=100, output="lava.json"):
        self.folder, self.mark = folder, f"DELAYSNN_TEST={uuid.uuid4().hex}"
        # Sockets of Python's managers lie there, whose paths must be short.
        self.temporary = Path(tempfile.mkdtemp())
        self.segments_before = set(Path("/dev/shm").iterdir())
        command = [python, WORKFLOW / "scripts/deploy_loihi.py", "--code", "x"]
        for name, value in {
            "network": folder / "network.npz", "test": folder / "test.npz", "reference": folder / "reference.npz",
            "output": folder / output, "log": folder / "log",
            "batch": batch, "stock-samples": stock_samples, "timeout": timeout,
        }.items():  # fmt: skip
            command += [f"--{name}", str(value)]
        environment = dict([self.mark.split("=")], PYTHONPATH=str(WORKFLOW), TMPDIR=str(self.temporary))
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    @property
    def log(self):
        path = self.folder / "log"
        return path.read_text() if path.exists() else ""

    def until(self, words):
        """Wait for words in the log, or for so many processes."""
        end = time.monotonic() + 30
        while not (words in self.log if isinstance(words, str) else len(self.processes()) >= words):
            assert time.monotonic() < end and self.process.poll() is None, self.log
            time.sleep(0.02)

    def processes(self):
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                # A process that has ended but was not waited for has no environment.
                if self.mark.encode() in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
        return found

    def orphaned_segments(self):
        """Shared memory younger than the run that no process maps; Lava runs of others map theirs."""
        # Listed before the maps are read: what another run makes in between is not among them.
        young = set(Path("/dev/shm").iterdir()) - self.segments_before
        mapped = set()
        for maps in Path("/proc").glob("[0-9]*/maps"):
            with contextlib.suppress(OSError):
                mapped |= set(re.findall(r"/dev/shm/\S+", maps.read_text()))
        return [path for path in young if str(path) not in mapped]

    def end(self):
        """Wait for the end; return the exit status, having checked that nothing stays behind."""
        status = self.process.wait(timeout=30)
        end = time.monotonic() + 5
        while time.monotonic() < end and self.processes():
            time.sleep(0.05)
        assert self.processes() == []
        # Those of another run that was killed are nobody's, too, until it is cleared up. What this run left would stay.
        end = time.monotonic() + 30
        while time.monotonic() < end and self.orphaned_segments():
            time.sleep(0.05)
        assert self.orphaned_segments() == []
        assert list(self.folder.glob(".*")) == []
        self.temporary.rmdir()
        return status


@pytest.fixture
def run(lava, tmp_path):
    """Write a random network, eight samples and their reference; start the script on them."""
    spikes = SpikeTrains.from_dense(np.random.default_rng(1).random((30, 8, 20)) < 0.15)
    write_dataset(tmp_path / "test.npz", Dataset(spikes, np.zeros(8), np.zeros(8), "random", 4, 0.02))
    runs = []

    def start(altered=(), network=None, alter_potentials=None, **options):
        network = convert(network or quantised_network(), {})
        write_integer_network(tmp_path / "network.npz", network)
        done = simulate(network, spikes)
        layers, potentials = [layer.dense() for layer in done.layers], done.potentials
        for layer, step, sample, neuron in altered:
            layers[layer][step, sample, neuron] ^= 1
        if alter_potentials:
            potentials = alter_potentials(potentials)
        trains = tuple(SpikeTrains.from_dense(layer) for layer in layers)
        traces = Traces(trains, np.zeros(8), decide(trains[-1]), "loihi", potentials=potentials)
        write_traces(tmp_path / "reference.npz", traces)
        runs.append(Run(lava, tmp_path, **options))
        return runs[-1]

    yield start
    for each in runs:
        each.process.kill()


def test_no_spike_differs_in_either_graph(run):
    started = run()
    assert started.end() == 0, started.log
    details = read_metrics(started.folder / "lava.json").details
    batched, stock = details["equality"]
    assert (batched["comparison"], stock["comparison"]) == ("lava_batched", "lava_stock")
    for comparison in (batched, stock):
        assert (comparison["samples"], comparison["differences"]) == (8, 0)
        assert comparison["spikes"] > 500
        assert comparison["platform"] == "simulation"
    assert details["platform"] == {"name": "simulation", "reason": "Lava's extension for Loihi 2 is not installed"}
    assert "the stock graph runs on simulation: Lava's extension for Loihi 2 is not installed" in started.log


def test_a_spike_that_differs_is_named_and_fails_the_run(run):
    started = run(altered=[(1, 12, 5, 3)])
    assert started.end() == 1
    assert "in 1 spike of layer 1, first at neuron 3, step 12, sample 5." in started.log
    assert not (started.folder / "lava.json").exists()


BY_MEMBRANES = with_features(quantised_network(), "bias", "recurrent", "readout")


def test_no_spike_and_no_potential_differs_where_membranes_decide(run):
    started = run(network=BY_MEMBRANES, stock_samples=2)
    assert started.end() == 0, started.log
    details = read_metrics(started.folder / "lava.json").details
    assert [each["potentials"] for each in details["equality"]] == [8 * 30 * 4, 2 * 30 * 4]
    assert [each["differences"] for each in details["equality"]] == [0, 0]
    assert details["platform"] == {"name": "simulation", "reason": "potentials are read in simulation"}


def test_a_potential_that_differs_or_is_not_there_is_named_and_fails_the_run(run):
    def alter(potentials):
        potentials[5, 12, 3] += 1
        return potentials

    started = run(network=BY_MEMBRANES, alter_potentials=alter)
    assert started.end() == 1
    assert "in 1 potential of layer 2, first at neuron 3, step 12, sample 5." in started.log
    started = run(network=BY_MEMBRANES, alter_potentials=lambda _: None)
    assert started.end() == 1
    assert "reference.npz: has no potentials, but network tiny decides by largest_membrane; run again." in started.log


def test_a_hang_ends_in_time_and_says_what_to_change(run):
    started = run(timeout=5)
    started.until(words="4 of 8 samples")
    for number in started.processes():
        if number != started.process.pid:
            os.kill(number, signal.SIGSTOP)
    assert started.end() == 1
    assert "Lava did not end within 5 s" in started.log and "raise loihi.timeout_s" in started.log
    assert not (started.folder / "lava.json").exists()


def test_a_full_disk_is_named(run, small_disk, tmp_path):
    disk = small_disk(tmp_path / "full", "64K")
    (disk / "rest").write_bytes(bytes(65536))
    started = run(stock_samples=1, output="full/lava.json")
    assert started.end() == 1
    assert "No space left on device; free or unlock the disk" in started.log and "Traceback" not in started.log


@pytest.mark.parametrize(
    ("number", "words"),
    [(signal.SIGBUS, r"/dev/shm has [\d.]+ MB free and may be full"), (signal.SIGKILL, "short of memory; lower")],
)
def test_a_dead_process_ends_the_run_at_once_and_says_what_may_be_short(run, number, words):
    started = run()
    # In the stock graph; all others are halted, so that none ends meanwhile.
    started.until(words=16)
    *others, victim = sorted(process for process in started.processes() if process != started.process.pid)
    for process in others:
        os.kill(process, signal.SIGSTOP)
    os.kill(victim, number)
    assert started.end() == 1
    assert re.search(rf"A process of Lava was killed by {number.name}\. .*{words}", started.log)


@pytest.mark.parametrize(
    ("number", "moment"),
    [
        (signal.SIGTERM, 2),
        (signal.SIGTERM, 6),
        (signal.SIGTERM, "4 of 8 samples"),
        (signal.SIGTERM, "sample 0 equals"),
        (signal.SIGINT, 6),
        (signal.SIGKILL, 6),
        (signal.SIGKILL, "4 of 8 samples"),
    ],
)
def test_a_signal_at_any_moment_leaves_nothing_behind(run, number, moment):
    started = run()
    started.until(moment)
    started.process.send_signal(number)
    assert started.end() == (-signal.SIGKILL if number == signal.SIGKILL else 1)
    assert not (started.folder / "lava.json").exists()
    if number != signal.SIGKILL:
        assert started.log.endswith(f"Lava was stopped by {number.name}.\n")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_signal_at_random_moments_leaves_nothing_behind(run, number):
    start = time.monotonic()
    started = run(stock_samples=3)
    assert started.end() == 0, started.log
    lasting = time.monotonic() - start
    for moment in (random.uniform(0, lasting) for _ in range(6)):
        (started.folder / "lava.json").unlink(missing_ok=True)
        started = run(stock_samples=3)
        time.sleep(moment)
        started.process.send_signal(number)
        # Before it is ready to be stopped in good order, it ends by the signal; after all is done, as if none came.
        assert started.end() in (0, 1, -number), moment
        assert {path.name for path in started.folder.iterdir()} <= {*INPUTS, "log", "lava.json"}, moment
        if (started.folder / "lava.json").exists():
            equality = read_metrics(started.folder / "lava.json").details["equality"]
            assert [each["differences"] for each in equality] == [0, 0], moment
