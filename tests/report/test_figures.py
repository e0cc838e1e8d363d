"""Figures show what their tables and traces hold, and come out the same byte for byte."""

import dataclasses
import json
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from PIL import Image
from small_networks import late_network, sharing_network

from delaysnn.core.arrays import write_npz
from delaysnn.core.files import sha256
from delaysnn.core.metrics import Cell, Metrics
from delaysnn.report.figures.baselines import draw_baselines
from delaysnn.report.figures.capacity import draw_capacity
from delaysnn.report.figures.card import draw_card
from delaysnn.report.figures.confusion import confusion_matrix, draw_confusion
from delaysnn.report.figures.density import draw_density
from delaysnn.report.figures.energy import draw_energy
from delaysnn.report.figures.energy_by_class import draw_energy_by_class
from delaysnn.report.figures.event_flow import draw_event_flow
from delaysnn.report.figures.filter import draw_filter
from delaysnn.report.figures.levels import draw_levels
from delaysnn.report.figures.mapping import draw_mapping
from delaysnn.report.figures.occupancy import draw_occupancy
from delaysnn.report.figures.quantisation import draw_quantisation
from delaysnn.report.figures.spikes import draw_spikes
from delaysnn.report.figures.training_speed import draw_training_speed
from delaysnn.report.figures.validation import draw_validation
from delaysnn.report.figures.weights import draw_weights, strongest_neuron
from delaysnn.report.style import new_figure, save_figure
from delaysnn.report.tables.baselines import BASELINES, baseline_metrics
from delaysnn.report.tables.capacity import capacity_table
from delaysnn.report.tables.levels import tabulate_levels
from delaysnn.report.tables.validation import validation_table


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


NAMED = {"class_names": ["null", "eins", "zwei", "drei"]}


def texts(figure):
    return " ".join(text.get_text() for text in figure.findobj(plt.Text))


def test_confusion_counts_each_sample_once(traces):
    shares = confusion_matrix([traces[0]], 4)
    assert shares.sum(axis=1).tolist() == [1, 1, 1, 1]
    assert shares[0, 1] == 0.5  # one of the two samples of class 0 is taken for class 1


def test_confusion_shows_matrix_and_accuracy_of_every_platform(traces):
    figure = draw_confusion(traces, NAMED, "spoken_digits", "48")
    panels = [axis for axis in figure.axes if axis.get_xlabel() == "decided class"]
    for axis, trace in zip(panels, traces, strict=True):
        drawn = np.asarray(axis.collections[0].get_array()).reshape(4, 4)
        assert (drawn == confusion_matrix([trace], 4)).all()
        assert f"{100 * trace.accuracy:.1f} %" in axis.get_title(loc="left")
    for labels in (panels[0].get_xticklabels(), panels[0].get_yticklabels()):
        assert [label.get_text() for label in labels] == NAMED["class_names"]
    assert "spoken digits" in texts(figure)


def test_classes_without_names_are_numbers(data, traces):
    panel = draw_confusion(traces, {}, "spoken_digits", "48").axes[0]
    assert [label.get_text() for label in panel.get_xticklabels()] == ["0", "1", "2", "3"]
    assert "sample 1: class 1" in texts(draw_spikes(data, {}, traces, "48"))


def test_spike_rasters_show_every_spike_of_the_sample(data, traces):
    figure = draw_spikes(data, NAMED, traces, "48")
    sample = 1  # the first that the first platform decides rightly
    axes = np.array(figure.axes).reshape(4, 3)
    for column, trace in enumerate(traces):
        for row, trains in enumerate([data.spikes, *trace.layers]):
            points = axes[row, column].collections[0].get_offsets()
            own = slice(*trains.offsets[sample : sample + 2])
            assert points[:, 0].tolist() == trains.steps[own].tolist()
            assert points[:, 1].tolist() == trains.neurons[own].tolist()
    assert "Loihi decides zwei" in texts(figure) and "test sample 1: eins" in texts(figure)


def test_an_output_whose_membranes_decide_has_no_row_of_spikes(data, traces):
    read = [dataclasses.replace(trace, scores=np.zeros((6, 4))) for trace in traces]
    figure = draw_spikes(data, NAMED, read, "mine")
    assert len(figure.axes) == 3 * 3 and "output" not in texts(figure)


def test_weights_show_the_strongest_neuron_and_hide_pruned_synapses(network):
    dense, pruned = network(6), network(3)
    figure = draw_weights(dense, pruned)
    neuron = strongest_neuron(pruned.layers[1])
    shown = [np.ma.asarray(axis.collections[0].get_array()) for axis in (figure.axes[0], figure.axes[1])]
    assert np.allclose(shown[0].reshape(8, 6), dense.layers[1].weights[:, :, neuron].T)
    assert shown[1].reshape(8, 6).mask.sum() == 24
    assert "24 of 48 synapses" in figure.axes[1].get_title(loc="left")


def test_weights_of_a_single_delay_behind_a_single_hidden_layer_are_drawn(network):
    first, second, _ = network(6).layers
    alone = dataclasses.replace(second, weights=second.weights[:1], delay_levels=second.delay_levels[:1])
    small = dataclasses.replace(network(6), layers=(first, alone))
    assert "of the output layer" in texts(draw_weights(small, small))


def test_quantisation_draws_the_table(tmp_path):
    rows = [("48", "loihi", bits, 70.0 + bits, 1.0) for bits in (8, 2, 4)]
    rows += [("48", "seneca", None, 79.0, 1.0), ("48", "pytorch", None, 80.0, 1.0)]
    table = pd.DataFrame(rows, columns=["network", "platform", "bits", "ours_mean", "ours_sd"])
    table = table.astype({"bits": "Int64"}).assign(quantity="accuracy", seeds=2, dataset="spoken_digits")
    axis = draw_quantisation(table).axes[0]
    drawn = [(list(line.get_xdata()), list(line.get_ydata())) for line in axis.lines if line.get_marker() == "o"]
    assert drawn == [([2, 4, 8], [72.0, 74.0, 78.0]), ([10], [79.0])]
    assert [label.get_text() for label in axis.get_xticklabels()] == ["2", "4", "8", "bfloat16"]


def test_capacity_draws_both_curves_and_the_published_tops():
    curves = [
        {"structure": structure, "neurons": n, "delay_levels": d, "events": factor * n * d}
        for structure, factor in (("shared_queue", 8.0), ("scdq", 2.0))
        for n in (8, 16)
        for d in (8, 16)
    ]
    tops = {"delay_levels_16_neurons_8": 1088, "neurons_16_delay_levels_8": 576}
    left, right = draw_capacity({"curves": curves}, {"capacity_references": {"figure_11_tops": tops}}).axes
    assert left.lines[1].get_ydata().tolist() == [2 * 8 * 8, 2 * 8 * 16]
    assert [axis.collections[0].get_offsets().tolist() for axis in (left, right)] == [[[16, 1088]], [[16, 576]]]


def test_capacity_table_holds_the_difference():
    about = {"platform": "loihi", "quantity": "scdq", "unit": "bit", "neurons": 1024, "delay_levels": 62}
    (row,) = capacity_table({"references": [about | {"published": 90.0, "ours": 100.0}]}).to_dict("records")
    assert (row["difference"], row["neurons"], row["delay_levels"]) == (10, 1024, 62)


def test_card_shows_a_sample_of_every_class_and_every_baseline(data):
    card = {"samples": 5, "voices": 2, "unseen": True}
    card |= {"counts_accuracy": 40.0, "gru_permuted_accuracy": 50.0, "gru_accuracy": 90.0}
    figure = draw_card(data, card)
    titles = [axis.get_title(loc="left") for axis in figure.subfigs[0].axes]
    assert [title for title in titles if title] == [f"class {label}" for label in np.unique(data.labels)]
    named = draw_card(data, card | NAMED).subfigs[0].axes
    assert [axis.get_title(loc="left") for axis in named][:4] == NAMED["class_names"]
    bars = figure.subfigs[1].axes[0].patches
    assert [bar.get_width() for bar in bars] == [card[key] for key in BASELINES]
    assert "unseen voices" in texts_in(figure) and "2 voices" in texts_in(figure)
    unknown = texts_in(draw_card(data, card | {"voices": None, "unseen": False}))
    assert "accuracy on the test samples (%)" in unknown and "voices" not in unknown


def texts_in(figure):
    return " ".join(text.get_text() for text in figure.findobj(Text))


def test_baselines_stand_beside_networks():
    card = {"dataset": "spoken_digits", "seed": 1, "test_samples": 400, **dict.fromkeys(BASELINES, 50.0)}
    rows = baseline_metrics(card | {"gru_accuracy": 90.0})
    assert {row.network: row.cells[0].value for row in rows} == {
        "spike counts": 50,
        "GRU, bins permuted": 50,
        "GRU": 90,
    }


def test_baselines_are_drawn_in_order_beside_their_weights():
    rows = [
        ("48", "parameters", 82560.0, 0.0),
        ("48", "accuracy", 86.0, 1.0),
        ("48random", "parameters", 82560.0, 0.0),
        ("48random", "accuracy", 80.0, 2.0),
        ("85recurrent", "parameters", 82875.0, 0.0),
        ("85recurrent", "accuracy", 83.0, 0.5),
        ("GRU", "accuracy", 90.0, np.nan),
    ]
    rows = [(*row, None) for row in rows] + [("48", "accuracy", 99.0, 1.0, "dense")]
    table = pd.DataFrame(rows, columns=["network", "quantity", "ours_mean", "ours_sd", "phase"])
    figure = draw_baselines(table.assign(seeds=2, dataset="spoken_digits"), ["48"])
    [axis] = figure.axes
    labels = [label.get_text() for label in axis.get_yticklabels()]
    assert labels == ["48random (82,560)", "85recurrent (82,875)", "48 (82,560)"]
    points = [container.lines[0].get_xdata().tolist() for container in axis.containers]
    assert points == [[86], [80, 83]]
    assert "spoken digits" in texts(figure)


def test_validation_draws_the_networks_that_were_left_out():
    rows = [
        {"network": network, "platform": platform, "quantity": "energy", "unit": "uJ", "published": 10.0}
        | {"ours": 10.0 + error, "error_pct": 10 * error, "how": how, "model": "mechanism"}
        for network, error in (("48", 1.0), ("24", -0.5))
        for platform in ("loihi_1core", "seneca_scdq")
        for how in ("fitted", "left_out")
    ]
    table = validation_table([{"rows": rows}])
    assert table["difference"].tolist() == [row["ours"] - 10.0 for row in rows]
    points = [points for points in draw_validation(table).axes[0].collections if len(points.get_offsets()) == 2]
    assert [points.get_offsets()[:, 0].tolist() for points in points] == [[10.0, 10.0], [-5.0, -5.0]]


def test_energy_draws_every_cell_and_what_is_published():
    units = {"energy": "uJ", "latency": "ms", "memory": "Mbit"}
    rows = [
        (network, platform, quantity, unit, height, 0.5, 2, "spoken_digits", 10.0 if network == "48" else None)
        for network in ("48", "24")
        for platform, height in (("loihi_1core", 1.0), ("seneca_scdq", 2.0), ("seneca_software", 3.0))
        for quantity, unit in units.items()
    ]
    columns = ["network", "platform", "quantity", "unit", "ours_mean", "ours_sd", "seeds", "dataset", "published"]
    calibrated = pd.DataFrame(rows, columns=columns).assign(how="calibrated", model_error_pct=5.0)
    counted = calibrated.assign(how="counted", ours_mean=0.5, model_error_pct=None)
    figure = draw_energy(pd.concat([calibrated, counted], ignore_index=True))
    for axis in figure.axes:
        assert [patch.get_height() for patch in axis.patches] == [1, 1, 2, 2, 3, 3]
        points = [path.get_offsets() for path in axis.collections if len(path.get_offsets()) == 2]
        dashes, diamonds = points[::2], points[1::2]
        assert [offsets[:, 1].tolist() for offsets in dashes] == [[0.5, 0.5]] * 3
        assert [len(np.ma.compressed(offsets[:, 1])) for offsets in diamonds] == [1, 1, 1]
    assert "spoken digits" in texts(figure) and "Hatched" not in texts(figure)
    unpredicted = calibrated.assign(
        model_error_pct=calibrated["model_error_pct"].where(calibrated["quantity"] != "latency")
    )
    figure = draw_energy(pd.concat([unpredicted, counted], ignore_index=True))
    assert [any(patch.get_hatch() for patch in axis.patches) for axis in figure.axes] == [False, True, False]
    assert "Hatched: this line predicts nothing on networks left out." in texts(figure)


def test_energy_by_class_draws_a_box_a_class(tmp_path):
    write_npz(tmp_path / "a.npz", {"energy_uj": np.array([1.0, 10.0]), "labels": np.array([0, 1])})
    write_npz(tmp_path / "b.npz", {"energy_uj": np.array([3.0, 12.0]), "labels": np.array([0, 1])})
    axis = draw_energy_by_class([tmp_path / "a.npz", tmp_path / "b.npz"], NAMED, "spoken_digits", "24").axes[0]
    levels = {tuple(line.get_ydata()) for line in axis.lines}
    assert {(2.0, 2.0), (11.0, 11.0)} <= levels
    assert [label.get_text() for label in axis.get_xticklabels()] == ["null", "eins"]


def test_levels_are_drawn_in_order_with_the_deployed_among_them():
    table = pd.DataFrame([(20, 80.0), (2, 60.0), (15, 75.0)], columns=["levels", "ours_mean"])
    table = table.assign(control=None, network="48", ours_sd=1.0, seeds=2, dataset="spoken_digits")
    line = draw_levels(table, kept=15, all_levels=30).axes[0].lines[0]
    assert line.get_xdata().tolist() == [2, 15, 20]
    assert line.get_ydata().tolist() == [60, 75, 80]


def test_controls_are_lines_of_their_own_in_the_colour_of_their_network():
    swept = [
        Cell("pytorch", "accuracy", "%", 3.0 * place + which, levels=levels, control=control)
        for place, levels in ((2, 20), (0, 2), (1, 15))
        for which, control in enumerate((None, "random", "coarse"))
    ]
    swept[6] = dataclasses.replace(swept[6], levels=None)  # the deployed network's own cell
    swept.append(Cell("pytorch", "accuracy", "%", 99.0, phase="dense"))
    table = tabulate_levels([Metrics("48", seed, "spoken_digits", tuple(swept)) for seed in (1, 2)], 15)
    assert table["ours_mean"].tolist() == list(range(9))
    axis = draw_levels(table, kept=15, all_levels=30).axes[0]
    lines = [line for line in axis.lines if line.get_marker() == "o"]
    drawn = {line.get_linestyle(): (list(line.get_xdata()), list(line.get_ydata())) for line in lines}
    assert drawn == {"-": ([2, 15, 20], [0, 3, 6]), "--": ([2, 15, 20], [1, 4, 7]), ":": ([2, 15, 20], [2, 5, 8])}
    assert len({line.get_color() for line in lines}) == 1
    assert [text.get_text() for text in axis.figure.legends[0].get_texts()] == [
        "network 48",
        "48, even levels from the start",
        "48, levels drawn at random",
    ]


PROVENANCE = {"rule": "figure_line", "data": {"licence": "CC BY 4.0"}}


def test_the_same_figure_gives_the_same_files(tmp_path):
    def draw(name):
        figure = new_figure(2, 2)
        figure.subplots().plot([0, 1], [1, 0], label="line")
        save_figure(figure, tmp_path / f"{name}.png", tmp_path / f"{name}.svg", PROVENANCE)
        return sha256(tmp_path / f"{name}.png"), sha256(tmp_path / f"{name}.svg")

    assert draw("a") == draw("b")


def test_a_figure_says_where_it_comes_from(tmp_path):
    save_figure(new_figure(2, 2), tmp_path / "a.png", tmp_path / "a.svg", PROVENANCE)
    with Image.open(tmp_path / "a.png") as image:
        assert json.loads(image.text["Description"]) == PROVENANCE
    [said] = ElementTree.parse(tmp_path / "a.svg").iter("{http://purl.org/dc/elements/1.1/}description")
    assert json.loads(said.text) == PROVENANCE


def test_event_flow_draws_every_event_and_the_filter_every_useful_delay():
    trace = {
        "axons": ["A", "B"],
        "useful": [[1, 0], [0, 1]],
        "leading_zeros": [1, 0],
        "arrivals": [["A", "B"], []],
        "steps": [
            {"waiting": [[0, 1], [1, 1]], "delivered": [[0, 0]], "kept": [[1, 0]]},
            {"waiting": [[1, 0]], "delivered": [[1, 1]], "kept": []},
        ],
    }
    drawn = texts(draw_event_flow(trace))
    for event in ("A, counter 1", "B, counter 1", "A, delay 0", "B, counter 0", "B, delay 1"):
        assert event in drawn
    cells = [patch.get_facecolor()[:3] != (1, 1, 1) for patch in draw_filter(trace).axes[0].patches]
    assert cells == [True, False, False, True]


def test_mapping_counts_what_is_kept(network):
    drawn = texts(draw_mapping(network(3), {"queue_depth": 64, "event_bits": 16, "weight_bits": 16}))
    layer = network(3).layers[1]
    assert f"{np.count_nonzero(layer.weights)} of {layer.weights.size} synapses" in drawn
    assert "64 x 16 bit" in drawn
    assert f"{(layer.weights != 0).any(axis=2).sum()} useful\n(axon, delay) pairs" in drawn


def test_mapping_counts_channels_and_stores_what_they_share_once():
    drawn = texts(draw_mapping(sharing_network(), {"queue_depth": 64, "event_bits": 16, "weight_bits": 16}))
    assert "23 to 12 neurons\na weight for 5 channels\n" in drawn
    assert f"{sharing_network().layers[0].weights.any(axis=0).sum()} of 60 synapses" in drawn


def test_mapping_draws_a_queue_before_the_first_core_where_inputs_are_delayed():
    drawn = texts(draw_mapping(late_network(), {"queue_depth": 64, "event_bits": 16, "weight_bits": 16}))
    assert (drawn.count("Delay IP"), "WVU 23 x 8 bit" in drawn) == (3, True)


def queue_metrics(network):
    queue = {"occupancy_mean": [0.5, 1.5, 1.0], "occupancy_most": [1, 3, 2]}
    details = {
        "queues": [queue | {"between": f"h{index} and layer {index + 1}"} for index in (1, 2)],
        "shape": {"n_pre": 2, "n_post": 2, "delays": 3},
        "densities": [0.1, 1.0],
        "curves": {name: [1.0, 2.0] for name in ("ring_buffer", "shared_queue", "scdq", "history")},
        "measured": {"density": 0.2, "needed_bits": 48.0},
    }
    return Metrics(network, 1, "spoken_digits", (), details)


def test_occupancy_draws_mean_and_most_of_each_network():
    figure = draw_occupancy([queue_metrics("48"), queue_metrics("48ax")])
    for axis in figure.axes:
        assert [line.get_ydata().tolist() for line in axis.lines] == 2 * [[0.5, 1.5, 1.0], [1, 3, 2]]
    assert all(f"queue behind hidden layer {layer}" in texts(figure) for layer in (1, 2))


def test_occupancy_names_the_queue_of_inputs():
    metrics = queue_metrics("late")
    metrics.details["queues"][0]["between"] = "inputs and layer 1"
    drawn = texts(draw_occupancy([metrics]))
    assert "queue behind the inputs" in drawn and "hidden layer 1" not in drawn


def test_occupancy_names_what_returns_and_leaves_out_who_has_no_such_queue():
    returning, other = queue_metrics("returning"), queue_metrics("48ax")
    returning.details["queues"].insert(0, returning.details["queues"][0] | {"between": "h1 and layer 1"})
    returning.details["queues"][2] = returning.details["queues"][2] | {"between": "h2, output and layer 3"}
    figure = draw_occupancy([returning, other])
    assert [len(axis.lines) for axis in figure.axes] == [2, 4, 2]
    assert "queue behind hidden layer 2 and output" in texts(figure)
    returning.details["queues"][2] |= {"between": "h1, h2 and layer 2", "occupancy_most": [1, 30, 2]}
    figure = draw_occupancy([returning])
    assert "queue behind hidden layers 1 and 2" in texts(figure)
    # All panels have one scale, on which all of it is seen.
    assert {axis.get_ylim()[1] > 30 for axis in figure.axes} == {True}


def test_density_marks_each_network_where_it_is():
    axis = draw_density([queue_metrics("48"), queue_metrics("48ax")]).axes[0]
    points = [line for line in axis.lines if len(line.get_xdata()) == 1]
    assert [(point.get_xdata()[0], point.get_ydata()[0]) for point in points] == [(0.2, 48.0), (0.2, 48.0)]
    assert len({point.get_marker() for point in points}) == 2


def test_training_speed_draws_each_librarys_fastest_way_with_each_neuron():
    rows = [("ours", "events", 0.2, 1.0), ("peer", "slow", 1.6, 8.0), ("peer", "fast", 1.2, 6.0)]
    table = pd.DataFrame(rows, columns=["library", "formulation", "wall_ms_a_sample", "ratio"]).assign(
        steps=64, threads=1
    )
    adaptive = table.iloc[:2].assign(neuron="adlif", wall_ms_a_sample=[0.3, 2.7], ratio=[1.0, 9.0])
    figure = draw_training_speed(pd.concat([table.assign(neuron="lif"), adaptive]), "spoken_digits")
    widths = {axis.get_title(loc="left"): [bar.get_width() for bar in axis.patches] for axis in figure.axes}
    assert widths == {"lif, 64 steps, 1 thread": [0.2, 1.2], "adlif, 64 steps, 1 thread": [0.3, 2.7]}
    assert "6.0x" in texts(figure) and "9.0x" in texts(figure)
