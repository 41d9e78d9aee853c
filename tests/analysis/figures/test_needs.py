"""What figures need, in words."""

from __future__ import annotations

from analysis.figures import FIGURES, PUBLISHED, STATES, STRUCTURE
from analysis.figures.needs import NEEDS

OF_EVERY_EXPERIMENT = {*STRUCTURE, "theory", "over-chi", "phases"}


def test_every_figure_that_may_be_missing_says_what_it_needs() -> None:
    assert set(NEEDS) == set(FIGURES) - OF_EVERY_EXPERIMENT
    assert set(NEEDS) > {*PUBLISHED, *STATES}
