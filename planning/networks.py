"""Networks of an experiment: the parameters, tables, sources and runs that each is built from, and which states share their anatomy."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

from contracts.rates import rates_file
from contracts.tables import stabilised_file, table_files
from model.configuration.dependencies import uses
from model.network.synaptic_output_files import output_files
from planning.given_files import replaced_populations
from planning.simulations import Simulations

RAW = "resources/raw"
INDEGREES = "resources/indegrees"
PUBLISHED_RATES = "resources/published_rates"


@dataclass(frozen=True)
class Networks:
    """Networks of an experiment's states; seeds and simulators share them."""

    simulations: Simulations

    def network_text(self, state: str) -> str:
        """Parameters that a state's network depends on, as YAML; the workflow knows the folders of sources."""
        values = self.simulations.parameters(state).network_configuration()
        values["connectivity"].pop("raw_dir", None)
        values["reference"].pop("published_dir", None)
        return str(yaml.safe_dump(values, sort_keys=False))

    def anatomy_text(self, state: str) -> str:
        """Parameters that the anatomy of a state depends on, whatever its weights are, as YAML; it is a configuration, too."""
        values = self.simulations.parameters(state).network_configuration()
        connections = {name: value for name, value in values["connection_params"].items() if name.startswith(("av_", "fac_", "E_"))}
        values["connectivity"].pop("raw_dir", None)
        surface = {"surface": values["network_params"]["surface"]}
        parameters = {"network_params": surface, "connection_params": connections, "connectivity": values["connectivity"]}
        return str(yaml.safe_dump(parameters))

    def anatomy_tables(self, state: str) -> list[str]:
        """Tables that the anatomy of a state is built from."""
        parameters = self.simulations.parameters(state)
        return [] if parameters.needs_raw_sources else [os.path.relpath(path) for path in table_files(self._tables_folder(state))]

    def stabilised_tables(self, state: str) -> list[str]:
        """Name the table of our stabilised in-degrees, where there is one; without it the build computes them."""
        path = stabilised_file(self._tables_folder(state))
        return [os.path.relpath(path)] * path.is_file()

    def tables(self, state: str) -> list[str]:
        """Tables that a state's network is built from: anatomical ones, and the user's overrides."""
        connectivity = self.simulations.parameters(state).connectivity
        overrides = [connectivity.overrides] if connectivity.overrides else []
        return [*self._tables_without_overrides(state), *overrides]

    def recorded_tables(self) -> list[str]:
        """Tables that the networks of all states are built from, without overrides, for the record of the experiment."""
        return list(dict.fromkeys(path for state in self.simulations.states for path in self._tables_without_overrides(state)))

    def _tables_without_overrides(self, state: str) -> list[str]:
        computed = self.simulations.parameters(state).connectivity.stabilisation == "computed"
        return self.anatomy_tables(state) + (self.stabilised_tables(state) if computed else [])

    def raw_folder(self, state: str) -> str:
        """Folder of the raw files for a state's network: all of them, or the published in-degrees alone."""
        return RAW if self.simulations.parameters(state).needs_raw_sources else INDEGREES

    def anatomy_sources(self, state: str) -> list[str]:
        """Folders of registered files that a state's anatomy is built from."""
        parameters = self.simulations.parameters(state)
        return [self.raw_folder(state)] * (parameters.needs_raw_sources or parameters.needs_published_indegrees)

    def sources(self, state: str) -> list[str]:
        """Folders of registered files that a state's network is built from."""
        return self.anatomy_sources(state) + [PUBLISHED_RATES] * self.simulations.parameters(state).needs_published_rates

    def rates(self, state: str) -> list[str]:
        """Files of the user with rates or series that a state's network depends on; of a run the one that is read."""
        parameters = self.simulations.parameters(state)
        series = parameters.series_file
        rates = [rates_file(path) for path in parameters.rate_files]
        outputs = [] if series is None else output_files(series, replaced_populations(parameters))
        return list(dict.fromkeys(map(str, rates + outputs)))

    def source_run(self, state: str) -> str:
        """Folder of the run that other states take as the source of rates and series: our simulator, first seed."""
        return str(Path(self.simulations.first_result("spikes", state)).parent)

    def runs(self, state: str) -> list[str]:
        """Results of the runs of other states that a state's network is built from."""
        files = {"rates": "rates.json", "series": "series.nc"}
        return list(dict.fromkeys(f"{self.source_run(use.state)}/{files[use.what]}" for use in uses(self.simulations.parameters(state))))

    def run_options(self, state: str) -> str:
        """Command-line options that name these runs."""
        names = dict.fromkeys(use.state for use in uses(self.simulations.parameters(state)))
        return " ".join(["--run" * bool(names), *(f"{name}={self.source_run(name)}" for name in names)]).strip()

    def anatomies(self) -> list[str]:
        """List the first state of each anatomy of the experiment."""
        first: dict[str, str] = {}
        for state, text in self._anatomy_texts.items():
            first.setdefault(text, state)
        return list(first.values())

    def anatomy_file(self, state: str) -> str:
        """Name the anatomy file that a state shares with others: that of the first of them."""
        texts = self._anatomy_texts
        shared = next(first for first in self.anatomies() if texts[first] == texts[state])
        return f"{self.simulations.folder}/{shared}/anatomy.nc"

    def stabilised_state(self) -> str | None:
        """Find the first state with our stabilisation; None if none has it."""
        states = self.simulations.states
        return next((state for state in states if self.simulations.parameters(state).connectivity.stabilisation == "computed"), None)

    @cached_property
    def _anatomy_texts(self) -> dict[str, str]:
        """Parameters of the anatomy of each state; written once, since every figure asks for them."""
        return {state: self.anatomy_text(state) for state in self.simulations.states}

    def _tables_folder(self, state: str) -> Path | None:
        parameters = self.simulations.parameters(state)
        folder = None if parameters.needs_raw_sources else parameters.connectivity.tables_dir
        return Path(folder) if folder else None
