"""The shipped network and samples: small, readable, and with the shipped answers on the page of the first look."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import yaml

from delaysnn.core.errors import InputError
from delaysnn.demo.example import files_of, read_example
from delaysnn.demo.page import render_page, rows
from delaysnn.demo.run import run_example, run_queues
from delaysnn.platforms import registered
from delaysnn.platforms.constants import read_basis

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "examples/networks/48.safetensors"
CONFIG = yaml.safe_load((ROOT / "config/config.yaml").read_text())


def basis_of(name):
    constants, published = ROOT / f"config/hardware/{name}.yaml", ROOT / "config/published.yaml"
    return read_basis(constants, published, registered()[name].fitted, CONFIG.get(name))


@pytest.fixture(scope="module")
def example():
    return read_example(SHIPPED)


@pytest.fixture(scope="module")
def chips(example):
    return run_example(example, {name: basis_of(name) for name in ("loihi", "seneca")})


@pytest.fixture(scope="module")
def queues(example, chips):
    return run_queues(example, chips["loihi"].layers, 2048)


@pytest.fixture(scope="module")
def page(example, chips, queues):
    setups = {setup.name: setup for name in ("loihi", "seneca") for setup in registered()[name].setups}
    return render_page(example, chips, queues, setups)


def test_less_than_a_megabyte_is_shipped_and_its_licence_lies_beside(example):
    files = list(SHIPPED.parent.iterdir())
    assert {path.name for path in files} == {*(path.name for path in files_of(SHIPPED).values()), "LICENSE"}
    assert sum(path.stat().st_size for path in files) < 1e6
    assert "MIT" in (SHIPPED.parent / "LICENSE").read_text()
    assert (example.network.topology, example.network.bits) == ((700, 48, 48, 20), 8)
    assert len(example.samples) == 100 and example.samples.provenance


def test_its_answers_are_the_shipped_ones_and_most_are_right(example, chips):
    assert (chips["loihi"].answers == example.answers).all()
    assert min(chip.accuracy for chip in chips.values()) > 0.8


def test_other_answers_than_the_shipped_ones_are_no_demo(example):
    changed = replace(example, answers=(example.answers + 1) % 20)
    with pytest.raises(InputError, match="100 answers differ from the shipped ones"):
        run_example(changed, {"loihi": basis_of("loihi")})


def test_the_queue_delivers_what_the_equations_ask_for(example, chips, queues):
    assert queues.differences == 0
    # Each spike once for each of its axon's useful delays that is due within the sample.
    due = 0
    for layer, trains in zip(example.network.layers[1:], chips["loihi"].layers, strict=False):
        for delay, weights in zip(layer.delay_levels, layer.weights, strict=True):
            due += int((weights.any(axis=1)[trains.neurons] & (trains.steps + delay < 64)).sum())
    assert queues.deliveries == due


def test_the_page_stands_alone_and_shows_spikes_answer_and_energy(example, chips, queues, page):
    class Tags(HTMLParser):
        def __init__(self):
            super().__init__()
            self.found = []

        def handle_starttag(self, tag, attributes):
            self.found.append((tag, dict(attributes)))

    tags = Tags()
    tags.feed(page)
    # Nothing comes from elsewhere.
    assert not {"script", "link", "iframe"} & {tag for tag, _ in tags.found}
    (image,) = (given for tag, given in tags.found if tag == "img")
    assert image["src"].startswith("data:image/png;base64,") and len(page) < 300_000
    right = int((example.answers == example.samples.labels).sum())
    assert f"Loihi: {right} of 100 digits are right." in page
    text = " ".join(page.split())
    saved = re.findall(r"(counted|calibrated): ([\d.]+) µJ .*?, ([\d.]+) µJ .*?: (\d+) % less", text)
    assert {way for way, *_ in saved} == {"counted", "calibrated"}
    for way, *said in saved:
        energy = {c.platform: c.value for c in chips["seneca"].cells if (c.quantity, c.how) == ("energy", way)}
        hardware, software = energy["seneca_scdq"], energy["seneca_software"]
        assert np.allclose([*map(float, said)], [hardware, software, 100 * (1 - hardware / software)], rtol=0.02)


def test_ways_to_run_a_network_without_a_cost_have_no_row(chips):
    setups = {setup.name: setup for name in ("loihi", "seneca") for setup in registered()[name].setups}
    found = dict(rows(chips, setups))
    assert {"Loihi, 1 core", "Seneca with SCDQ", "Seneca, software queue"} <= set(found)
    assert all(set(values) != {"–"} for values in found.values())
