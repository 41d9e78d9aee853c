"""What a stabilisation changed: in-degrees between areas, by population and by laminar origin."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from analysis.figures.structure.common import CLASS_COLORS, bar, colors, matrix, one_anatomy
from analysis.figures.structure.connectivity import ordered
from analysis.figures.style import CATEGORIES, INK, WIDTH_IN, layer_name, panel_letter, population_color
from analysis.structure.areas import ARCHITECTURAL_ORDER
from analysis.structure.connections import FEEDBACK, FEEDFORWARD, LATERAL, connection_classes, supragranular_fractions
from analysis.theory.changes import PARTS, ROLES, area_changes, is_changed, most_changed_pair, pair_changes, population_changes, relative
from procortex.formats.populations import LAYER_POPULATIONS, split_label
from procortex.utilities.errors import InputError

NORM = Normalize(-1.0, 1.0)
PALETTE = colors("RdBu_r")
PART_COLORS = dict(zip(PARTS, CATEGORIES[:2], strict=True))
PART_NAMES = dict(zip(PARTS, ("within areas", "between areas"), strict=True))
STABILISATIONS = {"computed": "Our stabilisation", "published": "Published stabilisation"}


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """Relative change by pair of areas, by source and target population, of the most changed pair of areas, and by laminar origin."""
    anatomy = one_anatomy(inputs, "indegree-changes")
    if not is_changed(anatomy):
        raise InputError(
            f"{inputs[0]}: the in-degrees are those of the anatomy; expected connectivity.stabilisation: computed or published"
        )
    figure = Figure(figsize=(WIDTH_IN, 7.0))
    upper, lower = figure.subfigures(2, 1, squeeze=False, height_ratios=(4.7, 2.3))[:, 0]
    left, right = upper.subfigures(1, 2, squeeze=False, width_ratios=(4.9, 2.3))[0]
    panels = [left.subplots(), *right.subplots(2, 1, sharex=True), *lower.subplots(1, 2)]
    before, after = area_changes(anatomy)
    image = _area_pairs(panels[0], before, after)
    panels[0].set_title(f"{_name(anatomy)}: in-degrees between areas")
    bar(image, panels[0], "Relative change", extend="max")
    for axes, role in zip(panels[1:3], ROLES[::-1], strict=True):
        _populations(axes, anatomy, role)
    panels[2].set_xlabel("Relative change of synapses")
    right.legend(*panels[1].get_legend_handles_labels(), loc="outside lower center", ncols=2, handlelength=1.0)
    _pair(panels[3], anatomy, *most_changed_pair(anatomy))
    _by_origin(panels[4], anatomy, relative(before, after))
    for axes, letter in zip(panels, "ABCDE", strict=True):
        panel_letter(axes, letter)
    return figure


def _name(anatomy: xr.Dataset) -> str:
    """Which stabilisation it is, as far as the file says."""
    configuration = json.loads(anatomy.attrs.get("configuration", "{}"))
    return STABILISATIONS.get(configuration.get("connectivity", {}).get("stabilisation"), "Stabilisation")


def _area_pairs(axes: Axes, before: xr.DataArray, after: xr.DataArray) -> AxesImage:
    image = matrix(axes, np.ma.masked_invalid(ordered(relative(before, after))), ARCHITECTURAL_ORDER, NORM, PALETTE, size=6.0)
    new = (ordered(before) == 0) & (ordered(after) > 0)
    rows, columns = np.nonzero(new)
    axes.plot(columns, rows, ".", markersize=1.6, color=INK, markeredgewidth=0)
    return image


def _populations(axes: Axes, anatomy: xr.Dataset, role: str) -> None:
    changes = population_changes(anatomy, role)
    places = np.arange(len(changes))
    for part, shift in zip(PARTS, (-0.2, 0.2), strict=True):
        axes.barh(places + shift, changes[part].fillna(0.0), height=0.38, color=PART_COLORS[part], label=PART_NAMES[part])
    axes.axvline(0.0, color=INK, linewidth=0.6)
    axes.set_yticks(places, [layer_name(population) for population in LAYER_POPULATIONS])
    for tick, population in zip(axes.get_yticklabels(), LAYER_POPULATIONS, strict=True):
        tick.set_color(population_color(population))
    axes.tick_params(axis="y", length=0)
    axes.set(ylim=(len(places) - 0.4, -0.6), title=f"By {role} population")


def _pair(axes: Axes, anatomy: xr.Dataset, target: str, source: str) -> None:
    before, after = pair_changes(anatomy, target, source)
    sends = ((before > 0) | (after > 0)).any("target").to_numpy()
    before, after = before.isel(source=sends), after.isel(source=sends)
    shares = np.ma.masked_invalid(relative(before, after).to_numpy())
    axes.imshow(shares, norm=NORM, cmap=PALETTE, aspect="auto", interpolation="nearest")
    for (row, column), change in np.ndenumerate((after - before).to_numpy()):
        shade = shares[row, column]
        dark = shade is not np.ma.masked and abs(float(shade)) > 0.6
        text = f"{change:+.0f}".replace("-", "\N{MINUS SIGN}")
        axes.text(column, row, text, ha="center", va="center", fontsize=6, color="white" if dark else "black")
    names = [[split_label(str(label))[1] for label in before[dim].to_numpy()] for dim in ("target", "source")]
    axes.set_yticks(range(len(names[0])), [layer_name(name) for name in names[0]])
    axes.set_xticks(range(len(names[1])), [layer_name(name) for name in names[1]])
    for ticks, populations in ((axes.get_yticklabels(), names[0]), (axes.get_xticklabels(), names[1])):
        for tick, population in zip(ticks, populations, strict=True):
            tick.set_color(population_color(population))
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set(
        xlabel=f"Source population in {source}", ylabel=f"Target population in {target}", title=f"Largest change: {source} to {target}"
    )


def _by_origin(axes: Axes, anatomy: xr.Dataset, changes: xr.DataArray) -> None:
    """Draw the changes of connections between areas over their SLN, and the median of each class; beyond the scale they lie on its edge."""
    fractions, classes = supragranular_fractions(anatomy).to_numpy(), connection_classes(anatomy).to_numpy()
    values = changes.to_numpy()
    for name, color in CLASS_COLORS.items():
        chosen = (classes == name) & np.isfinite(values)
        shown = np.clip(values[chosen], -1.0, 1.0)
        axes.plot(fractions[chosen], shown, "o", markersize=2.2, markeredgewidth=0, color=color, alpha=0.6, clip_on=False)
        if chosen.any():
            ends = (0.0, anatomy.attrs["sln_feedback_below"], anatomy.attrs["sln_feedforward_above"], 1.0)
            place = (FEEDBACK, LATERAL, FEEDFORWARD).index(name)
            axes.plot(ends[place : place + 2], [np.median(values[chosen])] * 2, color=color, linewidth=2.0, label=name)
    axes.axhline(0.0, color=INK, linewidth=0.6, zorder=0)
    axes.set(
        xlim=(0.0, 1.0),
        ylim=(-1.05, 1.4),
        yticks=(-1, -0.5, 0, 0.5, 1),
        xlabel="SLN of the connection",
        ylabel="Relative change",
        title="By laminar origin",
    )
    axes.legend(loc="upper right", ncols=3, handlelength=1.0, columnspacing=1.0)
