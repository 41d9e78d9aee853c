"""What stabilisation does to the states of the network: over the strength of connections between areas, and over the drive."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analysis.figures.inputs import one_file
from analysis.figures.style import CATEGORIES, INK, PALE, WIDTH_IN, panel_letter
from analysis.theory.scans import INDEGREES, read_over_chi, read_over_kappa

NAMES = dict(zip(INDEGREES, ("anatomy", "our stabilisation", "published stabilisation"), strict=True))
COLORS = dict(zip(INDEGREES, (INK, CATEGORIES[0], CATEGORIES[5]), strict=True))
MARKERS = dict(zip(INDEGREES, "so^", strict=True))


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """Mean rate from zero, mean rate and critical eigenvalue of the state of low activity over chi; mean rate over kappa."""
    tables, kappa = one_file(inputs, "over-chi", "folder of tables", lambda folder: (read_over_chi(folder), read_over_kappa(folder)))
    figure = Figure(figsize=(WIDTH_IN, 4.9))
    panels = figure.subplots(2, 2).ravel()
    _over_chi(panels[0], tables, "mean_rate", lambda table: table["settled"])
    panels[0].set(yscale="log", ylabel="Mean rate (spikes/s)", title="From zero rates, over the strength")
    low = {name: table[table["low_activity"]] for name, table in tables.items()}
    _over_chi(panels[1], low, "low_mean_rate")
    panels[1].set(ylabel="Mean rate (spikes/s)", title="State of low activity")
    _over_chi(panels[2], low, "critical_eigenvalue")
    panels[2].axhline(1.0, color=PALE, linewidth=0.8, linestyle=(0, (4, 2)), zorder=0)
    panels[2].set(ylabel="Critical eigenvalue", title="Stability of this state", ylim=(0.0, 1.05))
    values = pd.concat(list(tables.values()))[["chi", "chi_I"]]
    for axes in panels[:3]:
        axes.set(xlabel=_chi_label(values), xlim=_range(values["chi"]))
    for name in kappa.columns:
        panels[3].plot(kappa.index, kappa[name], color=COLORS[name], linewidth=1.2)
    panels[3].set(
        xlabel="Drive \N{GREEK SMALL LETTER KAPPA}", ylabel="Mean rate (spikes/s)", yscale="log", title="From zero rates, over the drive"
    )
    shown = [name for name in INDEGREES if name in tables or name in kappa.columns]
    handles = [Line2D([], [], color=COLORS[name], marker=MARKERS[name], markersize=3.5, label=NAMES[name]) for name in shown]
    handles.append(Line2D([], [], color=PALE, linestyle="", marker="o", markersize=3.5, markerfacecolor="white", label="does not rest (A)"))
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))
    for axes, letter in zip(panels, "ABCD", strict=True):
        panel_letter(axes, letter)
    return figure


def _over_chi(
    axes: Axes, tables: Mapping[str, pd.DataFrame], column: str, is_filled: Callable[[pd.DataFrame], pd.Series[bool]] | None = None
) -> None:
    for name, table in tables.items():
        color, marker = COLORS[name], MARKERS[name]
        axes.plot(table["chi"], table[column], color=color, linewidth=1.0)
        open_ones = table[~is_filled(table)] if is_filled else table.iloc[:0]
        filled = table.drop(index=open_ones.index)
        axes.plot(filled["chi"], filled[column], marker, markersize=3.5, color=color)
        axes.plot(open_ones["chi"], open_ones[column], marker, markersize=3.5, color=color, markerfacecolor="white")


def _chi_label(values: pd.DataFrame) -> str:
    """Name of the axis, with the factor onto inhibitory neurons, which the scan changes at chi = 1 only."""
    others = values.loc[values["chi"] != 1, "chi_I"].unique()
    at_one = values.loc[values["chi"] == 1, "chi_I"].unique()
    label = "Strength between areas \N{GREEK SMALL LETTER CHI}"
    if len(others) != 1:
        return label
    exception = f", {at_one[0]:g} at \N{GREEK SMALL LETTER CHI} = 1" if len(at_one) == 1 and at_one[0] != others[0] else ""
    return f"{label} (\N{GREEK SMALL LETTER CHI}$_\\mathrm{{I}}$ = {others[0]:g}{exception})"


def _range(values: pd.Series[float]) -> tuple[float, float]:
    margin = 0.03 * float(values.max() - values.min()) or 0.05
    return float(values.min()) - margin, float(values.max()) + margin
