"""Which layers influence which: Granger causality of the simulation, and the paths of strongest influence of the theory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Patch

from analysis.dynamics.granger import COLUMNS, LEVEL
from analysis.dynamics.laminar import WITHIN, effective_paths, shares_by_layer, with_classes
from analysis.figures.structure.common import CLASS_COLORS, bar, colors
from analysis.figures.structure.paths import STEP_COLORS, STEP_TITLES, diagram, relay_bars
from analysis.figures.style import INK, PALE, WIDTH_IN, layer_name, nothing_to_show, panel_letter, population_color
from analysis.structure.connections import CLASSES
from analysis.structure.paths import TYPE_STEPS, AreaPath
from analysis.tables import read_table
from contracts.anatomy import read_anatomy
from contracts.theory import read_theory
from procortex.formats.populations import LAYER_POPULATIONS
from procortex.utilities.errors import InputError

SENDING = ("23E", "5E", "6E")
"""Populations that connect areas."""

TITLES = {WITHIN: "Within areas", **STEP_TITLES}
NAMES = {WITHIN: "Within areas", **{name: name.capitalize() for name in CLASSES}, **STEP_TITLES}
SHADES = {WITHIN: PALE, **CLASS_COLORS, **STEP_COLORS}


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """Draw significant influences by layer (A) and by class (B), their strengths (C), paths of the theory (D) and their relays (E)."""
    if len(inputs) != 3:
        raise InputError(f"laminar-interactions: {len(inputs)} inputs; it draws granger.parquet, theory.nc and anatomy.nc, in this order")
    anatomy = read_anatomy(inputs[2])
    table = with_classes(read_table(inputs[0], COLUMNS)[0], anatomy)
    table = table[table["value"].notna()]
    if table.empty:
        return nothing_to_show("No influence was measured: no population fires that has sources that do.")
    paths = effective_paths(read_theory(inputs[1]), anatomy)
    figure = Figure(figsize=(WIDTH_IN, 6.6))
    upper, middle, lower = figure.subfigures(3, 1, squeeze=False, height_ratios=(2.2, 2.0, 2.6))[:, 0]
    matrices = list(upper.subplots(1, 4, width_ratios=(8, 4.2, 4.2, 4.2)))
    _matrices(matrices, table)
    shares, strengths = middle.subplots(1, 2, width_ratios=(1.25, 1))
    _shares(shares, table)
    _strengths(strengths, table)
    panels = lower.subplots(1, 4, width_ratios=(1, 1, 1, 1.5))
    for axes, step in zip(panels[:3], TYPE_STEPS, strict=True):
        diagram(axes, [path for path in paths if path.type_step == step], STEP_TITLES[step], STEP_COLORS[step])
    relay_bars(panels[3], paths, _step, STEP_TITLES, STEP_COLORS)
    for axes, letter in zip((matrices[0], shares, strengths, panels[0], panels[3]), "ABCDE", strict=True):
        panel_letter(axes, letter)
    return figure


def _step(path: AreaPath) -> str:
    return path.type_step


def _matrices(panels: Sequence[Axes], table: pd.DataFrame) -> None:
    tables = {step: shares_by_layer(table[table["type_step"] == step]) for step in TITLES}
    between = Normalize(0.0, max(LEVEL, *(np.nan_to_num(tables[step].to_numpy()).max() for step in TYPE_STEPS)))
    images: list[AxesImage] = []
    for axes, (step, title) in zip(panels, TITLES.items(), strict=True):
        within = step == WITHIN
        sources = LAYER_POPULATIONS if within else SENDING
        values = np.ma.masked_invalid(tables[step][list(sources)].to_numpy())
        images.append(axes.imshow(values, cmap=colors(), norm=Normalize(0.0, 1.0) if within else between, interpolation="nearest"))
        axes.set_xticks(range(len(sources)), [layer_name(name) for name in sources], rotation=90)
        axes.set_yticks(range(len(LAYER_POPULATIONS)), [layer_name(name) for name in LAYER_POPULATIONS])
        for ticks, names in ((axes.get_xticklabels(), sources), (axes.get_yticklabels(), LAYER_POPULATIONS)):
            for tick, name in zip(ticks, names, strict=True):
                tick.set_color(population_color(name))
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        axes.set(xlabel="Source", title=title)
    panels[0].set_ylabel("Target")
    bar(images[0], panels[0], "Significant share")
    bar(images[-1], panels[-1], "Significant share")


def _groups(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    groups = {WITHIN: table[table["type_step"] == WITHIN]}
    groups |= {name: table[table["connection_class"] == name] for name in CLASSES}
    return groups | {step: table[table["type_step"] == step] for step in TYPE_STEPS}


def _shares(axes: Axes, table: pd.DataFrame) -> None:
    for place, (name, group) in enumerate(_groups(table).items()):
        if group.empty:
            continue
        by_f_test, by_levene = (group["p_f_test"] < LEVEL).mean(), group["significant"].mean()
        axes.barh(place, by_f_test, height=0.72, facecolor="white", edgecolor=SHADES[name], linewidth=0.8)
        axes.barh(place, by_levene, height=0.72, color=SHADES[name])
    _name_rows(axes)
    axes.axvline(LEVEL, color=INK, linewidth=0.6, linestyle=(0, (4, 2)))
    axes.set(xlim=(0.0, 1.0), xlabel="Share of connections", title="Significant influences")
    handles = [Patch(facecolor=INK, label="Levene's test"), Patch(facecolor="white", edgecolor=INK, linewidth=0.8, label="F test")]
    axes.legend(handles=handles, loc="lower right", handlelength=1.0, fontsize=6)


def _strengths(axes: Axes, table: pd.DataFrame) -> None:
    for place, (name, group) in enumerate(_groups(table).items()):
        values = group["value"].to_numpy()
        values = values[values > 0]
        if values.size == 0:
            continue
        quartiles = np.percentile(values, [5, 25, 50, 75, 95])
        axes.plot(quartiles[[0, 4]], [place, place], color=SHADES[name], linewidth=0.8)
        axes.barh(place, quartiles[3] - quartiles[1], left=quartiles[1], height=0.6, color=SHADES[name])
        axes.plot(quartiles[[2, 2]], [place - 0.3, place + 0.3], color="white", linewidth=1.2)
    _name_rows(axes)
    axes.set(xscale="log", xlabel="Influence, ln(variance without / with source)", title="Strengths")


def _name_rows(axes: Axes) -> None:
    axes.set_yticks(range(len(NAMES)), list(NAMES.values()))
    axes.set_ylim(len(NAMES) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
