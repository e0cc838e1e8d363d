import os
import shlex
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.utils import min_version

from delaysnn.settings.raw import check_files
from delaysnn.core.errors import InputError
from delaysnn.core.files import remove_leftovers, sha256
from delaysnn.core.lock import hold
from delaysnn.core.environments import refuse_link
from delaysnn.core.metrics import read_json
from delaysnn.terminal.lines import tell_end, tell_other, tell_start
from delaysnn.terminal.pace import expect

min_version("9.0")


def from_here(path):
    """The path from the working folder where it lies in there, so that no job runs again for a folder that was moved."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


REPOSITORY = Path(str(workflow.current_basedir)).parent.parent
ROOT = from_here(REPOSITORY)


# Snakemake starts Python by this name in a shell, and quotes it nowhere. Once quoted, there is no such file.
if Path(sys.executable).exists():
    sys.executable = shlex.quote(sys.executable)
PYTHON = shlex.quote(str(from_here(Path(*shlex.split(sys.executable)))))


configfile: str(ROOT / "config/config.yaml")


try:
    # Here, since files that somebody added are looked at when it is imported.
    from delaysnn.settings.configuration import settle

    # Another workflow that uses this one has configuration files of its own.
    check_files([] if workflow.modifier.skip_configfile else workflow.configfiles, ROOT)
    SETTINGS = settle(config, ROOT)
except InputError as error:
    raise WorkflowError(str(error)) from None


# Values of training.device that need one; auto takes what is there.
GPUS = {"cuda", "mps"}


# Instead of Snakemake's own lock, which a kill leaves behind (profiles/default turns that off).
onstart:
    if workflow.is_main_process:
        global LOCK
        try:
            LOCK = hold(".")
            # Before a job starts, Snakemake deletes what it will make, through links, too.
            for file in (file for job in workflow.dag.needrun_jobs() for file in job.output):
                if Path(file).name == "ready":
                    refuse_link(Path(file).parent)
            # Nodes of a cluster have devices of their own; there the job looks.
            if workflow.local_exec and any(job.resources.get("gpu") for job in workflow.dag.needrun_jobs()):
                # Only here, since it takes seconds.
                from delaysnn.training.devices import find_device

                for device in GPUS & {each.device for each in (SETTINGS.training, *SETTINGS.recipes.values())}:
                    find_device(device)
        except InputError as error:
            raise WorkflowError(str(error)) from None
        remove_leftovers("results")
        # By the limit of jobs a second Snakemake looks for jobs again a second after each look, as long as some wait, and
        # each job that ends begins another such series. With a hundred jobs that takes a whole core.
        if workflow.local_exec:
            workflow.scheduler.job_rate_limiter = None
        announce()


onsuccess:
    if workflow.is_main_process:
        tell_results()


# Where the data come from, and their name in every path, table and figure.
SOURCE = SETTINGS.source
DATASET = SETTINGS.dataset
ROLES = SOURCE.roles_of(config)
NETWORKS = list(SETTINGS.networks)
DEPLOYED = SETTINGS.deployed
# A network is deployed on those platforms that run its neurons.
DEPLOYED_ON = {name: SETTINGS.deployed_on(name) for name in SETTINGS.platforms}
SEEDS = SETTINGS.seeds
BITS = SETTINGS.quantisation.bits

DATA = f"results/data/{DATASET}"
MODELS = f"results/models/{DATASET}/{{network}}/seed{{seed}}"
TRACES = f"results/traces/{DATASET}/{{network}}/seed{{seed}}"
METRICS = f"results/metrics/{DATASET}/{{network}}/seed{{seed}}"
LOGS = f"logs/{DATASET}/{{network}}/seed{{seed}}"


wildcard_constraints:
    network="|".join(NETWORKS),
    seed="|".join(map(str, SEEDS)),
    bits=r"\d+(-\d+)*",
    fold="|".join(map(str, range(len(SETTINGS.folds)))),
    split="train|validation|test",
