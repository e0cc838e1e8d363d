"""Deployed networks' spikes go through RTL and gates; without a compiler that is skipped, except in CI."""

from pathlib import Path

import pytest

from delaysnn.core.errors import InputError
from delaysnn.core.traces import Traces, decide
from delaysnn.platforms.seneca.inference import infer
from delaysnn.queues.delays import queued, useful_delays
from delaysnn.queues.structures.scdq import run_queue
from delaysnn.queues.verilog.replay import replay


def test_networks_of_two_sizes_in_one_build(rtl, trace, smaller, monkeypatch):
    # As the rule names it: from the working folder, while the simulation works in another.
    monkeypatch.chdir(rtl.parent)
    rtl = Path(rtl.name)
    deployed, inputs = [], trace[1]
    for network, _ in (trace, smaller):
        layers = infer(network, inputs)
        deployed.append((network, Traces(layers, decide(layers[-1]), decide(layers[-1]), "seneca")))
    for (network, traces), compared in zip(deployed, replay(deployed, inputs, rtl, depth=64, samples=2), strict=True):
        due, waiting = 0, queued(network, inputs, traces.layers)
        for each in waiting:
            due += int(run_queue(each.spikes.select([0, 1]), useful_delays(each.layer), 64).deliveries.sum())
        assert due > 0
        assert compared["equality"] == [
            {"comparison": name, "samples": 2, "spikes": due, "differences": 0} for name in ("scdq_rtl", "scdq_gates")
        ]
        assert [queue["cycles_mean"] > 2 * 24 for queue in compared["queues"]] == [True] * len(waiting)
        # In the second network inputs wait, too, and spikes of the second layer that return to it.
        between = [queue["between"] for queue in compared["queues"]]
        assert ("inputs and layer 1" in between) == ("h1, h2 and layer 2" in between) == (network is smaller[0])


def test_a_missing_compiler_skips_except_in_ci(monkeypatch, tmp_path, trace):
    monkeypatch.setattr("delaysnn.queues.verilog.verilate.shutil.which", lambda tool: None)
    network, inputs = trace
    layers = infer(network, inputs)
    deployed = [(network, Traces(layers, decide(layers[-1]), decide(layers[-1]), "seneca"))]
    monkeypatch.delenv("CI", raising=False)
    [compared] = replay(deployed, inputs, tmp_path, depth=64, samples=1)
    assert compared["equality"] == [] and "install g++" in compared["skipped"]
    monkeypatch.setenv("CI", "1")
    with pytest.raises(InputError, match=r"install g\+\+"):
        replay(deployed, inputs, tmp_path, depth=64, samples=1)
