"""Marks have three times the contrast of the page that they stand on (WCAG 2.2, 1.4.11), light and dark."""

import re
from pathlib import Path

import numpy as np
import pytest

from delaysnn.report import style

CSS = (Path(style.__file__).parent / "page/style.css").read_text()
GROUNDS = dict(zip(("light", "dark"), re.findall(r"--ground: (#\w+);", CSS), strict=True))
# Of CSS's hue-rotate(180deg), after invert(1).
TURNED = np.array([[-0.574, 1.43, 0.144], [0.426, 0.43, 0.144], [0.426, 1.43, -0.856]])
COLOURS = {
    style.GREY: "GREY",
    style.LIGHT_GREY: "LIGHT_GREY",
    style.MODEL_ERROR["color"]: "MODEL_ERROR",
    **{colour: f"network {place}" for place, colour in enumerate(style.NETWORK_COLOURS)},
    **{colour: name for name, (_, colour) in style.looks().items()},
}


def luminance(rgb):
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def rgb(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    return np.array([int(digits[place : place + 2], 16) for place in (0, 2, 4)]) / 255


@pytest.mark.parametrize("scheme", GROUNDS)
@pytest.mark.parametrize("colour", COLOURS, ids=COLOURS.values())
def test_a_mark_stands_out(colour, scheme):
    assert "--turn: invert(1) hue-rotate(180deg)" in CSS
    shown = rgb(colour) if scheme == "light" else np.clip(TURNED @ (1 - rgb(colour)), 0, 1)
    dark, light = sorted((luminance(shown), luminance(rgb(GROUNDS[scheme]))))
    assert (light + 0.05) / (dark + 0.05) >= 3
