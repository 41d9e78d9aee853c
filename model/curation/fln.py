"""Fractions of labelled neurons (FLN): traced, and predicted from the distance.

Markov et al. (2014a); Ercsey-Ravasz et al. (2013) for the exponential distance rule; Schmidt et al. (2018a).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from model.curation.regression import Line, fit_line
from model.curation.tracing import map_to_model_areas, mean_over_injections
from model.tables.axes import AREA_LIST, Frame, Numbers

SUBCORTICAL_FRACTION = 0.013
"""Fraction of the labelled neurons that lies below cortex; Markov et al. (2011)."""


@dataclass(frozen=True)
class LabelledFractions:
    """Fractions of labelled neurons.

    Attributes
    ----------
    by_injection
        Mean over injections; model areas [target] x M132 areas [source].
    measured
        Mapped to model areas [target, source]; NaN without data, diagonal removed.
    predicted
        By the distance rule for every pair of model areas; NaN on the diagonal.
    external
        Sum of what the rule predicts for the cortical areas outside the model, by target area.
    distance_rule
        ln(FLN) over distance (mm).
    rule_points
        Points of that fit; columns distance, fln.
    """

    by_injection: Frame
    measured: Frame
    predicted: Frame
    external: Numbers
    distance_rule: Line
    rule_points: Frame


def traced_fractions(fractions: Frame, injections: dict[str, str], overlap: Frame) -> tuple[Frame, Frame]:
    """Compute `LabelledFractions.by_injection` and `LabelledFractions.measured`."""
    by_injection = mean_over_injections(fractions, injections)
    mapped = map_to_model_areas(by_injection, overlap)
    return by_injection, mapped.mask(np.eye(len(AREA_LIST), dtype=bool))


def distance_rule(measured: Frame, distances: Frame) -> tuple[Line, Frame]:
    """Fit the logarithm of the positive fractions over the distance (mm); return the line and its points."""
    positive = measured.to_numpy() > 0
    points = pd.DataFrame({"distance": distances.loc[AREA_LIST, AREA_LIST].to_numpy()[positive], "fln": measured.to_numpy()[positive]})
    return fit_line(points["distance"], np.log(points["fln"])), points


def labelled_fractions(by_injection: Frame, measured: Frame, cocomac: Frame, distances: Frame) -> LabelledFractions:
    """Predict fractions by the distance rule, between model areas and from outside the model.

    Parameters
    ----------
    by_injection, measured
        What `traced_fractions` gives.
    cocomac
        All connections of CoCoMac that end in model areas; sources outside the model count if their distance is known.
    distances
        Distances (mm) of model areas and others.
    """
    rule, points = distance_rule(measured, distances)
    all_predicted = (rule.intercept + rule.slope * distances).map(np.exp)
    predicted = all_predicted.loc[AREA_LIST, AREA_LIST].mask(np.eye(len(AREA_LIST), dtype=bool))
    external = pd.Series(0.0, index=AREA_LIST)
    outside = cocomac[~cocomac["source"].isin(AREA_LIST) & cocomac["source"].isin(distances.index)]
    for target, source in zip(outside["target"], outside["source"], strict=True):
        external[target] += all_predicted.loc[target, source]
    return LabelledFractions(by_injection, measured, predicted, external, rule, points)


def with_traced_external(labelled: LabelledFractions, overlap: Frame) -> LabelledFractions:
    """Take the fraction outside the model from the tracing data where an area has them: all label that lies in no area of the model.

    Parameters
    ----------
    labelled
        What `labelled_fractions` gives.
    overlap
        Share of each M132 area in each model area.
    """
    inside = map_to_model_areas(labelled.by_injection, overlap).sum(axis=1)  # the injected area itself included
    outside = (labelled.by_injection.sum(axis=1) - inside).reindex(AREA_LIST)
    return replace(labelled, external=outside.fillna(labelled.external))
