"""The report: one HTML file that answers first and shows every table and figure after."""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby
from pathlib import Path

import jinja2

from delaysnn.core.metrics import read_json
from delaysnn.report.registry import Item
from delaysnn.report.tidy import read_table
from delaysnn.report.wide import WideTable

# Width on the page of one pixel of a figure: letters come out as large in every figure as in the text around it.
_PAGE_PIXELS = 0.62


@dataclass(frozen=True)
class Shown:
    """A figure or a table with what to see in it and where it comes from."""

    title: str
    caption: str
    anchor: str
    provenance: str
    image: str = ""
    width: int = 0
    table: WideTable | None = None


@dataclass(frozen=True)
class Section:
    """Items under one heading."""

    title: str
    anchor: str
    items: list[Shown]


def build_sections(captions: Mapping[Item, str], results: str | Path) -> list[Section]:
    """Collect figures and tables with their captions from the ``results`` folder; those of a section stand together."""
    return [
        Section(
            section, re.sub(r"\W+", "-", section.lower()), [_shown(item, captions[item], Path(results)) for item in own]
        )
        for section, own in groupby(captions, key=lambda item: item.section)
    ]


def _shown(item: Item, caption: str, results: Path) -> Shown:
    """Embed a figure, or show a table and where it comes from."""
    anchor = item.name.replace("_", "-", 1)
    if item.kind == "figure":
        image = (results / f"figures/{item.stem}.png").read_bytes()
        # The first chunk of a PNG file says how wide it is.
        width = round(_PAGE_PIXELS * int.from_bytes(image[16:20], "big"))
        origin = f"results/figures/{item.stem}.png, {item.stem}.svg"
        text = base64.b64encode(image).decode()
        return Shown(item.title, caption, anchor, origin, image=text, width=width)
    csv = results / f"tables/{item.stem}.csv"
    origin = json.dumps(read_json(csv.with_suffix(".json")), indent=1, sort_keys=True)
    table = item.show(read_table(csv))
    return Shown(item.title, caption, anchor, f"results/tables/{item.stem}.csv\n{origin}", table=table)


def render_report(title: str, subtitle: str, answers: Sequence[str], sections: Sequence[Section]) -> str:
    """Return the report as HTML that needs nothing from outside itself."""
    template = files("delaysnn.report").joinpath("report.html.j2").read_text()
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.from_string(template).render(title=title, subtitle=subtitle, answers=answers, sections=sections)
