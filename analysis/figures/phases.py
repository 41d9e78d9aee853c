"""Wall-clock time of the phases of each simulation, and how long a second of biological time takes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analysis.figures.style import CATEGORIES, INK, PALE, WIDTH_IN, panel_letter, simulator_name
from procortex.formats.spike_meta import META_NAME, SpikeMeta, read_meta
from procortex.utilities.errors import InputError

PHASES = {"compile": "compile kernels", "set_up": "set up network", "simulate": "simulate", "record": "recording, checkpoints"}
COLORS = dict(zip(PHASES, CATEGORIES, strict=False))
PARTS = {"update": "o", "deliver": "^"}
"""Parts of simulating that some simulators time by themselves, drawn open."""
SHORTEST_S = 1e-3
"""Phases that took less (kernels compiled before) are drawn here."""

NOTABLE = 0.1
"""Processors that other programs may keep busy without a word about it."""


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """Draw two panels, time by phase and real-time factor; a row for each simulator and kind of network, points for seeds.

    Parameters
    ----------
    inputs
        Spike data sets, or their ``_meta.json``.
    state
        Of no effect: rows are named by the strength of the connections between areas.
    """
    runs: dict[str, list[SpikeMeta]] = {}
    for path in inputs:
        meta = read_meta(path.parent if path.name == META_NAME else path)
        if "simulate" not in meta.wall_time_s:
            raise InputError(f"{path}: no wall-clock times of the simulation; simulate again")
        runs.setdefault(_label(meta), []).append(meta)
    figure = Figure(figsize=(WIDTH_IN, 1.2 + 0.34 * len(runs)))
    times, factor = figure.subplots(1, 2, sharey=True, width_ratios=(1.7, 1.0))
    for place, metas in enumerate(runs.values()):
        times.axhline(place, color="#ededed", linewidth=0.6, zorder=0)
        for meta in metas:
            for phase, color in COLORS.items():
                if phase in meta.wall_time_s:
                    times.plot(max(meta.wall_time_s[phase], SHORTEST_S), place, "o", markersize=5, color=color, clip_on=False, zorder=3)
            for part, marker in PARTS.items():
                if part in meta.wall_time_s:
                    style: Mapping[str, object] = {"markerfacecolor": "white", "markeredgecolor": COLORS["simulate"]}
                    times.plot(meta.wall_time_s[part], place, marker, markersize=4, markeredgewidth=0.8, zorder=4, **style)
        values = [meta.real_time_factor for meta in metas]
        factor.barh(place, float(np.mean(values)), height=0.55, color=COLORS["simulate"], alpha=0.35)
        factor.plot(values, [place] * len(values), "o", markersize=3, color=COLORS["simulate"])
        factor.annotate(f"{np.mean(values):.3g}{_beside(metas)}", (max(values), place), (5, 0), textcoords="offset points", va="center")
    times.set_yticks(range(len(runs)), list(runs))
    times.tick_params(axis="y", length=0)
    factor.tick_params(axis="y", length=0)
    times.set(xscale="log", ylim=(len(runs) - 0.5, -0.5), xlabel="Wall-clock time (s)", title="Phases")
    times.set_xlim(left=SHORTEST_S)
    factor.axvline(1.0, color=PALE, linewidth=0.7, linestyle=(0, (2, 1.5)), zorder=0)
    factor.set(xlabel="Real-time factor", title="Time per biological time")
    factor.margins(x=0.2)
    for axes, letter in ((times, "A"), (factor, "B")):
        panel_letter(axes, letter)
    timed = {part for metas in runs.values() for meta in metas for part in PARTS if part in meta.wall_time_s}
    figure.legend(handles=_legend(timed), loc="outside lower center", ncols=6, handletextpad=0.2, columnspacing=1.2)
    return figure


def _label(meta: SpikeMeta) -> str:
    """Name simulator, strength of the connections between areas, and biological time: what _meta.json says of a state."""
    try:
        factor = f", χ = {json.loads(str(meta.network['configuration']))['connection_params']['cc_weights_factor']:g}"
    except (KeyError, TypeError, ValueError):  # a network that was not built by this project
        factor = ""
    return f"{simulator_name(meta.backend)}{factor}, {meta.t_sim / 1e3:g} s"


def _beside(metas: Sequence[SpikeMeta]) -> str:
    """Say that the machine was busy, where it was."""
    others = max((meta.processors_of_others or 0.0 for meta in metas), default=0.0)
    return f"  (others: {others:.1f} processors)" if others >= NOTABLE else ""


def _legend(timed: set[str]) -> list[Line2D]:
    full = [Line2D([], [], linestyle="", marker="o", markersize=5, color=COLORS[phase], label=name) for phase, name in PHASES.items()]
    open_ = [
        Line2D([], [], linestyle="", marker=marker, markersize=4, markerfacecolor="white", markeredgecolor=INK, label=f"of it {part}")
        for part, marker in PARTS.items()
        if part in timed
    ]
    return [*full[:3], *open_, full[3]]
