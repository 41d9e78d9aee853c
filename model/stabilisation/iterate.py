"""Stabilised in-degrees: change after change until no transition to high activity is left below the target of the drive."""

from __future__ import annotations

from dataclasses import dataclass, replace

from threadpoolctl import threadpool_limits

from model.stabilisation.adjust import Adjustment, adjust
from model.stabilisation.drive import DrivenNetwork
from model.stabilisation.transition import Scan, Transition, find_transition, scan
from model.theory.siegert import Array
from procortex.utilities.errors import InputError
from procortex.utilities.progress import Progress


@dataclass(frozen=True)
class Iteration:
    """One change on the way.

    Attributes
    ----------
    network
        The network before the change.
    scan
        Its final rates over the drive.
    transition
        Where it loses the low-activity state.
    adjustment
        The change.
    """

    network: DrivenNetwork
    scan: Scan
    transition: Transition
    adjustment: Adjustment


@dataclass(frozen=True)
class Stabilisation:
    """The way to the stabilised in-degrees.

    Attributes
    ----------
    iterations
        Every change.
    network
        The stabilised network.
    scan
        Its final rates over the drive, without a transition.
    """

    iterations: tuple[Iteration, ...]
    network: DrivenNetwork
    scan: Scan

    @property
    def indegree(self) -> Array:
        """Stabilised in-degrees [target, source]."""
        return self.network.indegree


def stabilise(network: DrivenNetwork) -> Stabilisation:
    """Stabilise a network; on one machine the same digits for any number of threads.

    Raises
    ------
    InputError
        If a transition is left after the largest number of changes.
    """
    parameters = network.parameters
    iterations: list[Iteration] = []
    way = parameters.kappa_target - parameters.kappa_start
    with threadpool_limits(1), Progress("stabilisation", 100, "% of the drive") as progress:
        while True:
            scanned = scan(network)
            transition = find_transition(network, scanned)
            reached = parameters.kappa_target if transition is None else transition.kappa
            note = "no transition left" if transition is None else f"transition ({transition.kind}) at kappa {transition.kappa:.4f}"
            progress.update(max(0.0, 100 * (reached - parameters.kappa_start) / way - progress.done), note)
            if transition is None:
                return Stabilisation(tuple(iterations), network, scanned)
            if len(iterations) == parameters.max_iterations:
                raise InputError(
                    f"stabilisation: after {len(iterations)} changes a transition at kappa = {transition.kappa:.4f} is left; "
                    f"expected none below {parameters.kappa_target:g}"
                )
            adjustment = adjust(network, transition)
            iterations.append(Iteration(network, scanned, transition, adjustment))
            network = replace(network, indegree=adjustment.indegree)
