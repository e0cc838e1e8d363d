"""Paper Figure 2: the pipeline, drawn from the rules that Snakemake itself found."""

from collections.abc import Mapping
from typing import Any

from delaysnn.report.registry import figure
from delaysnn.report.style import NETWORK_COLOURS, PAGE_INCHES, Figure, new_figure


@figure(
    title="Figure 2: the pipeline",
    caption="""
    The rules of the workflow, from spikes to chips, drawn from Snakemake's own graph for this configuration. An arrow
    goes from a rule to one that needs its files; arrows that follow from others are left out, and so are rules without
    any. Colours are files of rules.
    """,
    section="Data and pipeline",
    place=20,
    inputs=lambda study: {"graph": study.files["rulegraph"]},
    of_data=False,
)
def draw_pipeline(graph: Mapping[str, Any]) -> Figure:
    """Draw one box a rule that stands on a page, left to right by what it needs, from edges to rules that need another.

    Args:
        graph: ``edges`` from a rule to one that needs it, the page of each rule in ``rooms``, and ``pages`` in order.
    """
    import networkx
    from matplotlib.lines import Line2D
    from matplotlib.patches import FancyArrowPatch

    rooms = graph["rooms"]
    edges = [edge for edge in graph["edges"] if all(rule in rooms for rule in edge)]
    shown = networkx.transitive_reduction(networkx.DiGraph(edges))
    columns = dict(enumerate(map(list, networkx.topological_generations(shown))))
    # What needs nothing stands before its first user.
    depth = {rule: column for column, rules in columns.items() for rule in rules}
    for rule in [rule for rule in columns[0] if shown[rule]]:
        columns[0].remove(rule)
        columns[min(depth[user] for user in shown[rule]) - 1].append(rule)
    names = [page for page in graph["pages"] if page in {rooms[rule] for rule in shown}]
    colour = {
        rule: NETWORK_COLOURS[names.index(room) % len(NETWORK_COLOURS)] for rule, room in rooms.items() if room in names
    }
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
    axis.set_ylim(tallest - 0.5, -0.5)
    # In an order of their own, since networkx has none.
    for start, end in sorted(shown.edges):
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
    handles = [
        Line2D([], [], color=NETWORK_COLOURS[index % len(NETWORK_COLOURS)], label=page)
        for index, page in enumerate(names)
    ]
    figure.legend(
        handles=handles,
        loc="outside upper left",
        ncols=len(names),
        labelcolor="linecolor",
        handlelength=0,
        handletextpad=0,
        prop={"weight": "bold", "size": 8},
    )
    return figure
