"""Simulations of an experiment: on which simulators, what they record, and where their results are."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from model.configuration import Experiment, Parameters
from procortex.backends.choose import BACKENDS

REFERENCE = "reference"
"""Simulator of the spikes that the configuration names."""


@dataclass(frozen=True)
class Simulations:
    """Simulations of an experiment.

    Attributes
    ----------
    experiment
        The valid experiment.
    backend
        Simulator of its networks: ``cpu``, ``cuda`` or ``nest``.
    """

    experiment: Experiment
    backend: str

    @property
    def folder(self) -> str:
        """Folder of the results."""
        return f"results/{self.experiment.name}"

    @property
    def states(self) -> list[str]:
        """Names of all states."""
        return list(self.experiment.states)

    def wildcards(self) -> dict[str, str]:
        """Patterns of the wildcards in the paths of results."""
        return {
            "experiment": re.escape(self.experiment.name),
            "state": "|".join(map(re.escape, self.states)),
            "seed": "|".join(map(str, self.experiment.seeds)),
            "backend": "|".join([*BACKENDS, REFERENCE]),
        }

    def configuration_text(self) -> str:
        """All parameters of the experiment, as YAML: a configuration that repeats it."""
        return str(yaml.safe_dump(self.experiment.configuration(), sort_keys=False))

    def parameters(self, state: str) -> Parameters:
        """All parameters of a state."""
        return self.experiment.states[state]

    def are_all(self, states: Iterable[str]) -> bool:
        """Whether these are all states: results of the whole experiment belong to no single one."""
        return set(states) == set(self.states)

    def backends(self, state: str) -> list[str]:
        """List the simulators that run a state: ours, and the one that it is compared with."""
        reference = self.parameters(state).reference.simulate
        return list(dict.fromkeys([self.backend, *([reference] if reference != "none" else [])]))

    def simulators(self, state: str) -> list[str]:
        """List the simulators of a state's statistics: those that run here, and that of the spikes that the configuration names."""
        if not self.with_spikes([state]):
            return []
        return self.backends(state) + [REFERENCE] * (self.experiment.reference_spikes(state) is not None)

    def reference_files(self, state: str) -> list[str]:
        """Files of the spikes that the configuration names: a change of any of them repeats the import. If there are none, the path."""
        path = Path(self.experiment.reference_spikes(state) or "")
        folder = path if path.is_dir() else path.parent
        patterns = ["_meta.json", "recordings/network_gids.txt", "network_gids.txt", "../network_gids.txt"]
        if path.is_dir():
            patterns += [f"{place}*.{kind}" for place in ("", "recordings/") for kind in ("dat", "gdf", "npy")]
        found = [os.path.normpath(file) for pattern in patterns for file in sorted(folder.glob(pattern))]
        return found if path.is_dir() and found else [str(path), *found]

    def with_spikes(self, states: Iterable[str]) -> list[str]:
        """States whose spikes are recorded."""
        return [state for state in states if self.parameters(state).sim_params.records_spikes]

    def with_rates(self, states: Iterable[str]) -> list[str]:
        """States whose population rates over time are known."""
        return [state for state in states if self.parameters(state).sim_params.records_rates]

    def sharing_an_area(self, states: Iterable[str], known: str) -> list[str]:
        """States that have an area in common, which figures of states side by side show: the area that most of them have.

        Parameters
        ----------
        states
            States to choose from.
        known
            Property of `SimParams` that names the areas of a state.
        """
        areas: dict[str, tuple[str, ...]] = {state: getattr(self.parameters(state).sim_params, known) for state in states}
        most = Counter(area for own in areas.values() for area in own).most_common(1)
        return [state for state, own in areas.items() if most and most[0][0] in own]

    def record_options(self, state: str) -> str:
        """Command-line options that say what is recorded, and when checkpoints are written."""
        values = self.parameters(state).sim_params
        options = [f"--checkpoint {values.checkpoint_interval}"]
        if values.recorded_neurons is not None:
            options.append(f"--record-first {values.recorded_neurons}")
        if (recorded := values.labels(values.recorded_populations)) is not None:
            options.append(f"--record {' '.join(recorded)}")
        if values.recorded_counts:
            options.append("--counts")
        if values.potentials_neurons:
            options.append(f"--potentials {values.potentials_neurons} --potentials-interval {values.potentials_interval}")
            if (labels := values.labels(values.potentials_populations)) is not None:
                options.append(f"--potentials-of {' '.join(labels)}")
        return " ".join(options)

    def results(self, name: str, state: str, simulator: str | None = None) -> list[str]:
        """One result of a simulation, for all seeds; there is one of spikes that the configuration names.

        Parameters
        ----------
        name
            Name of the file or folder.
        state
            Name of the state.
        simulator
            Default: ours.
        """
        if simulator == REFERENCE:
            return [f"{self.folder}/{state}/{REFERENCE}/{name}"]
        return [f"{self.folder}/{state}/seed-{seed}/{simulator or self.backend}/{name}" for seed in self.experiment.seeds]

    def first_result(self, name: str, state: str, simulator: str | None = None) -> str:
        """One result of the first seed of a simulation."""
        return self.results(name, state, simulator)[0]

    def first_results(self, name: str, states: Iterable[str]) -> list[str]:
        """One result of the first seed of each of some states, on our simulator."""
        return [self.first_result(name, state) for state in states]

    def simulated_results(self, name: str, states: Iterable[str]) -> list[str]:
        """One result of every simulation of some states that runs here, with all seeds."""
        return [path for state in states for backend in self.backends(state) for path in self.results(name, state, backend)]

    def spikes(self) -> list[str]:
        """Spikes of all simulations that run here."""
        return self.simulated_results("spikes", self.states)
