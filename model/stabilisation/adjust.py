"""One change of the in-degrees: as little as counteracts the shift of the unstable fixed point along its critical direction.

Schuecker, Schmidt et al. (2017), eqs. 8 to 13.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.stabilisation.drive import DrivenNetwork
from model.stabilisation.transition import Transition
from model.theory.siegert import Array, rate_derivatives
from model.theory.stability import Spectrum, spectrum
from procortex.formats.populations import label_areas, label_layers
from procortex.utilities.errors import InputError

NO_SOURCES_BETWEEN_AREAS = ("23I", "4E", "4I", "5I", "6I")
"""Populations that send nothing to other areas, before and after."""

NOTHING = 1e-8
"""Smaller in-degrees are rounding residues and stand for 0."""


@dataclass(frozen=True)
class Adjustment:
    """A change of the in-degrees.

    Attributes
    ----------
    indegree
        In-degrees after the change [target, source].
    strength
        Factor on the critical direction.
    spectrum
        Eigenvalues and eigenvectors at the unstable fixed point.
    shift
        Projection of the shift of the fixed point on each eigenvector, relative to its length: how much of the total shift each
        direction carries.
    """

    indegree: Array
    strength: float
    spectrum: Spectrum
    shift: Array


def adjust(network: DrivenNetwork, transition: Transition) -> Adjustment:
    """Change the in-degrees of a network so that its transition moves to the target of the drive.

    Stronger drive shifts the unstable fixed point towards the low-activity state, mostly along the critical eigenvector. The change
    of in-degrees is the one of rank one whose shift cancels that part. Connections between areas keep their excitatory sources in
    layers 2/3, 5 and 6, and in-degrees stay positive.

    Raises
    ------
    InputError
        If the rate of a population does not depend on its input.
    """
    field, rates = network.at(transition.kappa), transition.rates
    by_mean, by_variance = rate_derivatives(field.mean(rates), field.deviation(rates), field.neuron)
    target = network.at(network.parameters.kappa_target)
    push = by_mean * (target.external_mean - field.external_mean) + by_variance * (target.external_variance - field.external_variance)

    modes = spectrum(field, rates)
    projected = modes.left @ push
    strength = float(np.real(-projected[0] / (modes.left[0] @ rates)))
    jumps, tau_m = network.jumps, 1e-3 * field.neuron.tau_m
    per_synapse = tau_m * (by_mean[:, None] * jumps + by_variance[:, None] * jumps**2)
    with np.errstate(all="ignore"):  # checked below
        change = strength * np.real(np.outer(modes.right[:, 0], modes.left[0])) / per_synapse
    areas, layers = label_areas(network.labels), label_layers(network.labels)
    change[(areas[:, None] != areas[None, :]) & np.isin(layers, NO_SOURCES_BETWEEN_AREAS)[None, :]] = 0.0
    if not (finite := np.isfinite(change).all(axis=1)).all():
        label, rate = network.labels[int(np.argmin(finite))], rates[int(np.argmin(finite))]
        raise InputError(
            f"stabilisation: at kappa = {transition.kappa:.4f} {label} fires at {rate:.3g} spikes/s whatever its input is, so that changes "
            "of its in-degrees have no effect; expected populations that follow their input"
        )
    indegree = np.maximum(network.indegree + change, 0.0)
    indegree[indegree < NOTHING] = 0.0

    total = np.linalg.solve(np.eye(len(rates)) - field.effective_connectivity(rates), push)
    shift = np.real(projected / (1 - modes.values) * (total @ modes.right) / (total @ total))
    return Adjustment(indegree, strength, modes, shift)
