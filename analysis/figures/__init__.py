"""Figures of the analysis, by name."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from contracts.environment import load_matplotlib
from contracts.errors import InputError

STRUCTURE = {
    "areas": "structure.areas",
    "connectivity": "structure.connectivity",
    "regressions": "structure.regressions",
    "laminar-patterns": "structure.laminar_patterns",
    "populations": "structure.populations",
    "communities": "structure.communities",
    "paths": "structure.paths",
}
THEORY = {
    "theory": "theory.low_activity",
    "stabilisation": "theory.stabilisation",
    "indegree-changes": "theory.indegree_changes",
    "over-chi": "theory.over_chi",
}
RATES = {
    "state-overview": "dynamics.state_overview",
    "v1-spectrum": "dynamics.v1_spectrum",
    "rate-over-time": "dynamics.rate_over_time",
}
INTERACTIONS = {"temporal-hierarchy": "dynamics.hierarchy", "laminar-interactions": "dynamics.laminar_interactions"}
FUNCTIONAL = {"functional-connectivity": "dynamics.functional_connectivity"}
STATES = {"bistability": "states.bistability", "metastability": "states.metastability", "sweep": "states.sweep"}
PUBLISHED = {"knight-fig3": "published.knight_fig3", "knight-fig4": "published.knight_fig4"}
EXPERIMENTS = {"subset-rasters": "subset_rasters", "stimulus-response": "dynamics.stimulus_response"}
FIGURES = (
    {"raster": "raster", "violins": "violins", "rate-matrix": "rate_matrix", "comparison": "comparison", "phases": "phases"}
    | STRUCTURE
    | THEORY
    | RATES
    | FUNCTIONAL
    | INTERACTIONS
    | STATES
    | PUBLISHED
    | EXPERIMENTS
)
"""Module of each figure; each has ``draw(inputs, state)``, which gives a matplotlib figure."""

LEAST_MS = {"v1-spectrum": 1524.0, "temporal-hierarchy": 2000.0, "laminar-interactions": 10500.0}
"""Shortest simulation (ms) that a figure can be drawn of, where it needs more than the statistics do."""

FEWEST_INTERACTING = 3
"""Areas from which on there is an order among them."""

MOST_SUBSETS = 6
"""Panels of subset-rasters that fit a row."""


def draw(name: str, inputs: Sequence[Path], state: str | None, svg: Path, png: Path) -> None:
    """Draw a figure and write it as SVG and PNG; equal inputs give equal SVG bytes.

    Parameters
    ----------
    name
        One of `FIGURES`.
    inputs
        Spike data set (raster), statistics files (violins, rate-matrix), a comparison, an anatomy file (`STRUCTURE`, indegree-changes),
        a theory file (theory), a stabilisation file (stabilisation), the folder of a comparison of in-degrees (over-chi), series
        (rate-over-time), these and statistics (v1-spectrum), or these and, where it is kept, a spike data set (state-overview); a
        series, lags and an anatomy file (temporal-hierarchy); Granger causality, a theory and an anatomy file (laminar-interactions);
        an anatomy file and files of functional connectivity (functional-connectivity); statistics of each state (bistability), series and
        theory of each state and statistics of one (metastability), the points of a sweep and its table (sweep); spike data sets of
        different areas (subset-rasters); series of all seeds, a network and an anatomy file (stimulus-response).
    state
        State to draw; may be None where the inputs hold one.

    Raises
    ------
    InputError
        If there is no such figure, or the inputs do not serve.
    """
    if name not in FIGURES:
        nearest = difflib.get_close_matches(name, FIGURES, n=1, cutoff=0.0)[0]
        raise InputError(f"no figure is called {name!r}; did you mean {nearest!r}? There are {', '.join(FIGURES)}")
    load_matplotlib()
    from analysis.figures.style import save, styled

    with styled():
        save(import_module(f"analysis.figures.{FIGURES[name]}").draw(inputs, state), svg, png)
