"""Paper Figure 9: accuracy over the bits of a weight."""

from itertools import cycle

import pandas as pd

from delaysnn.platforms import REFERENCE, registered
from delaysnn.report.registry import figure
from delaysnn.report.style import COLUMN_INCHES, NETWORK_COLOURS, Figure, label_of, name_dataset, new_figure
from delaysnn.report.tidy import whole_widths


@figure(
    title="Figure 9: accuracy over weight bits",
    caption=lambda study: (
        f"""
    {
            study.said(
                ", and ",
                loihi="Accuracy over the bits of a weight on Loihi",
                seneca=f"{'accuracy' if study.has('loihi') else 'Accuracy'} of the same network in bfloat16, Seneca's "
                "number format",
                end=".",
            )
        } {
            study.said(
                loihi="Each width was fine-tuned for some more epochs, but the float networks (dotted lines)"
                f"{study.said(seneca=' and bfloat16')} were not. So a width can be more accurate than these. The paper "
                "reports a loss of less than 3 points down to 4 bits."
            )
            or "Dotted lines are the float networks."
        }
    """
    ),
    section="Accuracy",
    place=100,
    inputs=lambda study: {"table": study.table("quantisation")},
)
def draw_quantisation(table: pd.DataFrame) -> Figure:
    """Draw the table ``quantisation``: a line over bits; networks whose layers have widths of
    their own, and chips of another number format, as points beside it.
    """
    figure = new_figure(COLUMN_INCHES, 3)
    axis = figure.subplots()
    table = table.assign(ours_sd=table["ours_sd"].fillna(0))
    whole = whole_widths(table)
    widths = sorted(whole["bits"].unique())
    others = [
        name for name in registered() if name != REFERENCE and name in set(table.loc[table["bits"].isna(), "platform"])
    ]
    # Layers of different widths have no place among the numbers.
    mixed = [bits for bits in table["bits"].dropna().unique() if isinstance(bits, str)]
    names = [*mixed, *others]
    places = {name: max(widths, default=0) + 2 * place for place, name in enumerate(names, start=1)}
    for colour, (network, rows) in zip(cycle(NETWORK_COLOURS), table.groupby("network", sort=False), strict=False):
        looks = {"color": colour, "marker": "o", "markersize": 3, "capsize": 2}
        label = f"network {network}"
        for _, own in whole_widths(rows).sort_values("bits").groupby("platform", sort=False):
            axis.errorbar(own["bits"], own["ours_mean"], own["ours_sd"], label=label, **looks)
            label = None
        for row in rows[rows["bits"].isin(mixed) | rows["platform"].isin(others)].itertuples():
            place = places[row.bits if row.bits in mixed else row.platform]
            axis.errorbar([place], [row.ours_mean], [row.ours_sd], label=label, **looks)
            label = None
        for value in rows.loc[rows["platform"] == REFERENCE, "ours_mean"]:
            axis.axhline(value, color=colour, linestyle=":", linewidth=0.8)
    formats = [registered()[name].number_format or label_of(name) for name in others]
    axis.set_xticks([*widths, *places.values()], [*map(str, widths), *mixed, *formats])
    axis.set_xlabel("bits a weight, sign included")
    axis.set_ylabel("accuracy (%)")
    figure.legend(loc="outside upper left", ncols=3, fontsize=6.5)
    name_dataset(figure, table["dataset"].iloc[0], f"dotted lines: float; {int(table['seeds'].max())} seeds")
    return figure
