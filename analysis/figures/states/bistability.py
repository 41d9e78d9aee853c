"""Low and high activity of the network before its stabilisation, and the stabilised one: rates of all populations and their histograms."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from analysis.figures.rate_matrix import rate_matrix
from analysis.figures.states.common import RATES, rates_by_state
from analysis.figures.style import EXCITATORY, INHIBITORY, WIDTH_IN, panel_letter
from procortex.formats.populations import AREAS

NAME = "bistability"
BINS_PER_DECADE = 5


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """Rows: states, in the order of the files. Left: rates, averaged over seeds; right: how many populations have which rate."""
    rates = rates_by_state(inputs, NAME)
    areas = [area for area in AREAS if any(area in frame.columns for frame in rates.values())]
    figure = Figure(figsize=(WIDTH_IN, 0.6 + 1.5 * len(rates)))
    rows = figure.subplots(len(rates), 2, squeeze=False, sharex="col", width_ratios=(3.4, 1))
    for (left, right), letter, (name, frame) in zip(rows, "ABCDEFGH", rates.items(), strict=False):
        image = rate_matrix(left, frame, areas, RATES)
        if len(areas) > 10:
            left.tick_params(axis="x", labelsize=5.5)
        left.set_title(f"{name}, mean over populations {np.nanmean(frame.to_numpy(float)):.3g} spikes/s")
        panel_letter(left, letter)
        _histogram(right, frame)
    rows[-1, 1].set_xlabel("Firing rate (spikes/s)")
    bar = figure.colorbar(image, ax=list(rows[:, 0]), shrink=0.9 / len(rows) ** 0.5, aspect=18, pad=0.01, extend="both")
    bar.set_label("Firing rate (spikes/s)")
    bar.outline.set_visible(False)
    handles = [Patch(color=EXCITATORY, label="excitatory"), Patch(color=INHIBITORY, label="inhibitory")]
    figure.legend(handles=handles, loc="outside lower right", ncols=2)
    return figure


def _histogram(axes: Axes, frame: pd.DataFrame) -> None:
    """Count populations by rate, silent ones in the first bin."""
    bins = np.geomspace(*RATES, round(BINS_PER_DECADE * np.log10(RATES[1] / RATES[0])) + 1)
    inhibitory = frame.index.str.endswith("I")
    below = np.zeros(len(bins) - 1)
    for chosen, color in ((~inhibitory, EXCITATORY), (inhibitory, INHIBITORY)):
        values = frame.to_numpy(float)[chosen]
        counts = np.histogram(np.clip(values[~np.isnan(values)], bins[0], bins[-1]), bins)[0]
        axes.stairs(below + counts, bins, baseline=below, fill=True, color=color, linewidth=0)
        below = below + counts
    axes.set(xscale="log", xlim=RATES, ylabel="Populations")
    axes.set_ylim(bottom=0.0)
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
