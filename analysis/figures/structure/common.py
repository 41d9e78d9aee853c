"""What the figures of the structure share: their input, matrices with named rows and columns, colours of connection classes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colorbar import Colorbar
from matplotlib.colors import Colormap, Normalize
from matplotlib.image import AxesImage
from numpy.typing import NDArray

from analysis.figures.inputs import one_file
from analysis.figures.style import CATEGORIES, NO_DATA
from analysis.structure.connections import FEEDBACK, FEEDFORWARD, LATERAL
from contracts.anatomy import read_anatomy

CLASS_COLORS = {FEEDFORWARD: CATEGORIES[0], LATERAL: CATEGORIES[1], FEEDBACK: CATEGORIES[2]}


def one_anatomy(inputs: Sequence[Path], figure: str) -> xr.Dataset:
    """Read the anatomy file that a figure draws.

    Raises
    ------
    InputError
        If there are several inputs, or it is no anatomy file.
    """
    return one_file(inputs, figure, "anatomy file", read_anatomy)


def colors(name: str = "viridis") -> Colormap:
    """Colours of a matrix, grey where it has no value."""
    return colormaps[name].with_extremes(bad=NO_DATA)


def positive(values: NDArray[np.float64]) -> np.ma.MaskedArray[Any, Any]:
    """Mask what a logarithmic colour scale cannot show."""
    return np.ma.masked_where(~(np.nan_to_num(values) > 0), values)


def matrix(
    axes: Axes, values: Any, labels: Sequence[str], norm: Normalize, palette: Colormap | None = None, *, size: float = 4.8
) -> AxesImage:
    """Draw a square matrix [target, source] with the same names at rows and columns."""
    image = axes.imshow(values, norm=norm, cmap=palette or colors(), interpolation="nearest")
    axes.set_xticks(range(len(labels)), labels, rotation=90, fontsize=size)
    axes.set_yticks(range(len(labels)), labels, fontsize=size)
    axes.tick_params(length=0, pad=1.5)
    axes.spines[:].set_visible(False)
    axes.set(xlabel="Source", ylabel="Target")
    return image


def bar(image: AxesImage, axes: Axes | list[Axes], label: str, **options: Any) -> Colorbar:
    """Colour bar at the side of a matrix, or of several."""
    first, shrink, aspect = (axes[0], 0.5, 30) if isinstance(axes, list) else (axes, 0.75, 22)
    made = first.figure.colorbar(image, ax=axes, shrink=shrink, aspect=aspect, pad=0.02, **options)
    made.set_label(label)
    made.outline.set_visible(False)
    return made
