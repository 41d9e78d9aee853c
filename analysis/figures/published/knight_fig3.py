"""Spikes of three areas and distributions of area values, ours against the published NEST simulation; Knight and Nowotny (2021), Fig. 3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from analysis.comparison.spike_sample import AREAS, SAMPLE_COLUMNS, SAMPLE_END_MS, SAMPLE_START_MS
from analysis.figures.style import AREA_TITLES, WIDTH_IN, panel_letter, population_color, simulator_name
from analysis.figures.violins import legend, population_axis, violin, violin_values
from analysis.runs import Run, check_windows, read_runs
from analysis.statistics.catalogue import PANELS
from analysis.tables import read_table
from procortex.formats.populations import LAYER_POPULATIONS
from procortex.utilities.errors import InputError

REFERENCE = "nest-published"
LIMITS: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "ground": {"rate": (-1.0, 13.0), "correlation": (-0.002, 0.012), "lvr": (-0.01, 2.01)},
    "resting": {"rate": (-10.0, 150.0), "correlation": (-0.1, 0.6), "lvr": (-0.5, 2.5)},
}
"""Of the value axes, as in the paper."""
TITLES = {"ground": "Ground state", "resting": "Resting state"}
MARKER = 0.35


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """Two rows for each state: rasters of V1, V2 and FEF, and violins of rate, correlation and LvR over areas.

    Parameters
    ----------
    inputs
        Spike samples, our statistics and the published ones, as Parquet.
    state
        The one state to draw; those in the samples if None.
    """
    samples, runs = _read(inputs)
    states = [name for name in LIMITS if name in samples and (state is None or name == state)]
    if not states:
        raise InputError(
            f"{inputs[0]}: no spike sample of the states {' or '.join([state] if state else LIMITS)} among the inputs; "
            "make one with `python -m analysis spike-sample`"
        )
    figure = Figure(figsize=(WIDTH_IN, 0.3 + 4.3 * len(states)))
    parts = figure.subfigures(len(states), 1, squeeze=False)[:, 0]
    letters = iter("ABCDEFGHIJKL")
    names: list[str] = []
    for part, name in zip(parts, states, strict=True):
        part.suptitle(TITLES[name], x=0.01, ha="left", fontsize=8.5, fontweight="bold")
        panels = part.subplots(2, 3, height_ratios=(1.25, 1.0))
        for axes in panels.flat:
            panel_letter(axes, next(letters))
        for axes, area in zip(panels[0], AREAS, strict=True):
            _raster(axes, samples[name], area)
        ours, nest = _pair(inputs, runs, name)
        names = [simulator_name(ours.simulator), simulator_name(REFERENCE)]
        for axes, statistic in zip(panels[1], PANELS, strict=True):
            _violins(axes, (ours, nest), statistic, LIMITS[name][statistic])
    _below(parts[-1], names)
    return figure


def _below(part: SubFigure, names: list[str]) -> None:
    part.legend(handles=legend(names), loc="outside lower center", ncols=4, handlelength=1.2, columnspacing=1.8)


def _read(inputs: Sequence[Path]) -> tuple[dict[str, pd.DataFrame], list[Run]]:
    """Spike samples by state, and runs of the statistics."""
    samples: dict[str, pd.DataFrame] = {}
    statistics = []
    for path in inputs:
        if path.is_file() and "time" in _columns(path):
            frame, _ = read_table(path, SAMPLE_COLUMNS)
            for name, sample in frame.groupby("state", sort=False):
                if str(name) in samples:
                    raise InputError(f"{path}: a second spike sample of state {name}; give one for each state")
                samples[str(name)] = sample
        else:
            statistics.append(path)
    return samples, read_runs(statistics, with_distributions=False)


def _columns(path: Path) -> list[str]:
    try:
        return list(pq.read_schema(path).names)
    except (OSError, ValueError):  # the reader of tables says what is wrong with it
        return []


def _pair(inputs: Sequence[Path], runs: Sequence[Run], state: str) -> tuple[Run, Run]:
    """Our first run of a state and NEST's."""
    nest = [run for run in runs if (run.state, run.simulator) == (state, REFERENCE)]
    ours = [run for run in runs if run.state == state and not run.simulator.endswith("-published")]
    if not nest or not ours:
        whose = "ours" if nest else REFERENCE
        raise InputError(f"{inputs[0]}: no statistics of state {state} of {whose} among the inputs; give both")
    check_windows([nest[0], ours[0]])
    return ours[0], nest[0]


def _raster(axes: Axes, sample: pd.DataFrame, area: str) -> None:
    """Spikes of an area, layers from the top; populations are as high as their numbers of neurons."""
    spikes = sample[sample["area"] == area]
    rows = spikes.groupby("population")["rows"].first()
    top = 0.0
    spans: dict[str, tuple[float, float]] = {}
    for population in (name for name in LAYER_POPULATIONS if name in rows.index):
        mine = spikes[spikes["population"] == population]
        axes.scatter(
            mine["time"] / 1e3, top + mine["neuron"] + 0.5, s=MARKER, color=population_color(population), linewidths=0, rasterized=True
        )
        layer = population[:-1]
        spans[layer] = (spans.get(layer, (top, top))[0], top + float(rows[population]))
        top += float(rows[population])
    for _, bottom in list(spans.values())[:-1]:
        axes.axhline(bottom, color="#d0d0d0", linewidth=0.5, zorder=0)
    axes.set_yticks([sum(span) / 2 for span in spans.values()], ["2/3" if layer == "23" else layer for layer in spans])
    axes.tick_params(axis="y", length=0)
    start, end = SAMPLE_START_MS / 1e3, SAMPLE_END_MS / 1e3
    axes.set(xlim=(start, end), ylim=(max(top, 1.0), 0.0), xlabel="Time (s)", title=area, xticks=(start, (start + end) / 2, end))
    if area == AREAS[0]:
        axes.set_ylabel("Layer")


def _violins(axes: Axes, pair: tuple[Run, Run], statistic: str, limits: tuple[float, float]) -> None:
    scale, unit = (1e3, " (10$^{-3}$)") if limits[1] < 0.05 else (1.0, "")
    for place, population in enumerate(LAYER_POPULATIONS):
        for side, run in zip((-1, 1), pair, strict=True):
            if (statistic, population) in run.areas.index:
                values = violin_values(run.areas.loc[[(statistic, population)]]) * scale
                violin(axes, place, values, population_color(population), (side,))
    population_axis(axes)
    axes.set(ylim=(scale * limits[0], scale * limits[1]), title=AREA_TITLES[statistic] + unit)
