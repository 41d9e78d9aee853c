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


M121_IN_V1, M121_IN_V4 = "M121LH", "M121RH"
"""The hemispheres of monkey M121 were injected into different areas; the laminar data name the second one for both."""


def with_m121_label(values: Frame) -> Frame:
    """Give the rows of the injection into V1 the name of their own injection; columns as `traced_supragranular` takes them."""
    mislabelled = (values["monkey"] == M121_IN_V4) & (values["injected"] == "V1")
    return values.assign(monkey=values["monkey"].mask(mislabelled, M121_IN_V1))


def traced_supragranular(
    values: Frame, injections: dict[str, str], overlap: Frame, fractions: Frame, corrections: frozenset[str] = frozenset()
) -> tuple[Frame, Frame]:
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
    corrections
        ``m121_label`` and ``zero_padding`` (`model.corrections.registry`).
    """
    # One monkey of the V1 injections carries the name of one of V4; its rows fall under V4, where later rows replace them.
    if "m121_label" in corrections:
        values = with_m121_label(values)
    by_injection = mean_over_injections(values, injections, zero_padding="zero_padding" not in corrections)
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
