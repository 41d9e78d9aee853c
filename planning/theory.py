"""The mean-field theory of an experiment's states: its options, its initial rates, and the state that is scanned over chi."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass

from planning.networks import INDEGREES, PUBLISHED_RATES, RAW, Networks
from planning.simulations import Simulations


@dataclass(frozen=True)
class Theory:
    """Mean-field theory of an experiment."""

    simulations: Simulations
    networks: Networks

    def options(self, state: str) -> str:
        """Command-line options of a state's theory."""
        theory = self.simulations.parameters(state).theory_params.model_dump()
        chosen = {name: value for name, value in theory.items() if value is not None}
        return " ".join(f"--{name.replace('_', '-')} {shlex.quote(str(value))}" for name, value in chosen.items())

    def rates(self, state: str) -> list[str]:
        """File of the user with the initial rates of a state's theory, if there is one."""
        start = self.simulations.parameters(state).theory_params.initial_rates
        return [start] if start not in (None, "random_uniform", "published") else []

    def sources(self, state: str) -> list[str]:
        """Folder of the published rates, if a state's theory starts from them."""
        return [PUBLISHED_RATES] * (self.simulations.parameters(state).theory_params.initial_rates == "published")

    def scanned_state(self) -> str:
        """State whose connections between areas the scan over their strength varies: that in which they are strongest."""
        return max(self.simulations.states, key=lambda state: self.simulations.parameters(state).connection_params.cc_weights_factor)

    def scan_tables(self) -> list[str]:
        """Tables that the scan needs."""
        state = self.scanned_state()
        return self.networks.anatomy_tables(state) + self.networks.stabilised_tables(state)

    def scan_folders(self) -> list[str]:
        """Folder of the registered files that the scan needs: published in-degrees take part only where the experiment has them anyway."""
        parameters = self.simulations.parameters(self.scanned_state())
        published = any(self.simulations.parameters(state).needs_published_indegrees for state in self.simulations.states)
        if parameters.needs_raw_sources:
            return [RAW]
        return [INDEGREES] * (published or bool(parameters.connectivity.raw_dir))

    def scan_folder(self) -> str:
        """Folder of the published in-degrees for the scan; the null device where it goes without them and downloads nothing."""
        return next(iter(self.scan_folders()), os.devnull)

    def stabilisation_text(self) -> str:
        """Parameters of the anatomy that is stabilised, as YAML."""
        return self.networks.anatomy_text(self._stabilised_state())

    def stabilisation_tables(self) -> list[str]:
        """Tables of the anatomy that is stabilised."""
        return self.networks.anatomy_tables(self._stabilised_state())

    def stabilisation_sources(self) -> list[str]:
        """Folder of the raw files that the stabilisation needs."""
        return [RAW] * self.simulations.parameters(self._stabilised_state()).needs_raw_sources

    def _stabilised_state(self) -> str:
        """State with our stabilisation; the rule of the stabilisation may also be asked for where none has it, and fails then."""
        state = self.networks.stabilised_state()
        return self.simulations.states[0] if state is None else state
