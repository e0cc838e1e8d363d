"""The same tables from a Slurm cluster as from this machine."""

import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import page
import pytest

from delaysnn.core.files import sha256
from delaysnn.report.tidy import read_table

ROOT = Path(__file__).parents[2]
REDUCED = Path(__file__).parent / "reduced.yaml"
# Jobs forget any other place that their environment names.
SETTINGS = Path("/etc/slurm/slurm.conf")
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue")

CONFIGURATION = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
SlurmdPort={node}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
SlurmUser=root
SlurmdUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
MinJobAge=3600
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} RealMemory=8000 State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def slurm(tmp_path_factory):
    """A Slurm of one node on loopback."""
    if SETTINGS.exists():
        pytest.skip(f"Slurm is not tested: this machine has one of its own, {SETTINGS}")
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing or os.geteuid():
        message = (
            f"Slurm is not tested: it needs the rights of root and Debian's slurm-wlm and munge ({missing} missing)"
        )
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    folder = tmp_path_factory.mktemp("slurm")
    for name in ("state", "spool"):
        (folder / name).mkdir()
    key = folder / "munge.key"
    key.write_bytes(os.urandom(128))
    key.chmod(0o600)
    text = CONFIGURATION.format(
        host=socket.gethostname(), folder=folder, controller=free_port(), node=free_port(), cores=os.cpu_count()
    )
    SETTINGS.write_text(text)
    files = {"key-file": key, "socket": folder / "munge.socket", "pid-file": folder / "munge.pid"}
    files |= {"log-file": folder / "munge.log", "seed-file": folder / "munge.seed"}
    munge = ["munged", "--foreground", "--force", *(f"--{name}={path}" for name, path in files.items())]
    daemons = []
    try:
        for command in (munge, ["slurmctld", "-D"], ["slurmd", "-D"]):
            log = (folder / f"{command[0]}.screen").open("w")
            daemons.append(subprocess.Popen(command, stdout=log, stderr=log))
            time.sleep(1)
        wait_for_node(folder)
        yield
    finally:
        SETTINGS.unlink()
        for daemon in reversed(daemons):
            daemon.terminate()
            daemon.wait(30)


def wait_for_node(folder):
    until = time.monotonic() + 30
    command = ["sinfo", "--noheader", "--format=%t"]
    while "idle" not in (state := subprocess.run(command, capture_output=True, text=True).stdout):
        logs = "\n".join(path.read_text()[-2000:] for path in folder.glob("*.log"))
        assert time.monotonic() < until, f"the node is {state!r}\n{logs}"
        time.sleep(0.5)


def snakemake(folder, *arguments):
    command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--directory", folder]
    command += ["--configfile", REDUCED, *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-4000:]


def tables(folder):
    return {path.name: sha256(path) for path in sorted((folder / "results/tables").glob("*.csv"))}


# Without accounting only squeue answers, and one node has fewer cores and less memory than the profile asks for.
CLUSTER = ["--profile", ROOT / "profiles/slurm", "--set-threads", "fetch_data=2"]
CLUSTER += ["--slurm-status-command", "squeue", "--slurm-init-seconds-before-status-checks", "2"]
CLUSTER += ["--seconds-between-status-checks", "2", "--latency-wait", "5"]
CLUSTER += ["--default-resources", "mem_mb=1000", "runtime=60", "--"]


def test_a_job_runs_on_a_node(slurm, tmp_path):
    snakemake(tmp_path, *CLUSTER, "results/metrics/capacity.json")
    assert (tmp_path / "results/metrics/capacity.json").exists()
    assert "submitted with SLURM jobid" in next((tmp_path / ".snakemake/log").glob("*.log")).read_text()


@pytest.mark.slow
def test_the_page_on_clusters_is_followed(slurm, tmp_path):
    first, _ = page.blocks("cluster.md")
    make, snakemake_line = first.text.splitlines()
    # The environment is there.
    assert make == "make .venv/ready"
    program, *arguments = shlex.split(snakemake_line)
    profile, target = arguments[:2], arguments[2:]
    assert (program, profile, target) == (
        ".venv/bin/snakemake",
        ["--profile", "profiles/slurm"],
        ["results/tables/energy.csv"],
    )
    snakemake(tmp_path, *CLUSTER, *target)
    energy = read_table(tmp_path / "results/tables/energy.csv")
    assert {"energy", "latency", "memory"} <= set(energy["quantity"]) and {"counted", "calibrated"} == set(
        energy["how"]
    )


@pytest.mark.slow
def test_a_cluster_makes_the_same_tables(slurm, tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    snakemake(here, "--cores", "all")
    snakemake(there, *CLUSTER, "all")
    assert len(tables(here)) > 10
    assert tables(there) == tables(here)
