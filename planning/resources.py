"""Memory, threads and time that jobs ask for, from the sizes of networks before any is built."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from contracts.tables import DATA, STABILISED
from model.configuration import Parameters
from planning.simulations import Simulations
from procortex.needs import Needs, needs

HIGH_RATE = 20.0
"""Spikes/s of every neuron that the memory of statistics is reckoned for."""
LARGEST_AREA = 0.08
"""Share of all spikes that one area has, at most; a process of the statistics holds those of one."""
SPIKE_BYTES = 24
MB = 10**6


@dataclass(frozen=True)
class Size:
    """Size of a network."""

    neurons: float
    synapses: float


@dataclass(frozen=True)
class Resources:
    """Resources of the jobs of an experiment."""

    simulations: Simulations

    def simulation(self, state: str, simulator: str) -> Needs:
        """Estimate the needs of a simulation of a state, by the function of the simulator."""
        size = network_size(self.simulations.parameters(state))
        return needs(simulator, size.neurons, size.synapses)

    def statistics_memory_mb(self, state: str, threads: int) -> int:
        """Memory of the statistics (MB), of which each process holds the spikes of one area."""
        parameters = self.simulations.parameters(state)
        spikes = network_size(parameters).neurons * HIGH_RATE * parameters.sim_params.t_sim * 1e-3
        return int(2000 + threads * (500 + LARGEST_AREA * spikes * SPIKE_BYTES / MB))


def network_size(parameters: Parameters) -> Size:
    """Estimate the size of a state's network from the repository's own tables; edited tables change it little.

    Neurons are those of the published model. Synapses are the sum of its stabilised in-degrees over the simulated populations, without
    those between areas where other input replaces them.
    """
    areas, network = set(parameters.sim_params.areas_simulated), parameters.network_params
    within = bool(parameters.connection_params.replace_cc)
    neurons = {area: number * network.surface * network.N_scaling for area, number in _neurons_per_mm2().items() if area in areas}
    synapses = sum(
        indegree * neurons[target]
        for (target, source), indegree in _mean_indegrees().items()
        if target in areas and source in areas and (target == source or not within)
    )
    return Size(sum(neurons.values()), synapses * network.K_scaling)


@cache
def _populations_per_mm2() -> Mapping[str, Mapping[str, float]]:
    """Neurons per mm^2 of each population of each area."""
    with (DATA / "areas.csv").open(newline="") as lines:
        return {
            row["area"]: {
                name.removeprefix("neurons_"): float(value or 0) / float(row["surface_mm2"])
                for name, value in row.items()
                if name.startswith("neurons_")
            }
            for row in csv.DictReader(lines)
        }


def _neurons_per_mm2() -> dict[str, float]:
    return {area: sum(numbers.values()) for area, numbers in _populations_per_mm2().items()}


@cache
def _mean_indegrees() -> Mapping[tuple[str, str], float]:
    """Mean in-degree of the neurons of a target area from a source area."""
    per_mm2, total = _populations_per_mm2(), _neurons_per_mm2()
    means: dict[tuple[str, str], float] = {}
    with (DATA / STABILISED).open(newline="") as lines:
        for row in csv.DictReader(lines):
            (target, population), source = row["target"].split("-"), row["source"].split("-")[0]
            share = per_mm2[target][population] / total[target]
            means[target, source] = means.get((target, source), 0.0) + float(row["stabilised"]) * share
    return means
