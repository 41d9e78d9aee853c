"""Divergence of the pooled distributions, ours and GeNN's from NEST's, and between seeds; Knight and Nowotny (2021), Fig. 4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analysis.comparison.acceptance.pooled import common_keys, divergences, seed_pairs
from analysis.comparison.acceptance.published_seeds import BETWEEN_SEEDS, FROM_NEST, largest_divergence
from analysis.comparison.acceptance.rules import GENN, GROUND, NEST, RESTING, kl_limit
from analysis.comparison.published import WINDOWS
from analysis.figures.style import AREA_TITLES, CATEGORIES, INK, WIDTH_IN, panel_letter, simulator_name
from analysis.figures.violins import population_axis
from analysis.statistics.catalogue import PANELS
from analysis.statistics.histograms import BinnedRun, Key, read_histograms
from procortex.formats.populations import LAYER_POPULATIONS
from procortex.utilities.errors import InputError

STATE_TITLES = {GROUND: "Ground state", RESTING: "Resting state"}
OURS, OUR_SEEDS, GENN_NEST, GENN_SEEDS = "ours", "our seeds", "genn", "genn seeds"
COLORS = {OURS: CATEGORIES[0], OUR_SEEDS: CATEGORIES[4], GENN_NEST: CATEGORIES[1], GENN_SEEDS: "#f3cf80"}
BARS = (OURS, OUR_SEEDS, GENN_NEST, GENN_SEEDS)

SCALE = 1e3

LIMITED = {GROUND: "from NEST", RESTING: "between seeds"}
"""Which of our divergences the limit of a state is for."""
DASHED = (0, (2, 1.2))

Divergences = Mapping[str, Mapping[Key, list[float]]]
"""By kind of bar and key, one value for each pair of runs."""
Spread = tuple[float, float]
"""Mean and standard deviation over pairs of runs; the latter is NaN for a single pair."""


@dataclass(frozen=True)
class Row:
    """Bars of one state, and the limits of acceptance."""

    bars: Mapping[str, Mapping[Key, Spread]]
    limits: Mapping[Key, float]


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """One row for each state, bars as high as the mean over pairs of runs, lines as long as the standard deviation to either side.

    Parameters
    ----------
    inputs
        Histograms of our simulations and the published ones.
    state
        The one state to draw; those with something to compare if None.
    """
    runs = read_histograms(inputs)
    rows = {name: _row(runs, name) for name in STATE_TITLES if state in (None, name)}
    rows = {name: row for name, row in rows.items() if OURS in row.bars or OUR_SEEDS in row.bars}
    if not rows:
        raise InputError(
            f"{inputs[0]}: nothing to compare; give histograms of a simulation and the published ones (ground state), or of several seeds"
        )
    figure = Figure(figsize=(WIDTH_IN, 0.45 + 2.3 * len(rows)))
    parts = figure.subfigures(len(rows), 1, squeeze=False)[:, 0]
    letters = iter("ABCDEF")
    for part, (name, row) in zip(parts, rows.items(), strict=True):
        part.suptitle(STATE_TITLES[name], x=0.01, ha="left", fontsize=8.5, fontweight="bold")
        for axes, statistic in zip(part.subplots(1, 3), PANELS, strict=True):
            panel_letter(axes, next(letters))
            _bars(axes, row, statistic)
            axes.set_title(AREA_TITLES[statistic].split(" (")[0])
        part.axes[0].set_ylabel("KL divergence (10$^{-3}$ nats)")
    ours = next(run.simulator for run in runs if run.simulator not in (NEST, GENN))
    handles = _legend(rows, simulator_name(ours))
    columns = (len(handles) + 1) // 2
    parts[-1].legend(handles=handles, loc="outside lower center", ncols=columns, handlelength=1.2, columnspacing=1.8)
    return figure


def _row(runs: Sequence[BinnedRun], state: str) -> Row:
    """Divergences among the histograms of one state; in the resting state those read from the paper besides."""
    found = _divergences(runs, state)
    bars = {kind: {key: _spread(values) for key, values in by_key.items()} for kind, by_key in found.items() if by_key}
    between = found.get(GENN_SEEDS, {})
    limits = {key: kl_limit([*values, *between.get(key, [])]) for key, values in found.get(GENN_NEST, {}).items()}
    # divergences depend on how long the simulations are: the published ones say nothing about others
    if state == RESTING and OUR_SEEDS in bars and all(run.window == WINDOWS[RESTING] for run in runs if run.state == RESTING):
        keys = [(statistic, population) for statistic in PANELS for population in LAYER_POPULATIONS]
        for kind, table in ((GENN_NEST, FROM_NEST), (GENN_SEEDS, BETWEEN_SEEDS)):
            bars[kind] = {(statistic, population): table[statistic][population] for statistic, population in keys}
        limits = {key: largest_divergence(*key) for key in keys}
    return Row(bars, limits)


def _spread(values: Sequence[float]) -> Spread:
    return float(np.mean(values)), float(np.std(values)) if len(values) > 1 else float("nan")


def _divergences(runs: Sequence[BinnedRun], state: str) -> Divergences:
    mine = [run for run in runs if run.state == state]
    nest = [run for run in mine if run.simulator == NEST]
    genn = [run for run in mine if run.simulator == GENN]
    ours = [run for run in mine if run.simulator not in (NEST, GENN)]
    found: dict[str, dict[Key, list[float]]] = {}
    if nest and ours:
        found[OURS] = {key: divergences(nest, ours, key) for key in common_keys([*nest, *ours])}
    if len(ours) > 1:
        found[OUR_SEEDS] = {key: seed_pairs(ours, key) for key in common_keys(ours)}
    if nest and genn:
        found[GENN_NEST] = {key: divergences(nest, genn, key) for key in common_keys([*nest, *genn])}
    if len(genn) > 1:
        found[GENN_SEEDS] = {key: seed_pairs(genn, key) for key in common_keys(genn)}
    return found


def _bars(axes: Axes, row: Row, statistic: str) -> None:
    kinds = [kind for kind in BARS if kind in row.bars]
    width = 0.84 / len(kinds)
    for place, population in enumerate(LAYER_POPULATIONS):
        key = (statistic, population)
        for number, kind in enumerate(kinds):
            if key in row.bars[kind]:
                left = place - 0.42 + number * width
                mean, deviation = (SCALE * value for value in row.bars[kind][key])
                axes.bar(left, mean, width, align="edge", color=COLORS[kind], linewidth=0)
                if not np.isnan(deviation):
                    axes.plot([left + width / 2] * 2, [mean - deviation, mean + deviation], color=INK, linewidth=0.7)
        if key in row.limits:
            axes.plot([place - 0.42, place + 0.42], [SCALE * row.limits[key]] * 2, color=INK, linewidth=0.8, linestyle=DASHED)
        if not any(key in values for values in row.bars.values()):
            axes.annotate("n/a", (place, 0), (0, 2), textcoords="offset points", ha="center", fontsize=6, color="#8a8a8a")
    population_axis(axes)
    axes.set_ylim(bottom=0.0)


def _legend(rows: Mapping[str, Row], ours: str) -> list[Patch | Line2D]:
    names = {
        OURS: f"{ours}, from NEST",
        OUR_SEEDS: f"{ours}, between seeds",
        GENN_NEST: "GeNN (published), from NEST",
        GENN_SEEDS: "GeNN (published), between seeds",
    }
    limits = ", ".join(f"{LIMITED[state]} ({state})" for state, row in rows.items() if row.limits)
    line = [Line2D([], [], color=INK, linewidth=0.8, linestyle=DASHED, label=f"limit of ours, {limits}")] * bool(limits)
    return [*(Patch(color=COLORS[kind], label=names[kind]) for kind in BARS if any(kind in row.bars for row in rows.values())), *line]
