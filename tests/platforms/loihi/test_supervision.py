"""The moment of a supervised run that hardly any signal from outside hits."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

KILLED_BEFORE_THE_GUARD = """
import os, signal, sys, time
from pathlib import Path
from delaysnn.platforms.loihi import supervision

fork, forks = supervision._fork, []

def fork_once(*arguments):
    if forks:
        os.kill(os.getpid(), signal.SIGKILL)
    forks.append(fork(*arguments))
    return forks[-1]

def work():
    Path(sys.argv[1], "started").touch()
    time.sleep(60)

supervision._fork = fork_once
supervision.run_supervised(work, 60)
"""


def test_a_kill_before_the_guard_stands_keeps_the_work_from_starting(tmp_path):
    command = [sys.executable, "-c", KILLED_BEFORE_THE_GUARD, tmp_path]
    temporary = Path(tempfile.mkdtemp(dir=tmp_path))
    environment = dict(os.environ, TMPDIR=str(temporary))
    done = subprocess.run(command, env=environment, timeout=30, check=False)
    assert done.returncode == -9
    # The run's process holds this word on its command line as long as it is there.
    end = time.monotonic() + 3
    while time.monotonic() < end and running(str(tmp_path)):
        time.sleep(0.05)
    assert not running(str(tmp_path))
    assert not (tmp_path / "started").exists()
    assert list(temporary.iterdir()) == []


def running(word):
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            found += [entry] * (word.encode() in (entry / "cmdline").read_bytes())
        except OSError:
            continue
    return found


FULL_DISK = """
from delaysnn.core.errors import InputError
from delaysnn.platforms.loihi.supervision import run_supervised

def work():
    with open("/dev/full", "w") as file:
        file.write("spikes")

try:
    run_supervised(work, 60)
except InputError as error:
    print(error)
"""


def test_a_disk_that_is_full_is_named():
    done = subprocess.run([sys.executable, "-c", FULL_DISK], capture_output=True, text=True, timeout=30, check=False)
    assert "No space left on device; free or unlock the disk" in done.stdout
    assert "Traceback" not in done.stderr
