"""The report: one HTML file that answers first and shows every table and figure after."""

import base64
import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import jinja2
import yaml

from delaysnn.core.metrics import read_json
from delaysnn.report.tables import read_table
from delaysnn.report.wide import WideTable, widen

# Width on the page of one pixel of a figure: letters come out as large in every figure as in the text around it.
_PAGE_PIXELS = 0.62


@dataclass(frozen=True)
class Item:
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
    items: list[Item]


def read_caption(path: str | Path) -> tuple[str, str]:
    """Return title and text of a caption file: the first line, and the paragraph after it."""
    title, _, text = Path(path).read_text().strip().partition("\n")
    return title.strip(), " ".join(text.split())


def figure_item(png: str | Path, caption: str | Path) -> Item:
    """Embed a figure with its caption."""
    title, text = read_caption(caption)
    image = Path(png).read_bytes()
    # The first chunk of a PNG file says how wide it is.
    width = round(_PAGE_PIXELS * int.from_bytes(image[16:20], "big"))
    name, text64 = Path(png).stem, base64.b64encode(image).decode()
    return Item(title, text, f"figure-{name}", f"results/figures/{name}.png, {name}.svg", image=text64, width=width)


def table_item(csv: str | Path, caption: str | Path) -> Item:
    """Show a table with its caption and its provenance."""
    title, text = read_caption(caption)
    origin = json.dumps(read_json(Path(csv).with_suffix(".json")), indent=1, sort_keys=True)
    name = Path(csv).stem
    return Item(title, text, f"table-{name}", f"results/tables/{name}.csv\n{origin}", table=widen(read_table(csv)))


def build_sections(contents: str | Path, made: Collection[str], results: str | Path) -> list[Section]:
    """Collect the figures and tables that ``contents`` lists, captions beside it, from the ``results`` folder.

    Args:
        contents: the report's table of contents.
        made: those of its items that this run makes.
        results: where they lie.
    """
    sections = []
    for section in yaml.safe_load(Path(contents).read_text()):
        items = []
        for rule in filter(made.__contains__, section["items"]):
            kind, name = rule.split("_", 1)
            caption = Path(contents).with_name(f"{rule}.rst")
            if kind == "figure":
                items.append(figure_item(Path(results) / f"figures/{name}.png", caption))
            else:
                items.append(table_item(Path(results) / f"tables/{name}.csv", caption))
        anchor = re.sub(r"\W+", "-", section["title"].lower())
        sections.append(Section(section["title"], anchor, items))
    return sections


def render_report(title: str, subtitle: str, answers: Sequence[str], sections: Sequence[Section]) -> str:
    """Return the report as HTML that needs nothing from outside itself."""
    template = files("delaysnn.report").joinpath("report.html.j2").read_text()
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.from_string(template).render(title=title, subtitle=subtitle, answers=answers, sections=sections)
