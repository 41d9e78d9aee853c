"""Fraction of supragranular labelled neurons (SLN), the laminar origin of connections: traced, and predicted from the densities.

Markov et al. (2014b); Schmidt et al. (2018a), "Cortico-cortical connectivity".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr

from model.curation.tracing import map_to_model_areas, mean_over_injections
from model.tables.axes import AREA_LIST, Frame, Numbers


@dataclass(frozen=True)
class SupragranularFractions:
    """Fractions of supragranular labelled neurons.

    Attributes
    ----------
    by_injection
        Mean over injections; model areas [target] x M132 areas [source].
    measured
        Mapped to model areas [target, source]; NaN without data. The diagonal has values that nothing uses.
    predicted
        From the neuron densities, for every pair; NaN on the diagonal.
    """

    by_injection: Frame
    measured: Frame
    predicted: Frame


def traced_supragranular(values: Frame, injections: dict[str, str], overlap: Frame, fractions: Frame) -> tuple[Frame, Frame]:
    """Compute `SupragranularFractions.by_injection` and `SupragranularFractions.measured`.

    Parameters
    ----------
    values
        Fractions by monkey and source; see `model.curation.raw.read_supragranular_fractions`.
    injections
        Injected area of each monkey.
    overlap
        Share of each M132 area in each model area.
    fractions
        `model.curation.fln.LabelledFractions.by_injection`: the weight of each M132 area that contributes to a model area.
    """
    # One monkey of the V1 injections carries the name of one of V4; its rows fall under V4, where later rows replace them.
    by_injection = mean_over_injections(values, injections)
    weight = fractions.reindex(index=by_injection.index, columns=by_injection.columns)
    supra = map_to_model_areas(by_injection * weight, overlap)
    infra = map_to_model_areas((1 - by_injection) * weight, overlap)
    return by_injection, supra / (supra + infra)


def predicted_supragranular(density: Numbers, intercept: float, slope: float) -> Frame:
    """Predict the fraction for every pair [target, source] from the overall neuron densities (1/mm^3) by a probit model."""
    log_density = np.log(density.loc[AREA_LIST].to_numpy())
    predicted = ndtr(intercept + slope * (log_density[:, None] - log_density[None, :]))
    np.fill_diagonal(predicted, np.nan)
    return pd.DataFrame(predicted, index=AREA_LIST, columns=AREA_LIST)
