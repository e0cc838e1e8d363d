"""Lava under supervision: however a run ends, it leaves no process, shared memory or temporary file behind.

Lava starts one operating system process for each Lava process, and they wait for one another without a limit. If one
fails, or a signal comes at the wrong moment, the others stay. So a run gets a process group, a name for its shared
memory and a folder for its files, and its supervisor ends all three. Processes are read from /proc, since psutil says
neither how another process's child ended nor which inodes a process has mapped.
"""

import contextlib
import json
import logging
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from multiprocessing import shared_memory
from pathlib import Path
from typing import Any

from delaysnn.core.errors import InputError
from delaysnn.core.files import disk_sentence
from delaysnn.platforms.loihi.shared_memory import SHARED_MEMORY, free_bytes

_SHARED_MEMORY = Path(SHARED_MEMORY)
_PROCESSES = Path("/proc")
_WATCHED = {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD}
# Far more than processes take to halt or to die.
_PATIENCE_S = 1.0
# How often somebody looks whether all of a run's processes live.
_LOOK_S = 0.5
_log = logging.getLogger(__name__)


def run_supervised(work: Callable[[], Any], timeout_s: float) -> Any:
    """Run ``work`` in processes of its own and return what it returns (anything that JSON holds, below 64 KB).

    Raises:
        InputError: ``work`` raised one, failed otherwise, lost a process, did not end in time, or SIGTERM or SIGINT
            came.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    try:
        with tempfile.TemporaryDirectory(prefix="lava") as folder:
            answer, reply = os.pipe()
            lifeline, hold = os.pipe()
            gate, opener = os.pipe()
            run = _fork(lambda: _run_apart(work, before, folder, reply, gate), answer, lifeline, hold, opener)
            os.setpgid(run, run)
            guard = _fork(lambda: _guard(lifeline, run, folder), answer, reply, hold, gate, opener)
            os.write(opener, b"!")
            for descriptor in (reply, lifeline, gate, opener):
                os.close(descriptor)
            try:
                ended_for = _wait(run, timeout_s)
            finally:
                _end(run)
                os.kill(guard, signal.SIGKILL)
                os.waitpid(run, 0)
                os.waitpid(guard, 0)
            os.close(hold)
            with os.fdopen(answer) as file:
                text = file.read()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    if ended_for is not None:
        raise InputError(ended_for)
    if not text:
        raise InputError("Lava ended without a result; its own message is above.")
    result = json.loads(text)
    if "error" in result:
        raise InputError(result["error"])
    return result["value"]


def _fork(main: Callable[[], None], *unused: int) -> int:
    """Start a process that closes the file descriptors it has no use for, does ``main`` and ends; return its id."""
    if child := os.fork():
        return child
    for descriptor in unused:
        os.close(descriptor)
    try:
        main()
    except BaseException:
        _log.exception("failed")
        os._exit(1)
    os._exit(0)


def _run_apart(work: Callable[[], Any], mask: set, folder: str, reply: int, gate: int) -> None:
    """Be the run: leader of a group, with shared memory and files that can be told from others'."""
    # A supervisor killed before the guard stands never opens the gate: nobody would end this run.
    if not os.read(gate, 1):
        shutil.rmtree(folder, ignore_errors=True)
        return
    # The supervisor does so too, whichever comes first.
    os.setpgid(0, 0)
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    tempfile.tempdir = folder
    # Python offers no other way to name the segments that a manager creates.
    shared_memory._SHM_NAME_PREFIX = f"/{_prefix(os.getpid())}"  # type: ignore[attr-defined]
    try:
        result = {"value": work()}
    except InputError as error:
        result = {"error": str(error)}
    except OSError as error:
        if (sentence := disk_sentence(error)) is None:
            raise
        result = {"error": sentence}
    os.write(reply, json.dumps(result).encode())


def _guard(lifeline: int, run: int, folder: str) -> None:
    """Outlive the supervisor: that its end of the pipe closes says that it was killed, so its work is done here."""
    os.setsid()
    os.read(lifeline, 1)
    _end(run)
    shutil.rmtree(folder, ignore_errors=True)


def _wait(run: int, timeout_s: float) -> str | None:
    """Return None when the run has ended, or in a sentence why it has to be: a signal, a lost process, the time."""
    until = time.monotonic() + timeout_s
    while (left := until - time.monotonic()) > 0:
        came = signal.sigtimedwait(_WATCHED, min(_LOOK_S, left))
        if came is None:
            if lost := _lost(run):
                return lost
        elif came.si_signo != signal.SIGCHLD:
            return f"Lava was stopped by {signal.Signals(came.si_signo).name}."
        # A child that is merely halted sends SIGCHLD too.
        elif os.waitid(os.P_PID, run, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return None
    return f"Lava did not end within {timeout_s:g} s; if it was still at work, raise loihi.timeout_s."


def _lost(run: int) -> str | None:
    """Return why the other processes of a run wait in vain: one was killed. Lava itself does not look."""
    for process, state in _states(run).items():
        if process == run or state not in "ZX":
            continue
        with contextlib.suppress(OSError):
            status = int((_PROCESSES / str(process) / "stat").read_text().rpartition(")")[2].split()[49])
            if os.WIFSIGNALED(status):
                number = signal.Signals(os.WTERMSIG(status))
                return f"A process of Lava was killed by {number.name}. {_advice(number)}"
    return None


def _advice(number: signal.Signals) -> str:
    if number == signal.SIGBUS:
        return (
            f"{SHARED_MEMORY} has {free_bytes() / 1e6:.1f} MB free and may be full; give it more, in docker by "
            "--shm-size=1g, or lower loihi.batch."
        )
    if number == signal.SIGKILL:
        return "The machine may be short of memory; lower loihi.batch, or run with fewer --cores."
    return "Run again; if it comes back, lower loihi.batch."


def _end(run: int) -> None:
    """Halt the run's processes, see what shared memory they hold, kill them and remove it.

    Two kinds are removed: segments by their name, also those that nobody holds any more, and what processes hold, by
    its inode, since a semaphore changes its name while the C library makes it.
    """
    os.killpg(run, signal.SIGSTOP)
    _until(lambda: set(_states(run).values()) <= set("TtZX"))
    held = set().union(*(_held(process) for process in _states(run)))
    os.killpg(run, signal.SIGKILL)
    _until(lambda: set(_states(run).values()) <= set("ZX"))
    for file in _SHARED_MEMORY.iterdir():
        with contextlib.suppress(FileNotFoundError):
            if file.name.startswith(_prefix(run)) or file.stat().st_ino in held:
                file.unlink()


def _until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE_S
    while not done() and time.monotonic() < end:
        time.sleep(0.01)


def _states(group: int) -> dict[int, str]:
    """Return the state of every process of a group, a letter each."""
    states = {}
    for entry in _PROCESSES.glob("[0-9]*"):
        try:
            # The name before may hold anything, even brackets; then come state, parent and group.
            state, _, own, *_ = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(own) == group:
            states[int(entry.name)] = state
    return states


def _held(process: int) -> set[int]:
    """Return the inodes of shared memory that a process has open or mapped."""
    folder, held, inside = _PROCESSES / str(process), set(), f"{_SHARED_MEMORY}/"
    # It may have ended meanwhile.
    with contextlib.suppress(OSError):
        # Addresses, rights, offset, device, inode, path.
        maps = (line.split(maxsplit=5) for line in (folder / "maps").read_text().splitlines())
        held |= {int(fields[4]) for fields in maps if fields[-1].startswith(inside)}
        held |= {link.stat().st_ino for link in (folder / "fd").iterdir() if str(link.readlink()).startswith(inside)}
    return held


def _prefix(run: int) -> str:
    # Eight of the fourteen letters that Python allows a segment.
    return f"lv{run:06x}"
