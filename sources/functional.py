"""Reader of the experimental functional connectivity: fMRI of macaques (Babapoor-Farrokhran et al. 2013), as in Schmidt et al. (2018b)."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd

from procortex.formats.populations import AREAS
from procortex.utilities.errors import InputError
from sources.checksums import SourceFolder

FILE = "Fig8_exp_func_conn.csv"
HEADER_LINES = 3
HEMISPHERES = ("first", "second", "mean")
"""The file names every region twice, for one hemisphere after the other, and does not say which comes first."""

PUBLISHED_HEMISPHERE = "second"
"""The published script keeps, of regions with the same name, the last one."""


def experimental_connectivity(folder: SourceFolder, hemisphere: str = PUBLISHED_HEMISPHERE) -> pd.DataFrame:
    """Read the correlations of BOLD signals between the areas of the model.

    Of the regions of the file, which are named as those of the model, the 32 of the model are chosen.

    Parameters
    ----------
    folder
        What `sources.fetch.raw_folder` gives for the use ``functional``.
    hemisphere
        ``first``, ``second`` (the published choice), or ``mean`` of both; areas within one hemisphere throughout.

    Returns
    -------
    pandas.DataFrame
        Correlation coefficients, areas by areas in model order; the diagonal is 1 (0 in the file).

    Raises
    ------
    InputError
        If the file is not of this form, or lacks an area.
    """
    if hemisphere not in HEMISPHERES:
        raise InputError(f"hemisphere {hemisphere}: expected {', '.join(HEMISPHERES)}")
    halves = _read_halves(folder.path(FILE))
    chosen = halves if hemisphere == "mean" else [halves[HEMISPHERES.index(hemisphere)]]
    values = np.mean([half.loc[list(AREAS), list(AREAS)].to_numpy() for half in chosen], axis=0)
    np.fill_diagonal(values, 1.0)
    return pd.DataFrame(values, index=list(AREAS), columns=list(AREAS))


def _read_halves(path: Path) -> list[pd.DataFrame]:
    """Correlations within each hemisphere, regions by regions."""
    with path.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.reader(lines, delimiter="\t"))[HEADER_LINES:]
    regions = rows[0] if rows else []
    if missing := [area for area in AREAS if regions.count(area) != 2]:
        raise InputError(
            f"{path}: line {HEADER_LINES + 1} does not name {', '.join(missing)} twice; expected the regions of both hemispheres"
        )
    try:
        values = np.array(rows[1:], dtype=float)
    except ValueError:
        raise InputError(f"{path}: not a table of numbers below line {HEADER_LINES + 1}; expected {len(regions)} in each line") from None
    if values.shape != (len(regions),) * 2:
        raise InputError(f"{path}: {values.shape[0]} lines of numbers for {len(regions)} regions; expected one line for each")
    if not np.allclose(values, values.T, rtol=0, atol=1e-9):
        raise InputError(f"{path}: the matrix is not symmetric; expected correlation coefficients")
    half = len(regions) // 2
    if regions[:half] != regions[half:]:
        raise InputError(f"{path}: the two halves of line {HEADER_LINES + 1} name different regions")
    return [pd.DataFrame(values[part, part], index=regions[:half], columns=regions[:half]) for part in (slice(0, half), slice(half, None))]
