"""Paper Figure 2: the pipeline, drawn from the rules that Snakemake itself found."""

import re
from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from delaysnn.report.style import NETWORK_COLOURS, PAGE_INCHES, new_figure

Edges = Sequence[tuple[str, str]]


def read_rulegraph(dot: str) -> list[tuple[str, str]]:
    """Return (rule, rule that needs it) for every edge of ``snakemake --rulegraph``, in the file's order."""
    names = dict(re.findall(r'^\s*(\d+)\s*\[\s*label\s*=\s*"([^"\\]+)', dot, re.MULTILINE))
    edges = re.findall(r"^\s*(\d+)\s*->\s*(\d+)", dot, re.MULTILINE)
    return [(names[start], names[end]) for start, end in edges]


def rooms_of_rules(rule_files: Mapping[str, str]) -> dict[str, str]:
    """Return the room of every rule from the text of each room's rule file; a room's target is no step of its own.

    A file says it even where another workflow uses the rules under other names.
    """
    rules = {
        room: re.findall(r"^(?:use rule \w+ as|rule) (\w+)", text, re.MULTILINE) for room, text in rule_files.items()
    }
    return {rule: room for room, names in rules.items() for rule in names if rule not in rule_files}


def depths(edges: Edges) -> dict[str, int]:
    """Return how many rules stand at the most before each rule; one that needs nothing stands before its first user."""
    needs: dict[str, set[str]] = {}
    for start, end in edges:
        needs.setdefault(start, set())
        needs.setdefault(end, set()).add(start)
    depth: dict[str, int] = {}

    def of(rule: str) -> int:
        if rule not in depth:
            depth[rule] = 1 + max(map(of, needs[rule]), default=-1)
        return depth[rule]

    found = {rule: of(rule) for rule in sorted(needs)}
    users = {rule: [found[end] for start, end in edges if start == rule] for rule in found}
    return {rule: found[rule] if needs[rule] else min(users[rule]) - 1 for rule in found}


def without_shortcuts(edges: Edges) -> list[tuple[str, str]]:
    """Drop each edge that a longer way already says."""
    after: dict[str, set[str]] = {}
    for start, end in edges:
        after.setdefault(start, set()).add(end)

    def reaches(start: str, goal: str) -> bool:
        return any(step == goal or reaches(step, goal) for step in after.get(start, ()))

    return [(start, end) for start, end in edges if not any(reaches(step, end) for step in after[start] if step != end)]


def draw_pipeline(edges: Edges, rooms: Mapping[str, str]) -> Figure:
    """Draw one box a rule, left to right by what it needs, coloured by its room; rules of no room are left out."""
    edges = without_shortcuts([edge for edge in edges if all(rule in rooms for rule in edge)])
    columns: dict[int, list[str]] = {}
    for rule, depth in depths(edges).items():
        columns.setdefault(depth, []).append(rule)
    names = list(dict.fromkeys(rooms.values()))
    colour = {rule: NETWORK_COLOURS[names.index(room) % len(NETWORK_COLOURS)] for rule, room in rooms.items()}
    tallest = max(map(len, columns.values()))
    position: dict[str, tuple[float, float]] = {}
    for depth, rules in sorted(columns.items()):
        rules.sort(key=lambda rule: (names.index(rooms[rule]), rule))
        for row, rule in enumerate(rules):
            position[rule] = (depth, (tallest - 1) / 2 + (row - (len(rules) - 1) / 2) * tallest / (len(rules) + 0.5))
    figure = new_figure(PAGE_INCHES, 0.5 * tallest + 0.3)
    axis = figure.subplots()
    axis.set_axis_off()
    axis.set_xlim(-0.5, len(columns) - 0.5)
    axis.set_ylim(tallest - 0.5, -1)
    for start, end in edges:
        axis.add_patch(
            FancyArrowPatch(
                position[start],
                position[end],
                arrowstyle="-|>",
                mutation_scale=6,
                color=colour[start],
                linewidth=0.7,
                alpha=0.8,
                shrinkA=14,
                shrinkB=14,
            )
        )
    for rule, (x, y) in position.items():
        box = {"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": colour[rule], "linewidth": 1}
        axis.text(x, y, rule.replace("_", "\n", 1).replace("_", " "), ha="center", va="center", fontsize=6, bbox=box)
    for index, room in enumerate(names):
        axis.text(
            index,
            -0.75,
            room,
            color=NETWORK_COLOURS[index % len(NETWORK_COLOURS)],
            weight="bold",
            ha="center",
            fontsize=8,
        )
    return figure
