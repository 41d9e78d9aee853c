"""Stimuli that begin when the simulation of a state is over."""

from __future__ import annotations

from collections.abc import Mapping

from model.configuration.dependencies import Finding
from model.configuration.experiment import Parameters


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
