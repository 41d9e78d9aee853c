"""Normalised fractions of labelled neurons: from what was measured or predicted to shares of all that reaches an area.

Schmidt et al. (2018a), "Cortico-cortical connectivity".
"""

from __future__ import annotations

from model.tables.axes import Frame, Numbers


def completed_fractions(measured: Frame, predicted: Frame, exists: Frame) -> Frame:
    """Complete the measured fractions by the predicted ones; all arguments [target, source].

    Returns
    -------
    pandas.DataFrame
        Measured, else predicted, where a connection exists; elsewhere 0 where something was measured, else NaN.
    """
    known = measured.where(exists, measured.where(measured.isna(), 0.0))
    return known.fillna(predicted.where(exists))


def normalised_fractions(completed: Frame, external: Numbers, extrinsic: float) -> Frame:
    """Scale the rows of the completed fractions to the share of other cortical areas.

    Parameters
    ----------
    completed
        What `completed_fractions` gives [target, source].
    external
        Sum over cortical areas outside the model, which takes its part of the share; by target area.
    extrinsic
        Share of all labelled neurons that lies in other cortical areas.

    Returns
    -------
    pandas.DataFrame
        [target, source], the last column ``external``; NaN where `completed` is; 0 in an area that no cortical area reaches.
    """
    everything = completed.assign(external=external)
    total = everything.sum(axis=1)
    return everything.mul((extrinsic / total).where(total > 0, 0.0), axis=0)
