"""What the figures of the theory share: eigenvalues in the complex plane, colours of layers and groups."""

from __future__ import annotations

import xarray as xr
from matplotlib.axes import Axes

from analysis.figures.style import CATEGORIES, INK, PALE
from analysis.theory.modes import GROUPS

CRITICAL = CATEGORIES[5]
LAYER_COLORS = dict(zip(("23", "4", "5", "6"), CATEGORIES[:4], strict=True))
GROUP_COLORS = dict(zip(GROUPS, (*CATEGORIES[:4], "#c4c4c4"), strict=True))
GROUP_NAMES = dict(zip(GROUPS, ("2/3E", "4E", "5E", "6E", "inhibitory"), strict=True))
SLOWEST = 1e-6
"""Lower end of the axis of speeds (spikes/s per unit of pseudo-time): below it a trajectory rests."""


def eigenvalues(axes: Axes, values: xr.Dataset) -> None:
    """Draw a spectrum (eigenvalue_real, eigenvalue_imag; critical one first) and the line at which stability ends."""
    real, imaginary = values["eigenvalue_real"].to_numpy(), values["eigenvalue_imag"].to_numpy()
    axes.axvline(1.0, color=PALE, linewidth=0.8, linestyle=(0, (4, 2)), zorder=0)
    axes.plot(real[1:], imaginary[1:], "o", markersize=2.0, markeredgewidth=0, color=INK, alpha=0.6)
    axes.plot(real[0], imaginary[0], "o", markersize=4.0, markeredgewidth=0, color=CRITICAL)
    value = f"{round(float(real[0]), 2) + 0.0:.2f}".replace("-", "\N{MINUS SIGN}")  # + 0.0: no minus before zero
    axes.annotate(value, (real[0], imaginary[0]), (4, 4), textcoords="offset points", color=CRITICAL, fontsize=6.5)
    axes.set_xlabel("Real part")
