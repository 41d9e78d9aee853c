"""Simulations that are too short or in unfit steps: for a stimulus, or for what the workflow makes of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from contracts.startup import BIN_MS, START_MS
from model.configuration.dependencies import Finding
from model.configuration.experiment import Parameters
from model.configuration.fields import is_multiple

FEWEST_BINS = 2
"""Bins of spike counts that a correlation needs."""


def late_findings(states: Mapping[str, Parameters]) -> list[Finding]:
    """Name every stimulus that a state would never see.

    One that all states share has to begin within the shortest of them: a simulation without the stimulus that its configuration holds is
    more often a slip than meant, and who means it gives the stimulus to the other states. The parameters of a network alone hold no
    duration, so that this is no check of theirs.
    """
    findings = []
    for state, parameters in states.items():
        t_sim = parameters.sim_params.t_sim
        for kind in ("dc_stimuli", "poisson_stimuli"):
            for place, stimulus in enumerate(getattr(parameters.input_params, kind)):
                if (start := stimulus.start or 0.0) >= t_sim:
                    text = f"is {start:g} ms, but the simulation ends at {t_sim:g} ms (t_sim); expected an earlier start, or a longer t_sim"
                    findings.append(Finding(state, ("input_params", f"{kind}[{place}]", "start"), text))
    return findings


def workflow_findings(states: Mapping[str, Parameters], figures: Collection[str]) -> list[Finding]:
    """Name every state of a workflow that ends before its statistics begin, or whose steps do not fit their bins.

    Statistics of spikes and the figure of rates over time leave out the first 500 ms and count spikes in bins of 1 ms. A network alone, or
    a simulation by command, may be as short as you like and have any step.

    Parameters
    ----------
    states
        The states.
    figures
        Figures that the experiment asks for; empty for all.
    """
    drawn = not figures or "rate-over-time" in figures
    found = []
    for state, values in ((name, parameters.sim_params) for name, parameters in states.items()):
        what = "statistics" if values.records_spikes else "rates over time"
        counted = values.records_spikes or values.recorded_counts
        if counted and not is_multiple(BIN_MS, values.dt):
            text = f"is {values.dt:g} ms, but {what} count spikes in bins of {BIN_MS:g} ms; expected a whole part of that, such as 0.1"
            found.append(Finding(state, ("sim_params", "dt"), text))
        least = START_MS + FEWEST_BINS * BIN_MS
        if values.t_sim < least and (values.records_spikes or (values.records_rates and drawn)):
            text = f"is {values.t_sim:g} ms, but {what} leave out the first {START_MS:g} ms and need {FEWEST_BINS} bins of {BIN_MS:g} ms"
            found.append(Finding(state, ("sim_params", "t_sim"), f"{text}; expected at least {least:g}"))
    return found
