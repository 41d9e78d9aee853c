"""How the in-degrees were stabilised: transitions over the drive, the unstable fixed points, and the directions that were changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import xarray as xr
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analysis.figures.inputs import one_file
from analysis.figures.style import CATEGORIES, INK, PALE, WIDTH_IN, panel_letter
from analysis.figures.theory.common import CRITICAL, GROUP_COLORS, GROUP_NAMES, SLOWEST, eigenvalues
from analysis.structure.areas import ARCHITECTURAL_ORDER
from analysis.theory.modes import area_shares
from contracts.stabilisation import read_stabilisation
from procortex.formats.populations import label_layers

DRIVEN = ("5E", "6E")
"""Populations whose external in-degree kappa changes."""

KINDS = {"separatrix": "o", "fold": "D"}
SIDES = {"below": CATEGORIES[0], "above": CATEGORIES[1]}
COLUMN_IN = 1.25
"""Least width of the column of an iteration."""


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """Mean rates over the drive; below, a column for each iteration, and a row of areas for each critical eigenvector."""
    record = one_file(inputs, "stabilisation", "stabilisation file", read_stabilisation)
    iterations = record.sizes["iteration"]
    heights = (2.3, 4.6, 0.5 + 0.62 * iterations) if iterations else (2.3,)
    figure = Figure(figsize=(max(WIDTH_IN, COLUMN_IN * iterations + 0.6), sum(heights)))
    parts = figure.subfigures(len(heights), 1, squeeze=False, height_ratios=heights)[:, 0]
    firsts = list(parts[0].subplots(1, 2))
    _scans(firsts[0], record, np.ones(record.sizes["target"], dtype=bool), "All populations")
    driven = np.isin(label_layers([str(label) for label in record["target"].to_numpy()]), DRIVEN)
    _scans(firsts[1], record, driven, f"Populations {' and '.join(DRIVEN)}")
    firsts[0].set_ylabel("Mean rate (spikes/s)")
    parts[0].legend(handles=_stage_handles(record), loc="outside right upper")
    if iterations:
        rows = parts[1].subplots(4, iterations, squeeze=False, sharey="row")
        for place in range(iterations):
            _iteration(rows[:, place], record.isel(iteration=place), place + 1)
        rows[-1, 0].set_ylim(0.0, 1.1 * float(np.abs(record["shift"]).max()))
        labels = ("Mean rate\n(spikes/s)", "Speed\n(spikes/s)", "Imaginary\npart", "|Share of\nthe shift|")
        for axes, label in zip(rows[:, 0], labels, strict=True):
            axes.set_ylabel(label)
        parts[1].legend(handles=_side_handles(), loc="outside upper right", ncols=3)
        shares = parts[2].subplots(iterations, 1, squeeze=False, sharex=True)[:, 0]
        _critical_vectors(shares, record)
        parts[2].legend(
            handles=[Patch(color=color, label=GROUP_NAMES[group]) for group, color in GROUP_COLORS.items()],
            loc="outside upper right",
            ncols=len(GROUP_COLORS),
            handlelength=1.0,
        )
        firsts += [*rows[:, 0], shares[0]]
    for axes, letter in zip(firsts, "ABCDEFG", strict=False):
        panel_letter(axes, letter)
    return figure


def _stage_colors(count: int) -> list[str]:
    """Colours of the stages: the anatomy dark, later ones lighter."""
    return [to_hex(color) for color in colormaps["viridis"](np.linspace(0.0, 0.9, count))]


def _scans(axes: Axes, record: xr.Dataset, chosen: np.ndarray, title: str) -> None:
    kappa, rates = record["kappa"].to_numpy(), record["scan_rates"].to_numpy()[:, :, chosen].mean(axis=-1)
    unstable = record["unstable_rates"].to_numpy()[:, chosen].mean(axis=-1)
    palette = _stage_colors(len(rates))
    for stage, color in enumerate(palette):
        axes.plot(kappa, rates[stage], color=color, linewidth=1.2)
    for place, kind in enumerate(record["transition_kind"].to_numpy()):
        at = float(record["transition_kappa"][place])
        axes.plot(at, unstable[place], KINDS.get(str(kind), "s"), markersize=4.5, color=palette[place], markeredgecolor="white", zorder=4)
    axes.set(yscale="log", xlabel="Drive \N{GREEK SMALL LETTER KAPPA}", title=title)


def _stage_handles(record: xr.Dataset) -> list[Line2D]:
    palette = _stage_colors(record.sizes["stage"])
    names = ["anatomy", *(f"after change {place}" for place in range(1, len(palette)))]
    handles = [Line2D([], [], color=color, label=name) for name, color in zip(names, palette, strict=True)]
    there = [kind for kind in KINDS if kind in record["transition_kind"].to_numpy().astype(str)]
    return handles + [
        Line2D([], [], linestyle="", marker=KINDS[kind], markersize=4.5, color=PALE, markeredgecolor="white", label=f"transition, {kind}")
        for kind in there
    ]


def _iteration(column: Sequence[Axes], record: xr.Dataset, number: int) -> None:
    rates, speeds, spectrum, shares = column
    time = record["time"].to_numpy()
    unstable = float(record["unstable_rates"].mean())
    for side, color in SIDES.items():
        mean, speed = (record[name].sel(side=side).to_numpy() for name in ("trajectory_mean", "trajectory_speed"))
        rates.plot(time, np.where(mean > 0, mean, np.nan), color=color, linewidth=1.0)
        speeds.plot(time, np.where(speed > 0, speed, np.nan), color=color, linewidth=1.0)
    rates.axhline(unstable, color=CRITICAL, linewidth=0.8, linestyle=(0, (3, 2)), zorder=0)
    kappa, kind = float(record["transition_kappa"]), str(record["transition_kind"].to_numpy())
    rates.set(yscale="log", title=f"{number}: {kind}\n\N{GREEK SMALL LETTER KAPPA} = {kappa:.4f}")
    speeds.set(yscale="log", xlabel="Pseudo-time")
    speeds.set_ylim(bottom=SLOWEST)
    for axes in (rates, speeds):
        axes.set_xlim(0.0, float(time[-1]))
    rates.tick_params(labelbottom=False)
    eigenvalues(spectrum, record)
    size = np.abs(record["shift"].to_numpy())
    modes = np.arange(1, len(size) + 1)
    shares.plot(modes[1:], size[1:], "o", markersize=2.0, markeredgewidth=0, color=INK, alpha=0.6)
    shares.plot(1, size[0], "o", markersize=4.0, markeredgewidth=0, color=CRITICAL, clip_on=False, zorder=4)
    shares.set(xscale="log", xlabel="Mode")


def _side_handles() -> list[Line2D]:
    handles = [Line2D([], [], color=color, label=f"just {side}") for side, color in SIDES.items()]
    return [*handles, Line2D([], [], color=CRITICAL, linewidth=0.8, linestyle=(0, (3, 2)), label="unstable fixed point")]


def _critical_vectors(column: Sequence[Axes], record: xr.Dataset) -> None:
    places = np.arange(len(ARCHITECTURAL_ORDER))
    for number, axes in enumerate(column):
        shares = area_shares(record["critical_right"].isel(iteration=number)).loc[list(ARCHITECTURAL_ORDER)]
        base = np.zeros(len(shares))
        for group, color in GROUP_COLORS.items():
            axes.bar(places, shares[group], bottom=base, color=color, width=0.8)
            base = base + shares[group].to_numpy()
        axes.set(xlim=(-0.6, len(places) - 0.4), ylim=(0.0, 1.1 * base.max()))
        axes.annotate(str(number + 1), (1, 1), (-3, -2), xycoords="axes fraction", textcoords="offset points", ha="right", va="top")
        axes.tick_params(axis="x", length=0)
    column[0].set_title("Critical eigenvector: share of areas in its squared length")
    column[-1].set_xticks(places, ARCHITECTURAL_ORDER, rotation=90)
