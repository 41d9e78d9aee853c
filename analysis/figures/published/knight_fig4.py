"""Divergence of the pooled distributions, ours and GeNN's from NEST's, and between seeds; Knight and Nowotny (2021), Fig. 4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analysis.acceptance.pooled import common_keys, divergences, seed_pairs
from analysis.acceptance.rules import GENN, GROUND, NEST, RESTING, kl_limit
from analysis.figures.style import AREA_TITLES, CATEGORIES, INK, WIDTH_IN, panel_letter, simulator_name
from analysis.figures.violins import population_axis
from analysis.histograms import BinnedRun, Key, read_histograms
from contracts.errors import InputError
from contracts.populations import LAYER_POPULATIONS

STATISTICS = ("rate", "correlation", "lvr")
STATE_TITLES = {GROUND: "Ground state", RESTING: "Resting state"}
OURS, OUR_SEEDS, GENN_NEST, GENN_SEEDS = "ours", "our seeds", "genn", "genn seeds"
COLORS = {OURS: CATEGORIES[0], OUR_SEEDS: CATEGORIES[4], GENN_NEST: CATEGORIES[1], GENN_SEEDS: "#f3cf80"}
BARS = (OURS, OUR_SEEDS, GENN_NEST, GENN_SEEDS)

SCALE = 1e3

Divergences = Mapping[str, Mapping[Key, list[float]]]
"""By kind of bar and key, one value for each pair of runs."""


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
    rows = {name: _divergences(runs, name) for name in STATE_TITLES if state in (None, name)}
    rows = {name: found for name, found in rows.items() if OURS in found or OUR_SEEDS in found}
    if not rows:
        raise InputError(
            f"{inputs[0]}: nothing to compare; give histograms of a simulation and the published ones (ground state), or of several seeds"
        )
    figure = Figure(figsize=(WIDTH_IN, 0.3 + 2.3 * len(rows)))
    parts = figure.subfigures(len(rows), 1, squeeze=False)[:, 0]
    letters = iter("ABCDEF")
    for part, (name, found) in zip(parts, rows.items(), strict=True):
        part.suptitle(STATE_TITLES[name], x=0.01, ha="left", fontsize=8.5, fontweight="bold")
        for axes, statistic in zip(part.subplots(1, 3), STATISTICS, strict=True):
            panel_letter(axes, next(letters))
            _bars(axes, {kind: values for kind, values in found.items() if values}, statistic)
            axes.set_title(AREA_TITLES[statistic].split(" (")[0])
        part.axes[0].set_ylabel("KL divergence (10$^{-3}$ nats)")
    ours = next(run.simulator for run in runs if run.simulator not in (NEST, GENN))
    kinds = [kind for kind in BARS if any(kind in found for found in rows.values())]
    parts[-1].legend(handles=_legend(kinds, simulator_name(ours)), loc="outside lower center", ncols=5, handlelength=1.2, columnspacing=1.4)
    return figure


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


def _bars(axes: Axes, found: Divergences, statistic: str) -> None:
    kinds = [kind for kind in BARS if kind in found]
    width = 0.84 / len(kinds)
    for place, population in enumerate(LAYER_POPULATIONS):
        key = (statistic, population)
        for number, kind in enumerate(kinds):
            if values := found[kind].get(key):
                left = place - 0.42 + number * width
                mean, deviation = SCALE * float(np.mean(values)), SCALE * float(np.std(values))
                axes.bar(left, mean, width, align="edge", color=COLORS[kind], linewidth=0)
                if len(values) > 1:
                    axes.plot([left + width / 2] * 2, [mean - deviation, mean + deviation], color=INK, linewidth=0.7)
        published = [*found.get(GENN_NEST, {}).get(key, []), *found.get(GENN_SEEDS, {}).get(key, [])]
        if published:
            axes.plot([place - 0.42, place + 0.42], [SCALE * kl_limit(published)] * 2, color=INK, linewidth=0.8, linestyle=(0, (2, 1.2)))
        if not any(key in values for values in found.values()):
            axes.annotate("n/a", (place, 0), (0, 2), textcoords="offset points", ha="center", fontsize=6, color="#8a8a8a")
    population_axis(axes)
    axes.set_ylim(bottom=0.0)


def _legend(kinds: Sequence[str], ours: str) -> list[Patch | Line2D]:
    names = {
        OURS: f"{ours}, from NEST",
        OUR_SEEDS: f"{ours}, between seeds",
        GENN_NEST: "GeNN (published), from NEST",
        GENN_SEEDS: "GeNN, between seeds",
    }
    limit = [Line2D([], [], color=INK, linewidth=0.8, linestyle=(0, (2, 1.2)), label="limit")] * (GENN_NEST in kinds)
    return [*(Patch(color=COLORS[kind], label=names[kind]) for kind in kinds), *limit]
