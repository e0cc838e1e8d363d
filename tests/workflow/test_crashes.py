"""However a run ends, the next one carries on: no lock to remove, nothing half-written, no process left."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

import pytest
import yaml
from forked_runs import snakemake

from delaysnn.core.files import sha256

ROOT = Path(__file__).parents[2]
REDUCED = Path(__file__).parent / "reduced.yaml"
FEW_SAMPLES = {
    "speech": {"voices": 3, "takes": 1},
    "data": {"name": "spoken_digits", "validation_speakers": [1], "test_speakers": [2]},
}
TRAIN = "results/data/spoken_digits/train.npz"
CAPACITY = "results/metrics/capacity.json"


def hear_interrupts():
    """Take interrupts as at a terminal: what a shell starts in the background ignores them, and so do its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Run:
    """Snakemake in a session of its own, whose processes can be listed and killed together."""

    def __init__(self, folder, overlay, *targets):
        command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--directory", folder]
        command += ["--cores", "2", "--configfile", overlay, "--", *targets]
        screen, self.screen = tempfile.mkstemp(".txt", dir=folder.parent)
        self.screen = Path(self.screen)
        with os.fdopen(screen, "w") as screen:
            self.process = subprocess.Popen(
                command, stdout=screen, stderr=screen, start_new_session=True, preexec_fn=hear_interrupts
            )

    def wait(self, seconds=None):
        return self.process.wait(seconds), self.screen.read_text()

    def wait_for(self, text):
        until = time.monotonic() + 60
        while text not in self.said():
            assert self.process.poll() is None and time.monotonic() < until, self.screen.read_text()
            time.sleep(0.05)

    def said(self):
        """Return what stands on the screen, and what steps said in their logs."""
        logs = sorted((self.screen.parent / "run/logs").rglob("*.log"))
        return self.screen.read_text() + "".join(log.read_text() for log in logs)

    def processes(self):
        """Return the living processes of the session."""
        living = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                state, _, _, session, *_ = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(session) == self.process.pid and state not in "ZX":
                    living.append(int(entry.name))
        return living

    def kill(self):
        """Kill the whole tree at once, as a power cut does."""
        while living := self.processes():
            for process in living:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
        self.process.wait()


def run_undisturbed(folder, overlay, target):
    """Return the code of a run that nothing ends, and what it says."""
    run = snakemake(folder, "--cores", "2", "--configfile", overlay, "--", target)
    return run.returncode, run.stdout + run.stderr


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    return folder


@pytest.fixture
def few_samples(tmp_path):
    overlay = tmp_path / "few_samples.yaml"
    overlay.write_text(yaml.safe_dump(FEW_SAMPLES))
    return overlay


def working_in(folder):
    """Return the processes that work in a folder, whatever their session."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (entry / "cwd").readlink() == folder:
                found.append((entry / "cmdline").read_text())
    return found


def half_written(folder):
    return [path for path in folder.rglob(".*") if path.is_file() and ".snakemake" not in path.parts]


def test_after_a_kill_the_next_run_needs_no_hand_work(folder, few_samples):
    run = Run(folder, few_samples, TRAIN)
    run.wait_for("samples encoded")
    run.kill()
    code, screen = run_undisturbed(folder, few_samples, TRAIN)
    assert code == 0, screen
    assert (folder / TRAIN).exists() and not half_written(folder)


def test_a_second_run_at_once_is_refused_and_harms_nothing(folder, few_samples):
    first = Run(folder, few_samples, TRAIN)
    first.wait_for("getting the data")
    # So that it is at work however fast its job is.
    first.process.send_signal(signal.SIGSTOP)
    code, screen = run_undisturbed(folder, few_samples, CAPACITY)
    first.process.send_signal(signal.SIGCONT)
    assert code == 1
    assert f"Another run, process {first.process.pid}, works in {folder}." in screen
    code, screen = first.wait()
    assert code == 0, screen
    assert (folder / TRAIN).exists() and not (folder / CAPACITY).exists()


def remount(disk, options):
    subprocess.run(["mount", "-o", f"remount,{options}", disk], check=True)


@pytest.mark.parametrize(
    ("before", "after", "cause"),
    [("size=64K", "size=64M", "No space left on device"), ("ro", "rw,size=64M", "Read-only file system")],
    ids=["full", "read-only"],
)
def test_a_disk_that_cannot_be_written_is_named_and_the_next_run_carries_on(
    folder, few_samples, small_disk, before, after, cause
):
    results = small_disk(folder / "results", "1M")
    remount(results, before)
    code, screen = run_undisturbed(folder, few_samples, TRAIN)
    assert code == 1
    assert cause in screen and "results" in screen
    assert "Traceback" not in screen, screen
    assert not half_written(folder)
    remount(results, after)
    code, screen = run_undisturbed(folder, few_samples, TRAIN)
    assert code == 0, screen


def test_an_interrupt_ends_soon_and_leaves_nothing_half_written(folder, few_samples):
    run = Run(folder, few_samples, TRAIN)
    run.wait_for("samples encoded")
    os.killpg(run.process.pid, signal.SIGINT)
    code, screen = run.wait(30)
    assert code != 0, screen
    assert not run.processes() and not half_written(folder)
    assert not (folder / TRAIN).exists()
    code, screen = run_undisturbed(folder, few_samples, TRAIN)
    assert code == 0, screen


# Of a kill, in seconds from the start of a run; long enough for several jobs, short enough for twenty kills.
LONGEST_LIFE_S = 20
KILLS = 20


def finish(folder, overlay):
    code, screen = Run(folder, overlay, "all").wait()
    assert code == 0, screen[-4000:]
    return {path.name: sha256(path) for path in sorted((folder / "results/tables").glob("*.csv"))}


@pytest.mark.slow
def test_twenty_kills_change_no_byte_of_any_table(folder, tmp_path):
    (tmp_path / "undisturbed").mkdir()
    undisturbed = finish(tmp_path / "undisturbed", REDUCED)
    # Lava's environment takes longer to build than a run lives.
    (folder / ".envs").symlink_to(tmp_path / "undisturbed/.envs")
    random = Random(1)
    for _ in range(KILLS):
        run = Run(folder, REDUCED, "all")
        with contextlib.suppress(subprocess.TimeoutExpired):
            run.process.wait(random.uniform(1, LONGEST_LIFE_S))
        assert run.process.poll() is None, run.screen.read_text()[-4000:]
        run.kill()
        until = time.monotonic() + 5
        while at_work := working_in(folder):
            assert time.monotonic() < until, at_work
    assert finish(folder, REDUCED) == undisturbed
    assert len(undisturbed) > 10 and not half_written(folder)
