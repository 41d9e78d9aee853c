"""Layers on the shortest paths between areas, by class of connection and by architectural type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.structure.common import CLASS_COLORS, one_anatomy
from analysis.figures.style import CATEGORIES, INK, WIDTH_IN, layer_name, panel_letter, population_color
from analysis.structure.connections import CLASSES
from analysis.structure.paths import TYPE_STEPS, AreaPath, area_paths
from procortex.formats.populations import LAYER_POPULATIONS

STEP_TITLES = dict(zip(TYPE_STEPS, ("High to low", "Equal types", "Low to high"), strict=True))
STEP_COLORS = dict(zip(TYPE_STEPS, CATEGORIES[3:6], strict=True))
PATTERNS_SHOWN = 6
WIDEST = 9.0
"""Width (points) of the line of a pattern that all direct paths have."""


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """Top: layers of direct paths. Bottom: direct and indirect paths, and the populations that relay the indirect ones."""
    paths = area_paths(one_anatomy(inputs, "paths"))
    figure = Figure(figsize=(WIDTH_IN, 5.2))
    upper, lower = figure.subfigures(2, 1, squeeze=False, height_ratios=(2.9, 2.3))[:, 0]
    diagrams = upper.subplots(1, 6)
    for axes, name in zip(diagrams[:3], CLASSES, strict=True):
        diagram(axes, [path for path in paths if path.connection_class == name], name.capitalize(), CLASS_COLORS[name])
    for axes, step in zip(diagrams[3:], TYPE_STEPS, strict=True):
        diagram(axes, [path for path in paths if path.type_step == step], STEP_TITLES[step], STEP_COLORS[step])
    left, middle, right = lower.subplots(1, 3, width_ratios=(0.7, 1, 1))
    _kinds(left, paths)
    relay_bars(middle, paths, lambda path: path.connection_class, dict(zip(CLASSES, CLASSES, strict=True)), CLASS_COLORS)
    relay_bars(right, paths, lambda path: path.type_step, STEP_TITLES, STEP_COLORS)
    for axes, letter in zip((diagrams[0], diagrams[3], left, middle, right), "ABCDE", strict=True):
        panel_letter(axes, letter)
    return figure


def diagram(axes: Axes, paths: Sequence[AreaPath], title: str, color: str) -> None:
    """Draw lines from first to last population of the direct paths, as wide as their share of them."""
    direct = [path.layers for path in paths if path.is_direct]
    counts = Counter((layers[0], layers[-1]) for layers in direct)
    heights = {population: -place for place, population in enumerate(LAYER_POPULATIONS)}
    for (source, target), count in counts.items():
        share = count / len(direct)
        axes.plot([0, 1], [heights[source], heights[target]], color=color, linewidth=WIDEST * share, alpha=0.75, solid_capstyle="butt")
    for x, populations, side in ((-0.08, LAYER_POPULATIONS, "right"), (1.08, LAYER_POPULATIONS, "left")):
        for population in populations:
            axes.text(x, heights[population], layer_name(population), ha=side, va="center", fontsize=6, color=population_color(population))
    axes.set(xlim=(-0.45, 1.45), ylim=(-7.6, 1.1))
    axes.text(-0.08, 0.75, "source", ha="right", fontsize=5.5)
    axes.text(1.08, 0.75, "target", ha="left", fontsize=5.5)
    axes.set_title(f"{title}\n{len(direct)} paths", fontsize=7)
    axes.set_axis_off()


def _kinds(axes: Axes, paths: Sequence[AreaPath]) -> None:
    groups = [[path for path in paths if path.connection_class == name] for name in CLASSES]
    groups += [[path for path in paths if path.type_step == step] for step in TYPE_STEPS]
    names = [name.capitalize() for name in CLASSES] + list(STEP_TITLES.values())
    shades = [CLASS_COLORS[name] for name in CLASSES] + [STEP_COLORS[step] for step in TYPE_STEPS]
    for place, (group, color) in enumerate(zip(groups, shades, strict=True)):
        direct = sum(path.is_direct for path in group) / len(group)
        axes.barh(place, direct, color=color, height=0.7)
        axes.barh(place, 1 - direct, left=direct, facecolor="white", edgecolor=color, linewidth=0.6, height=0.7)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0)
    axes.set(ylim=(len(names) - 0.4, -0.6), xlim=(0, 1), xlabel="Share of paths", title="Direct (filled), indirect")


def relay_bars(
    axes: Axes, paths: Sequence[AreaPath], group_of: Callable[[AreaPath], str], names: dict[str, str], shades: dict[str, str]
) -> None:
    """Draw the shares of populations that relay indirect paths, for each group of paths (`names`: group to its title)."""
    counts = {group: Counter(relay for path in paths if group_of(path) == group for relay in path.relays()) for group in names}
    total = sum(counts.values(), Counter())
    patterns = [pattern for pattern, _ in total.most_common(PATTERNS_SHOWN)]
    height = 0.8 / len(names)
    for place, (group, name) in enumerate(names.items()):
        widths = np.array([counts[group][pattern] for pattern in patterns]) / max(1, counts[group].total())
        axes.barh(np.arange(len(patterns)) + (place - 1) * height, widths, height=height, color=shades[group], label=name)
    axes.set_yticks(range(len(patterns)), ["\N{RIGHTWARDS ARROW}".join(map(layer_name, pattern)) for pattern in patterns])
    axes.tick_params(axis="y", length=0)
    axes.set(ylim=(max(1, len(patterns)) - 0.5, -0.5), xlabel="Share of relays", title="Relays of indirect paths")
    axes.spines["left"].set_color(INK)
    axes.legend(loc="lower right", handlelength=1.0, fontsize=6)
