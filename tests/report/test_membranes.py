import matplotlib.pyplot as plt
import numpy as np
import pytest

from delaysnn.core.errors import InputError
from delaysnn.core.membranes import Membranes, read_membranes, write_membranes
from delaysnn.report.figures.membranes import deviation, draw_membranes, liveliest


def recorded(platform, shift=0.0):
    random = np.random.default_rng(5)
    layers = tuple((random.random((16, n)) * 1.4 + shift).astype(np.float32) for n in (8, 8, 4))
    return Membranes(layers, 1, 3, "spoken_digits", platform, {"rule": f"record_{platform}"})


def test_the_file_gives_the_same_membranes(tmp_path):
    membranes = recorded("loihi")
    write_membranes(tmp_path / "a.npz", membranes)
    again = read_membranes(tmp_path / "a.npz")
    assert all((a == b).all() for a, b in zip(again.layers, membranes.layers, strict=True))
    for name in ("sample", "label", "dataset", "platform", "provenance"):
        assert getattr(again, name) == getattr(membranes, name)


def test_a_file_without_membranes_is_refused(tmp_path):
    np.savez(tmp_path / "a.npz", header=np.array("{}"))
    with pytest.raises(InputError, match=r"a\.npz: lacks layer0"):
        read_membranes(tmp_path / "a.npz")


def test_the_liveliest_neurons_reach_the_threshold_most_often():
    potentials = np.zeros((5, 4))
    potentials[:3, 2] = 1.0
    potentials[:1, 1] = 2.0
    assert liveliest(potentials, 2).tolist() == [2, 1]


def test_deviation_is_a_share_of_the_threshold():
    assert deviation(np.zeros((4, 3)), np.full((4, 3), 0.25)) == 25


def test_an_output_that_does_not_fire_has_no_threshold():
    platforms = [recorded("pytorch", -3.0), recorded("seneca", -2.9)]
    figure = draw_membranes(platforms, {}, "mine", silent_output=True)
    axes = np.array(figure.axes).reshape(3, 2)
    last = platforms[0].layers[-1]
    highest = np.argsort(-last.max(axis=0), kind="stable")[:2]
    for axis, neuron in zip(axes[-1], highest, strict=True):
        assert (axis.lines[0].get_ydata() == last[:, neuron]).all() and len(axis.lines) == 2
    # In percent of the largest potential of the reference.
    assert f"Seneca {100 * 0.1 / np.abs(last).max():.1f} %" in axes[-1, 1].get_title(loc="right")
    assert len(axes[0, 0].lines) == 3
    plt.close(figure)


def test_each_panel_shows_one_neuron_on_every_platform():
    platforms = [recorded("pytorch"), recorded("loihi", 0.1), recorded("seneca", 0.01)]
    figure = draw_membranes(platforms, {}, "48")
    axes = np.array(figure.axes).reshape(3, 2)
    for row in range(3):
        for axis, neuron in zip(axes[row], liveliest(platforms[0].layers[row], 2), strict=True):
            lines = {line.get_label(): line.get_ydata() for line in axis.lines[1:]}
            assert list(lines) == ["PyTorch", "Loihi", "Seneca"]
            for line, membranes in zip(lines.values(), platforms, strict=True):
                assert (line == membranes.layers[row][:, neuron]).all()
        assert "Loihi 10.0 %, Seneca 1.0 %" in axes[row, 1].get_title(loc="right")
    texts = " ".join(text.get_text() for text in figure.findobj(plt.Text))
    plt.close(figure)
    assert "spoken digits" in texts and "test sample 1: class 3" in texts
