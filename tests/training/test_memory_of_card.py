"""Where a GPU's memory is too small for a batch: here a layer has room for so many samples, on a GPU or none."""

from itertools import chain

import pytest
import torch
from small_training import SETTINGS
from test_training_on_card import DEVICE, GPU, PHASE, SPLITS, make_run, network, on_card, settings

from delaysnn.core.errors import InputError
from delaysnn.training.evaluate import trace
from delaysnn.training.general import General
from delaysnn.training.model import DelayNetwork
from delaysnn.training.optimise import fit_together

loop = pytest.importorskip("delaysnn.training.gpu.loop", reason="there is no Triton", exc_type=ImportError)
stack = pytest.importorskip("delaysnn.training.gpu.stack", exc_type=ImportError)

__all__ = ["on_card"]
BRIEF = PHASE.model_copy(update={"epochs": 1, "learning_rate": 0.005})


@pytest.fixture
def room(on_card, monkeypatch):
    """From now on train as on a GPU, in which a layer has room for so many samples of all networks."""

    def begin(samples):
        on_card()
        layer = stack.delayed_layer

        def limited(spikes, *rest, **named):
            if len(spikes) * spikes.shape[1] > samples:
                raise torch.OutOfMemoryError("tried to allocate 99 GiB")
            return layer(spikes, *rest, **named)

        monkeypatch.setattr(stack, "delayed_layer", limited)

    return begin


def train(folder, name, seeds):
    """Train networks side by side; return their histories and parameters."""
    training = settings(choose="final")
    models = [network(training, seed).to(DEVICE) for seed in seeds]
    histories = fit_together(models, [make_run(training, folder / f"{name}{seed}", seed) for seed in seeds], BRIEF)
    return histories, [value.detach().cpu() for model in models for value in model.parameters()]


def test_gradients_of_parts_add_up_to_that_of_the_batch(tmp_path, on_card):
    on_card()
    training = settings()
    models = [network(training, seed).to(DEVICE) for seed in (1, 2)]
    # Adam forgets how large gradients are, so they are compared themselves.
    card = loop.OnCard(models, [make_run(training, tmp_path / "a", seed) for seed in (1, 2)], PHASE)
    card._fill(card._draw(0))
    rows = [table[0] for table in loop._parts(card._tables)]
    counts = rows[1].sum(dim=1)
    whole = card._gradient(rows, counts)
    parts = [card._gradient([row[:, first : first + 5] for row in rows], counts) for first in range(0, 16, 5)]
    for expected, found in zip(whole, map(sum, zip(*parts, strict=True)), strict=True):
        assert expected.abs().max() > 1e-3 and torch.allclose(found, expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(("seeds", "whom"), [((1,), "of the network"), ((1, 3), "of each of 2 networks")])
def test_parts_of_a_batch_add_up_to_its_gradient_and_the_log_says_so_once(tmp_path, room, caplog, seeds, whom):
    room(10**6)
    expected, parameters = train(tmp_path, "whole", seeds)
    # Batches have 15 or 16 samples: 16, 8, and of four the last is of three or four.
    room(7 * len(seeds))
    caplog.set_level("INFO")
    found, halved = train(tmp_path, "halved", seeds)
    for size in (16, 8):
        said = f"too small for {size} samples {whom} at once: it takes {size // 2} at once, and adds up gradients"
        assert caplog.text.count(said) == 1
    assert caplog.text.count("too small for 8 samples") == 2 and caplog.text.count("without gradients") == 6
    share = 5e-2 if GPU else 1e-3
    for row, other in zip(chain(*found), chain(*expected), strict=True):
        assert row == pytest.approx(other, rel=share, abs=share)
    assert all(torch.allclose(a, b, atol=share) for a, b in zip(halved, parameters, strict=True))


def test_a_card_without_room_for_a_sample_says_what_to_set(tmp_path, room):
    room(1)
    with pytest.raises(InputError, match=r"one sample of each of 2 networks \(tried.* write training\.together: 1\."):
        train(tmp_path, "two", (1, 2))
    room(0)
    with pytest.raises(InputError, match=r"one sample of the network \(tried .* write training\.device: cpu\."):
        train(tmp_path, "one", (1,))


def test_a_batch_that_the_processor_makes_is_not_halved_but_the_samples_of_a_split_are(tmp_path, monkeypatch, caplog):
    whole = DelayNetwork.forward
    expected = trace(network(SETTINGS), SPLITS["validation"], {})

    def forward(model, batch, *rest):
        if len(batch.begin) > 15:
            raise torch.OutOfMemoryError("tried to allocate 99 GiB")
        return whole(model, batch, *rest)

    monkeypatch.setattr(DelayNetwork, "forward", forward)
    with pytest.raises(
        InputError, match=r"small for batches of 16 samples \(tried .*99 GiB\); lower training\.batch\."
    ):
        General(network(SETTINGS), make_run(SETTINGS, tmp_path / "a"), BRIEF).epoch(0, None)
    caplog.set_level("INFO")
    found = trace(network(SETTINGS), SPLITS["validation"], {})
    assert (found.predictions == expected.predictions).all() and caplog.text.count("without gradients") == 5
