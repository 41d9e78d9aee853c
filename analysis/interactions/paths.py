"""Shortest paths between areas where the response of populations to each other is the strength of their connection."""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from analysis.structure.paths import AreaPath, paths_between_areas


def effective_gain(connectivity: NDArray[np.float64]) -> NDArray[np.float64]:
    """Magnitudes of an effective connectivity [target, source], divided by their largest real eigenvalue.

    Dividing by the largest real eigenvalue of the matrix with its signs, which inhibition makes small, would leave cycles with a product
    above 1, around which paths get shorter for ever.
    """
    strength = np.abs(connectivity)
    return np.asarray(strength / np.linalg.eigvals(strength).real.max())


def effective_paths(theory: xr.Dataset, anatomy: xr.Dataset) -> list[AreaPath]:
    """Find the shortest paths between the areas of a network whose theory is known (Schmidt et al. 2018b, Fig. 9).

    An edge has the length log10(1 / gain). The original takes K |J| dPhi/dmu + K J^2 dPhi/dsigma^2 for inhibitory sources, too, whose two
    parts have opposite signs; here it is the magnitude of their sum.

    Parameters
    ----------
    theory, anatomy
        Theory and anatomy file's content; the latter classes the pairs of areas.
    """
    labels = [str(label) for label in theory["target"].to_numpy()]
    return paths_between_areas(labels, effective_gain(theory["effective_connectivity"].to_numpy()), anatomy)
