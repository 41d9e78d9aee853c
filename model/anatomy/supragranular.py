"""Fraction of supragranular labelled neurons (SLN): what the model uses of it, and the direction of connections it stands for.

Markov et al. (2014b); Schmidt et al. (2018a), "Cortico-cortical connectivity".
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from model.tables.axes import AREA_LIST, Frame

FEEDBACK_BELOW = 0.35
FEEDFORWARD_ABOVE = 0.65
FEEDBACK, LATERAL, FEEDFORWARD = "M", "C", "F"
"""Classes of connections, named for the layers they end in: multilaminar, columnar, layer four."""


def completed_supragranular(measured: Frame, predicted: Frame, exists: Frame) -> Frame:
    """Complete the measured fractions by the predicted ones where connections exist; NaN elsewhere."""
    return measured.fillna(predicted).where(exists)


def connection_classes(completed: Frame) -> Frame:
    """Classify connections [target, source]: M (feedback), F (feedforward), C (lateral), or '' without connection."""
    classes = np.select(
        [completed < FEEDBACK_BELOW, completed > FEEDFORWARD_ABOVE, completed.notna()], [FEEDBACK, FEEDFORWARD, LATERAL], default=""
    )
    return pd.DataFrame(classes, index=AREA_LIST, columns=AREA_LIST)
