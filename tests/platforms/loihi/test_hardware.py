"""The choice between Loihi 2 and its simulation, by real Lava; no chip is here, so that side ends where chips begin.

Lava takes its extension for installed where it finds one module of it, so an empty one stands for what only members
of Intel's research community can install.
"""

import json
import os
import subprocess

import pytest
from test_deployment import WORKFLOW

CHOOSE = """
import json
from delaysnn.platforms.loihi.hardware import choose
platform = choose()
config = platform.run_config()
print(json.dumps([platform.name, platform.reason, type(config).__name__, config.select_tag]))
"""
CHIP = """
from delaysnn.platforms.loihi.hardware import LOIHI_2, Platform
config = Platform(LOIHI_2, "asked for").run_config()
print(type(config).__module__, type(config).__name__, config.select_tag)
"""


@pytest.fixture
def in_lava(lava):
    def run(code, *folders, **environment):
        path = os.pathsep.join(map(str, (WORKFLOW, *folders)))
        environment = {"PYTHONPATH": path, "PATH": os.environ["PATH"]} | environment
        done = subprocess.run([lava, "-c", code], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def extension(tmp_path):
    (tmp_path / "lava/utils").mkdir(parents=True)
    (tmp_path / "lava/utils/loihi2_profiler.py").touch()
    return tmp_path


def test_without_the_extension_it_simulates_and_says_why(in_lava):
    name, reason, *config = json.loads(in_lava(CHOOSE))
    assert (name, reason) == ("simulation", "Lava's extension for Loihi 2 is not installed")
    assert config == ["Loihi2SimCfg", "fixed_pt"]


def test_with_the_extension_but_no_board_it_simulates_and_says_why(in_lava, extension):
    sinfo = extension / "sinfo"
    sinfo.write_text("#!/bin/sh\nexit 1\n")
    sinfo.chmod(0o755)
    name, reason, *config = json.loads(in_lava(CHOOSE, extension, PATH=str(extension)))
    assert (name, reason) == ("simulation", "neither NXSDKHOST names a host of Loihi 2 nor does Slurm answer")
    assert config == ["Loihi2SimCfg", "fixed_pt"]


@pytest.mark.parametrize(
    ("environment", "word"),
    [
        ({"PATH": "/nowhere"}, "'sinfo'"),
        ({"PATH": "/nowhere", "NXSDKHOST": "no.such.host.invalid"}, "'ping'"),
        ({"NXSDKHOST": "no.such.host.invalid"}, "ping"),
        ({"LOIHI_GEN": "N4"}, "'N4'"),
    ],
)
def test_what_cannot_be_reached_is_simulated_and_named(in_lava, extension, environment, word):
    name, reason, *_ = json.loads(in_lava(CHOOSE, extension, **environment))
    assert name == "simulation"
    assert reason.startswith("Loihi 2 cannot be reached: ") and word in reason


def test_a_chip_takes_lavas_hardware_configuration(in_lava):
    assert in_lava(CHIP).split() == ["lava.magma.core.run_configs", "Loihi2HwCfg", "None"]
