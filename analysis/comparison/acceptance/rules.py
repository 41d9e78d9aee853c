"""The limits, and what a judgement is.

They were fixed before our simulations were compared, from the spread of what Knight and Nowotny (2021) published: one simulation with
NEST of each state (Schmidt et al. 2018), three seeds of GeNN of the ground state. Other than the bands of `analysis.comparison.yardstick`
they do not depend on what is judged, and hold for every seed by itself.

===============  =====================================================================  ==========================================
measure          what it is                                                             inside
===============  =====================================================================  ==========================================
mean             difference of the means over areas, weighted by size (%); ground       up to 2; 23E, 5E and 6E: up to 3
r                correlation with NEST over areas; ground                               above 0.995
kl               divergence of the pooled histogram from NEST's; ground                 up to 1.5 times the largest of the
                                                                                        six of NEST and three seeds of GeNN,
                                                                                        or their mean and 5 standard deviations
ks               distance of the pooled distribution functions on the same bins         up to 0.012
w1_areas         Wasserstein distance of the area values without regard to areas,       up to 0.2; 6E: up to that of GeNN where
                 over NEST's interquartile range; resting                               it is larger, since it is nearly silent
ks_areas         Kolmogorov-Smirnov distance of these; resting                          below 0.34
isolated         difference of MDP's rate between the states (%): it receives nothing   up to 0.5
                 from other areas
isolated_counts  number of bins of 1 ms, within the time that both simulations have,    0
                 in which MDP's spike counts differ between the states
kl_seeds         mean divergence of the pooled histograms between our own seeds         resting: up to the mean of GeNN's and
                                                                                        2 standard deviations; ground: reported
ks_seeds         mean distance of the pooled distribution functions between them        reported
===============  =====================================================================  ==========================================

The divergence grows with the number of bins (about bins / 2n for equal laws), so GeNN's seeds are compared with each other on NEST's bins
here, not on bins of their own as in the paper; that changes their divergences by 0 to 16 %.

The limit of isolated_counts follows from the model, not from a spread, and came last: rates of MDP's sparsest populations over 10 and
100 s differ by more than 0.5 % because the windows differ, which isolated cannot tell from an influence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

GROUND, RESTING = "ground", "resting"
NEST, GENN = "nest-published", "genn-published"
ISOLATED_AREA = "MDP"

SLOW_POPULATIONS = ("23E", "5E", "6E")
MEAN_PERCENT, SLOW_MEAN_PERCENT = 2.0, 3.0
CORRELATION = 0.995
KL_FACTOR, KL_DEVIATIONS = 1.5, 5.0
KS = 0.012
NEARLY_SILENT = "6E"
W1_AREAS = 0.2
KS_AREAS = 0.34
ISOLATED_PERCENT = 0.5
ISOLATED_BINS = 0.0

ACCEPTANCE_COLUMNS = (
    "state", "simulator", "seed", "population", "statistic", "measure", "ours", "nest", "value", "low", "high", "verdict", "genn",
    "genn_verdict", "genn_mean",
)  # fmt: skip
"""Columns of ``acceptance.parquet``; `ours` and `nest` are means over areas (isolated: `ours` is MDP's rate at rest; isolated_counts:
its spikes at rest within the common time)."""

NONE = float("nan")


@dataclass(frozen=True)
class Judgement:
    """One number, its limits and, as a yardstick, what the published GeNN simulations reach by the same measure.

    Attributes
    ----------
    ours, nest
        Means over areas behind the number, where it has some.
    genn
        Of several seeds the one farthest off.
    genn_mean
        Mean over areas of GeNN's published simulation; in the ground state that of the seed farthest off, from its histograms.
    """

    population: str
    statistic: str
    measure: str
    value: float
    low: float = NONE
    high: float = NONE
    ours: float = NONE
    nest: float = NONE
    genn: float = NONE
    genn_mean: float = NONE

    def verdict(self, value: float) -> str:
        """Say whether a value lies inside the limits; nothing is judged without a limit."""
        if np.isnan(value) or (np.isnan(self.low) and np.isnan(self.high)):
            return "reported"
        return "outside" if value < self.low or value > self.high else "inside"


def as_frame(judgements: Sequence[Judgement], state: str, simulator: str, seed: int | None) -> pd.DataFrame:
    """Rows of the acceptance table for one run, or for all seeds together (seed None)."""
    frame = pd.DataFrame([vars(each) for each in judgements], columns=list(Judgement.__dataclass_fields__))
    return frame.assign(
        state=state,
        simulator=simulator,
        seed=pd.array([seed] * len(frame), dtype="Int64"),
        verdict=[each.verdict(each.value) for each in judgements],
        genn_verdict=[each.verdict(each.genn) for each in judgements],
    )[list(ACCEPTANCE_COLUMNS)]


def kl_limit(published: Sequence[float]) -> float:
    """Largest divergence that passes, from those among the published simulations."""
    return max(KL_FACTOR * max(published), float(np.mean(published) + KL_DEVIATIONS * np.std(published)))
