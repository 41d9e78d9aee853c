"""Functional connectivity: correlations between areas, their agreement with the experiment over states, and communities."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, ListedColormap, LogNorm, Normalize
from matplotlib.figure import Figure, SubFigure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from analysis.figures.structure.common import bar, matrix, positive
from analysis.figures.style import CATEGORIES, EXCITATORY, INHIBITORY, INK, NO_DATA, PALE, WIDTH_IN, panel_letter
from analysis.functional import SHORTEST_BOLD
from analysis.functional.agreement import STRUCTURE, Collection, Connectivity, agreement, collect
from analysis.functional.communities import adjusted_rand, renamed
from analysis.functional.correlation import similarity, zero_diagonal
from contracts.functional import BOLD, EXPERIMENT, SYNAPTIC_INPUT
from procortex.utilities.errors import InputError

SHORT_NAMES = {SYNAPTIC_INPUT: "input", BOLD: "BOLD", EXPERIMENT: "fMRI", STRUCTURE: "structure"}
NAMES = {SYNAPTIC_INPUT: "synaptic input", BOLD: "BOLD", EXPERIMENT: "Experiment (fMRI)", STRUCTURE: "Structure"}
SIGNAL_COLORS = {SYNAPTIC_INPUT: CATEGORIES[0], BOLD: CATEGORIES[5]}
COMMUNITY_COLORS = (
    CATEGORIES[0],
    CATEGORIES[1],
    CATEGORIES[2],
    CATEGORIES[3],
    CATEGORIES[4],
    CATEGORIES[5],
    CATEGORIES[7],
    *("#c9b8a8",) * 40,
)
"""Communities beyond the seventh are small, and share a colour."""

MOST_STATES = 4
"""Matrices of more states would not fit; then those of the one that agrees best with the reference are drawn."""

COLUMNS = 3
SCALE = LinearSegmentedColormap.from_list("correlation", [EXCITATORY, "white", INHIBITORY]).with_extremes(bad=NO_DATA)


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """Draw matrices in the order of the simulated communities, and below agreement with the reference and communities of all of them."""
    if len(inputs) < 2:
        raise InputError("functional-connectivity: 1 input; it draws an anatomy file and one file of `functional` or more, in this order")
    collection = collect(inputs[0], inputs[1:])
    first = _first_runs(collection)
    shown = _shown(collection, first, state)
    leader = _leader(collection, [one for one in shown if one.signal == SYNAPTIC_INPUT] or shown)
    order = np.argsort(leader.communities, kind="stable")
    functional = [*shown, *([collection.experiment] if collection.experiment else [])]
    partitions = [*functional, collection.structure]
    matrices = partitions if len(functional) % COLUMNS else functional  # the structure fills a row, but opens none
    height = 2.3 * _rows(matrices), 1.0 + max(1.0, 0.19 * len(partitions))
    figure = Figure(figsize=(WIDTH_IN, sum(height) + 0.25))
    top, bottom = figure.subfigures(2, 1, squeeze=False, height_ratios=height)[:, 0]
    letters = iter("ABCDEFGHIJKLMNOP")
    for axes in _matrices(top, matrices, collection.areas, order):
        panel_letter(axes, next(letters))
    bars, strips, pairs = bottom.subplots(1, 3, width_ratios=(1.0, 2.0, 1.05))
    _bars(bars, collection)
    _strips(strips, partitions, leader, collection.areas, order)
    _agreements(pairs, partitions)
    for axes in (bars, strips, pairs):
        panel_letter(axes, next(letters))
    if note := _note(collection):
        figure.supxlabel(note, x=0.01, ha="left", fontsize=6.5, color=PALE)
    return figure


def _first_runs(collection: Collection) -> list[Connectivity]:
    """Of each state and signal the first file, in the order of the files."""
    runs: dict[tuple[str, str], Connectivity] = {}
    for one in collection.simulated:
        runs.setdefault((one.state, one.signal), one)
    return list(runs.values())


def _shown(collection: Collection, first: list[Connectivity], state: str | None) -> list[Connectivity]:
    """Those whose matrices are drawn: of a state, of all, or of the best one if there are many."""
    states = list(dict.fromkeys(one.state for one in first))
    if state is not None and state not in states:
        raise InputError(f"functional-connectivity: no state {state!r}; the inputs hold {', '.join(states)}")
    if state is None and len(states) > MOST_STATES:
        state = _leader(collection, first).state
    return [one for one in first if state in (None, one.state)]


def _leader(collection: Collection, candidates: list[Connectivity]) -> Connectivity:
    """Find the one that agrees best with the first reference."""
    reference = collection.references[0].matrix
    return max(candidates, key=lambda one: float(np.nan_to_num(similarity(one.matrix, reference), nan=-1.0)))


def _title(one: Connectivity) -> str:
    return f"{one.state}: {NAMES[one.signal]}" if one.state else NAMES[one.signal]


def _short(one: Connectivity) -> str:
    return f"{one.state}, {SHORT_NAMES[one.signal]}" if one.state else SHORT_NAMES[one.signal]


def _matrices(part: SubFigure, matrices: list[Connectivity], areas: tuple[str, ...], order: NDArray[np.int64]) -> list[Axes]:
    """Draw the matrices in one order of areas; correlations share a scale, the structure has its own."""
    panels: list[Axes] = list(part.subplots(_rows(matrices), COLUMNS, squeeze=False).ravel())
    labels = [areas[i] for i in order]
    correlation = Normalize(-(limit := _limit(matrices)), limit)
    bars: dict[str, AxesImage] = {}
    for axes, one in zip(panels, matrices, strict=False):
        values = one.matrix[np.ix_(order, order)]
        if one.signal == STRUCTURE:
            bars["Relative in-degree"] = matrix(axes, positive(values), labels, LogNorm(1e-4, 1.0), size=4.0)
        else:
            bars["Correlation coefficient"] = matrix(axes, zero_diagonal(values), labels, correlation, SCALE, size=4.0)
            axes.set(xlabel="", ylabel="")
        axes.set_title(_title(one))
    for axes in panels[len(matrices) :]:
        axes.set_axis_off()
    for label, image in bars.items():
        bar(image, panels, label, location="right")
    return panels[: len(matrices)]


def _rows(matrices: list[Connectivity]) -> int:
    return -(-len(matrices) // COLUMNS)


def _limit(matrices: list[Connectivity]) -> float:
    """End of the scale of correlations: the strongest one, in tenths."""
    values = np.concatenate([np.abs(zero_diagonal(one.matrix)).ravel() for one in matrices if one.signal != STRUCTURE])
    return max(float(np.ceil(np.nanmax(values, initial=0.0) * 10)), 1.0) / 10


def _bars(axes: Axes, collection: Collection) -> None:
    """Similarity of every state with the experiment, or with the structure where there is no experiment."""
    table = agreement(collection)
    reference = collection.references[0].signal
    table = table[(table["reference"] == reference) & (table["state"] != "")]
    states = list(dict.fromkeys(table["state"]))
    signals = [signal for signal in SIGNAL_COLORS if (table["signal"] == signal).any()]
    width = 0.7 / len(signals)
    for place, signal in enumerate(signals):
        offset = (place - (len(signals) - 1) / 2) * width
        for x, state in enumerate(states):
            values = table.loc[(table["state"] == state) & (table["signal"] == signal), "r"].dropna()
            if values.empty:
                continue
            axes.bar(x + offset, values.mean(), 0.9 * width, color=SIGNAL_COLORS[signal], alpha=0.85, linewidth=0)
            if len(values) > 1:
                axes.plot(np.full(len(values), x + offset), values, "o", markersize=2.2, color=INK, markeredgewidth=0)
    handles: list[Patch | Line2D] = [Patch(color=SIGNAL_COLORS[signal], alpha=0.85, label=NAMES[signal]) for signal in signals]
    if collection.experiment is not None:
        level = similarity(collection.structure.matrix, collection.experiment.matrix)
        line = axes.axhline(level, color=INK, linewidth=0.8, linestyle=(0, (4, 2)), label="structure")
        handles.append(line)
    axes.axhline(0, color=INK, linewidth=0.6)
    low, high = axes.get_ylim()
    axes.set_ylim(min(low, -0.02), high + 0.35 * (high - low))  # room for the legend
    axes.set_xticks(range(len(states)), states, rotation=0 if len(states) <= 3 else 90)
    axes.set_ylabel("Pearson's r")
    axes.set_title("Similarity to the " + ("experiment" if collection.experiment else "structure"))
    axes.legend(handles=handles, loc="upper left", fontsize=6, ncols=1, handlelength=1.6, borderaxespad=0.1)


def _strips(axes: Axes, partitions: list[Connectivity], leader: Connectivity, areas: tuple[str, ...], order: NDArray[np.int64]) -> None:
    """Community of every area, a row for each partition; colours are those of the communities that share most areas."""
    labels = np.array([renamed(one.communities, leader.communities)[order] for one in partitions])
    count = len(COMMUNITY_COLORS)
    axes.imshow(labels, cmap=ListedColormap(COMMUNITY_COLORS), norm=Normalize(-0.5, count - 0.5), aspect="auto", interpolation="nearest")
    for edge in range(1, len(partitions)):
        axes.axhline(edge - 0.5, color="white", linewidth=2.5)
    for edge in range(1, len(areas)):
        axes.axvline(edge - 0.5, color="white", linewidth=0.5)
    axes.set_xticks(range(len(areas)), [areas[i] for i in order], rotation=90, fontsize=4.8)
    axes.set_yticks(range(len(partitions)), [_short(one) for one in partitions], fontsize=6)
    axes.tick_params(length=0, pad=1.5)
    axes.spines[:].set_visible(False)
    axes.set_title("Communities")


def _agreements(axes: Axes, partitions: list[Connectivity]) -> None:
    """Draw the adjusted Rand index of all pairs of partitions, in the rows of the communities."""
    values = np.array([[adjusted_rand(one.communities, other.communities) for other in partitions] for one in partitions])
    axes.imshow(values, cmap=SCALE, norm=Normalize(-1, 1), aspect="auto", interpolation="nearest")
    for (i, j), value in np.ndenumerate(values):
        text = f"{round(float(value), 2) + 0.0:.2f}".replace("-", "\N{MINUS SIGN}")
        axes.annotate(text, (j, i), ha="center", va="center", fontsize=4.6, color="white" if abs(value) > 0.6 else INK)
    axes.set_yticks([])
    axes.set_xticks(range(len(partitions)), [_short(one) for one in partitions], rotation=90, fontsize=6)
    axes.tick_params(length=0, pad=1.5)
    axes.spines[:].set_visible(False)
    axes.set_title("Adjusted Rand index")


def _note(collection: Collection) -> str:
    """Say what is missing, and why."""
    parts = []
    if not any(one.signal == BOLD for one in collection.simulated):
        longest = max(one.t_max for one in collection.simulated)
        reason = f": it needs {SHORTEST_BOLD / 1000:g} s, the simulations have {longest / 1000:g} s" if longest < SHORTEST_BOLD else ""
        parts.append(f"Without the BOLD signal{reason}.")
    if collection.experiment is None:
        parts.append("Without the experiment: its matrix is among the raw files, which this run did not use.")
    return " ".join(parts)
