"""What an experiment needs for the figures that not every experiment has, in words for whoever asks for one by name."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.figures import FEWEST_INTERACTING, LEAST_MS, MOST_SUBSETS
from analysis.functional import FEWEST_AREAS, SHORTEST_WINDOW, T_MIN
from analysis.stimuli import LEAST_AFTER_MS, PAUSE_MS

SPIKES = "a state of which spikes are recorded (recorded_neurons other than 0)"
FULL = "the full model, all spikes recorded, for as long as the published simulations and with reference.published: true"

NEEDS: Mapping[str, str] = {
    "raster": SPIKES,
    "violins": SPIKES,
    "rate-matrix": SPIKES,
    "comparison": f"{SPIKES}, and something that it can be compared with (reference)",
    "state-overview": SPIKES,
    "v1-spectrum": f"{SPIKES} for {LEAST_MS['v1-spectrum']:g} ms or more",
    "rate-over-time": "a state with rates: spikes are recorded, or recorded_counts is true",
    "temporal-hierarchy": f"a state of {LEAST_MS['temporal-hierarchy']:g} ms or more, with {FEWEST_INTERACTING} areas or more that are "
    "recorded or counted",
    "laminar-interactions": f"a state of {LEAST_MS['laminar-interactions']:g} ms or more, with {FEWEST_INTERACTING} areas or more all of "
    "whose populations are recorded or counted",
    "functional-connectivity": f"a state of {T_MIN + SHORTEST_WINDOW:g} ms or more, with {FEWEST_AREAS} areas or more, all of whose "
    "populations are recorded or counted",
    "stabilisation": "a state with connectivity.stabilisation: computed",
    "indegree-changes": "a state with connectivity.stabilisation: computed or published",
    "bistability": "states that are called LA and HA, spikes recorded in both",
    "metastability": "three states or more that differ in chi (cc_weights_factor, cc_weights_I_factor) and in nothing else, rates known of "
    "all, spikes recorded of one",
    "sweep": f"swept parameters (sweep), and {SPIKES}",
    "knight-fig3": FULL,
    "knight-fig4": f"{FULL}; several seeds or the published histograms",
    "subset-rasters": f"2 to {MOST_SUBSETS} states that simulate different areas and share one of which spikes are recorded",
    "stimulus-response": f"dc_stimuli or poisson_stimuli with a start, {PAUSE_MS:g} ms of the simulation or more before it and "
    f"{LEAST_AFTER_MS:g} ms after it",
}
"""All others are drawn of every experiment."""
