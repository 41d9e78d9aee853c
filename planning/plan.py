"""The plan of an experiment: one object that the workflow's rules query."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from model.configuration import Experiment
from planning.acceptance import Acceptance
from planning.figure_inputs import Parts
from planning.figures import Figures
from planning.functional import Functional
from planning.networks import Networks
from planning.resources import Resources
from planning.side_by_side import SideBySide
from planning.simulations import Simulations
from planning.statistics import Statistics
from planning.targets import Targets
from planning.theory import Theory


@dataclass(frozen=True)
class Plan:
    """The plan of an experiment.

    Attributes
    ----------
    experiment
        The valid experiment.
    backend
        Simulator of its networks.
    """

    experiment: Experiment
    backend: str

    @cached_property
    def simulations(self) -> Simulations:
        """Simulations, what they record, and where their results are."""
        return Simulations(self.experiment, self.backend)

    @cached_property
    def networks(self) -> Networks:
        """Networks, and what each is built from."""
        return Networks(self.simulations)

    @cached_property
    def resources(self) -> Resources:
        """Memory, threads and time of jobs."""
        return Resources(self.simulations)

    @cached_property
    def statistics(self) -> Statistics:
        """Statistics, and what they are compared with."""
        return Statistics(self.simulations)

    @cached_property
    def acceptance(self) -> Acceptance:
        """Comparison with the published simulations of the full model."""
        return Acceptance(self.simulations)

    @cached_property
    def side_by_side(self) -> SideBySide:
        """Sweeps and other sets of states."""
        return SideBySide(self.simulations)

    @cached_property
    def functional(self) -> Functional:
        """Functional connectivity of simulations and recordings."""
        return Functional(self.simulations, self.networks)

    @cached_property
    def theory(self) -> Theory:
        """Mean-field theory."""
        return Theory(self.simulations, self.networks)

    @cached_property
    def figures(self) -> Figures:
        """Figures that the experiment can have, and their files."""
        parts = Parts(self.simulations, self.networks, self.statistics, self.acceptance, self.side_by_side, self.functional)
        return Figures(parts)

    @cached_property
    def targets(self) -> Targets:
        """Targets of the workflow."""
        return Targets(self.simulations, self.statistics, self.side_by_side, self.acceptance, self.figures)
