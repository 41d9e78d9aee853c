"""Thickness of cortex and of its layers: measured where possible, else predicted from the neuron density or taken as the mean.

Schmidt et al. (2018a), "Neuronal densities and laminar thicknesses".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from model.curation.regression import Line, fit_line
from model.tables.axes import AREA_LIST, LAYERS, Frame, Numbers

MM_PER_UM = 1e-3


@dataclass(frozen=True)
class Thickness:
    """Thickness of areas and layers.

    Attributes
    ----------
    total
        Total thickness (µm) by area.
    measured
        Whether the total is a measurement.
    relative_measured
        Mean over studies of the fraction that each layer takes; areas x layers, NaN where no study has it.
    relative
        The same with the gaps filled, before the rows are normalised to 1.
    laminar
        Thickness (mm); areas x layers; rows sum to the total.
    mean_fractions
        Mean over the measured areas, which fills the gaps of all layers but 4.
    total_on_density, layer_4_on_density
        Total thickness (µm), and relative thickness of layer 4, over the decadic logarithm of the overall neuron density.
    """

    total: Numbers
    measured: pd.Series[bool]
    relative_measured: Frame
    relative: Frame
    laminar: Frame
    mean_fractions: Numbers
    total_on_density: Line
    layer_4_on_density: Line


def cortical_thickness(total: Numbers, studies: Frame, density: Numbers) -> Thickness:
    """Compute the thickness of all areas and layers.

    Parameters
    ----------
    total
        Measured total thickness (µm) of some areas.
    studies
        Laminar thickness by study; see `model.curation.raw.read_laminar_thickness`.
    density
        Overall neuron density of all areas (1/mm^3).
    """
    log_density = pd.Series(np.log10(density.to_numpy()), index=density.index)
    total_line = fit_line(log_density[total.index], total)
    completed = (total_line.intercept + total_line.slope * log_density).where(
        ~density.index.isin(total.index), total.reindex(density.index)
    )

    measured = relative_thickness(studies)
    has_layer_4 = measured["4"].notna()
    layer_4_line = fit_line(log_density[has_layer_4], measured.loc[has_layer_4, "4"])
    means = measured.drop(columns="4").mean()
    relative = measured.fillna(means)
    relative["4"] = measured["4"].fillna(layer_4_line.intercept + layer_4_line.slope * log_density)
    laminar = relative.div(relative.sum(axis=1), axis=0).mul(MM_PER_UM * completed, axis=0)
    return Thickness(completed, density.index.to_series().isin(total.index), measured, relative, laminar, means, total_line, layer_4_line)


def relative_thickness(studies: Frame) -> Frame:
    """Average over studies the fraction of the total thickness that each layer takes; areas x layers, NaN without data."""
    layers = list(LAYERS)
    fractions = studies[layers].div(studies["total"], axis=0)
    fractions = fractions.where(studies[layers] != 0, 0.0)  # an absent layer is absent, whatever the total
    return fractions.groupby(studies["area"]).mean().reindex(AREA_LIST)
