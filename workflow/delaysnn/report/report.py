"""The report: one HTML file with answers first, then every table and figure."""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree

import jinja2
import markupsafe

from delaysnn.core.metrics import read_json
from delaysnn.report.answers.parts import Answer
from delaysnn.report.drawing import embed, read_about
from delaysnn.report.registry import Item
from delaysnn.report.tidy import read_table
from delaysnn.report.wide import WideTable

# Width on the page of one point of a figure: letters come out as large in every figure as in the text around it.
_PAGE_PIXELS = 1.72
# A drawing of more bytes stands as pixels: a raster of spikes is a hundred times as large.
_LARGEST = 400_000


@dataclass(frozen=True)
class Shown:
    """A figure or a table with what to see in it, the files behind it and where it comes from.

    A figure is a drawing (SVG that can stand in HTML), or an image (PNG in base64) with its words.
    """

    title: str
    caption: str
    anchor: str
    provenance: str
    files: Mapping[str, str] = field(default_factory=dict)
    drawing: markupsafe.Markup | None = None
    image: str = ""
    words: str = ""
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
    if item.kind == "table":
        csv = results / f"tables/{item.stem}.csv"
        origin = read_json(csv.with_suffix(".json"))
        data = base64.b64encode(csv.read_bytes()).decode()
        behind = {"CSV": f"data:text/csv;base64,{data}"}
        table = item.show(read_table(csv))
        return Shown(item.title, caption, anchor, _said(f"results/tables/{item.stem}.csv", origin), behind, table=table)
    svg = results / f"figures/{item.stem}.svg"
    root = ElementTree.parse(svg).getroot()
    about = read_about(root)
    width = round(_PAGE_PIXELS * about.width)
    words = f"{item.title}. {about.words or caption}"
    behind = {"SVG": f"figures/{item.stem}.svg"}
    rest = (_said(f"results/figures/{item.stem}.svg", about.provenance), behind)
    if svg.stat().st_size <= _LARGEST:
        return Shown(item.title, caption, anchor, *rest, drawing=embed(root, item.stem, words), width=width)
    image = base64.b64encode(svg.with_suffix(".png").read_bytes()).decode()
    return Shown(item.title, caption, anchor, *rest, image=image, words=words, width=width)


def _said(file: str, origin: Mapping[str, object]) -> str:
    return f"{file}\n{json.dumps(origin, indent=1, sort_keys=True)}"


def render_report(title: str, subtitle: str, data: str, answers: Sequence[Answer], sections: Sequence[Section]) -> str:
    """Return the report as one HTML text that loads nothing else."""
    page = files("delaysnn.report") / "page"
    parts = {
        name: markupsafe.Markup((page / file).read_text())
        for name, file in {"style": "style.css", "script": "script.js"}.items()
    }
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string((page / "report.html.j2").read_text())
    return template.render(title=title, subtitle=subtitle, data=data, answers=answers, sections=sections, **parts)
