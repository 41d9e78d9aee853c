"""Real-time factor against the size of the network, with the published times of the full model."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.table import Row, Summary, summaries
from procortex.utilities.atomic import whole_file
from procortex.utilities.matplotlib_defaults import own_style

PEERS = Path(__file__).resolve().parent / "peers.tsv"
FULL_SYNAPSES = 24_126_516_728
STATES = ("ground", "resting")
LOOK = {"cuda": ("#D55E00", "s", "procortex, GPU"), "cpu": ("#0072B2", "o", "procortex, CPU"), "nest": ("#009E73", "^", "NEST here")}
"""Colour (Okabe and Ito), marker and name of each backend."""
PALE, INK = "#6E6E6E", "#262626"
LABEL_GAP = 0.15
"""Least distance of two labels, in decades."""
STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 8.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "svg.hashsalt": "procortex",
    "savefig.dpi": 200,
}


@dataclass(frozen=True)
class Peer:
    """A published real-time factor of the full model."""

    system: str
    hardware: str
    state: str
    real_time_factor: float
    source: str


def read_peers(path: Path = PEERS) -> list[Peer]:
    """Read the published times."""
    with path.open(newline="") as file:
        return [
            Peer(line["system"], line["hardware"], line["state"], float(line["real_time_factor"]), line["source"])
            for line in csv.DictReader(file, delimiter="\t")
        ]


def spread_labels(places: Sequence[float], gap: float) -> list[float]:
    """Move ascending places apart until neighbours have the gap, as little as can be: crowded ones share their centre."""
    clusters: list[tuple[float, int]] = []  # centre and number of members
    for place in places:
        centre, count = place, 1
        while clusters and centre - clusters[-1][0] < gap * (count + clusters[-1][1]) / 2:
            other, others = clusters.pop()
            centre, count = (centre * count + other * others) / (count + others), count + others
        clusters.append((centre, count))
    return [centre + gap * (k - (count - 1) / 2) for centre, count in clusters for k in range(count)]


def draw(rows: Sequence[Row], peers: Sequence[Peer]) -> Figure:
    """Draw the figure, one panel for each state."""
    with own_style(STYLE):
        figure = Figure(figsize=(10.5, 5.2), layout="constrained")
        panels = figure.subplots(1, len(STATES), sharey=True)
        gathered = summaries(rows)
        for panel, state in zip(panels, STATES, strict=True):
            _draw_peers(panel, [peer for peer in peers if peer.state == state])
            mine = [summary for summary in gathered if (summary["state"] or "ground") == state]
            for backend in LOOK:
                _draw_backend(panel, [summary for summary in mine if summary["backend"] == backend], backend)
            panel.axhline(1, color=PALE, linewidth=0.8, linestyle=":")
            panel.text(0.01, 1.04, "real time", color=PALE, transform=panel.get_yaxis_transform(), fontsize=7)
            panel.set(xscale="log", yscale="log", xlabel="synapses", title=f"{state.capitalize()} state")
            panel.set_xlim(min([float(row["synapses"]) for row in rows] + [1e9]) / 3, FULL_SYNAPSES * 2)
            _name_sizes(panel, mine)
        panels[0].set_ylim(bottom=min([float(row["real_time_factor"]) for row in rows] + [1.0]) / 4)  # room for the sizes below
        panels[0].set_ylabel("wall-clock time / biological time")
        handles = {text: handle for panel in panels for handle, text in zip(*panel.get_legend_handles_labels(), strict=True)}
        panels[0].legend(list(handles.values()), list(handles), loc="upper left", fontsize=7)
        return figure


def _draw_backend(panel: Axes, mine: Sequence[Summary], backend: str) -> None:
    color, marker, name = LOOK[backend]
    for number, device in enumerate(dict.fromkeys(str(summary["device"]) for summary in mine)):
        for recording, fill in ((False, color), (True, "white")):
            points = [s for s in mine if str(s["device"]) == device and s.rows[0].get("recording", True) == recording]
            if not points:
                continue
            size = [float(s["synapses"]) for s in points]
            middle = [s.median("real_time_factor") for s in points]
            low = [m - min(s.values("real_time_factor")) for s, m in zip(points, middle, strict=True)]
            high = [max(s.values("real_time_factor")) - m for s, m in zip(points, middle, strict=True)]
            panel.errorbar(
                size,
                middle,
                yerr=[low, high],
                color=color,
                marker=marker,
                markerfacecolor=fill,
                linestyle=("-", "--", "-.", ":")[number % 4] if not recording else "none",
                linewidth=1.0,
                capsize=2,
                markersize=6,
                label=f"{name} ({device}){', all spikes recorded' if recording else ''}",
                zorder=3 if recording else 4,
            )
            if not recording:
                for x, y in zip(size, middle, strict=True):
                    panel.annotate(f"{y:.3g}", (x, y), (-6, 4), textcoords="offset points", ha="right", fontsize=6.5, color=color)


def _draw_peers(panel: Axes, peers: Sequence[Peer]) -> None:
    ordered = sorted(peers, key=lambda peer: peer.real_time_factor)
    places = spread_labels([math.log10(peer.real_time_factor) for peer in ordered], LABEL_GAP)
    for peer, place in zip(ordered, places, strict=True):
        panel.plot([FULL_SYNAPSES], [peer.real_time_factor], color=PALE, marker="_", markersize=14, markeredgewidth=1.6, linestyle="none")
        panel.annotate(
            f"{peer.system}, {peer.hardware}: {peer.real_time_factor:.3g}",
            (FULL_SYNAPSES * 1.35, peer.real_time_factor),
            (1.03, 10**place),
            textcoords=panel.get_yaxis_transform(),
            va="center",
            fontsize=6.5,
            color=INK,
            arrowprops={"arrowstyle": "-", "color": PALE, "linewidth": 0.5, "relpos": (0, 0.5), "shrinkA": 0, "shrinkB": 0},
        )


def _name_sizes(panel: Axes, mine: Sequence[Summary]) -> None:
    """Say on the axis how many neurons the networks have, where they do not crowd."""
    last = 0.0
    for synapses, neurons in sorted({(float(summary["synapses"]), float(summary["neurons"])) for summary in mine}):
        if synapses > 2.5 * last:
            panel.text(
                synapses, 0.01, f"{neurons:,.0f}\nneurons", transform=panel.get_xaxis_transform(), ha="center", va="bottom", fontsize=6.5
            )
            last = synapses


def write_figure(figure: Figure, path: Path) -> None:
    """Write a figure in the format its name ends with."""
    with whole_file(path) as temporary, own_style(STYLE):
        metadata = {"Date": None} if path.suffix == ".svg" else None
        figure.savefig(temporary, format=path.suffix[1:], metadata=metadata)
