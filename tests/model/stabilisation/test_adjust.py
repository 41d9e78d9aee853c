"""One change of the in-degrees: what it cancels, what it may not touch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model.stabilisation.adjust import Adjustment, adjust
from model.stabilisation.drive import DrivenNetwork
from model.stabilisation.transition import Transition
from model.theory.relaxation import refine
from model.theory.siegert import Array, rate_derivatives
from procortex.formats.populations import label_areas, label_layers
from procortex.utilities.errors import InputError
from tests.model.stabilisation.networks import first_transition

NETWORKS = pytest.mark.parametrize("make", ["separatrix_network", "fold_network"])
KEPT_BETWEEN_AREAS = ("23E", "5E", "6E")


def change_of_rank_one(network: DrivenNetwork, found: Transition, adjustment: Adjustment) -> Array:
    """Change of the in-degrees before any constraint, with the sensitivity of the rates to in-degrees by differences."""
    field, n = network.at(found.kappa), len(found.rates)
    modes = adjustment.spectrum
    outer = adjustment.strength * np.outer(modes.right[:, 0].real, modes.left[0].real)
    change = np.zeros((n, n))
    for source in range(n):
        # each target's rate after one more synapse, or less, from this source, for each spike/s of the source
        column = np.zeros((n, n))
        step = np.maximum(1e-3 * network.indegree[:, source], 1e-2)
        column[:, source] = step
        up, down = (replace(network, indegree=network.indegree + sign * column).at(found.kappa).respond(found.rates) for sign in (1, -1))
        change[:, source] = outer[:, source] / ((up - down) / (2 * step * found.rates[source]))
    assert field.labels == network.labels
    return change


@NETWORKS
def test_constraints(make: str) -> None:
    network, _, found = first_transition(make)
    after = adjust(network, found).indegree
    areas, layers = label_areas(network.labels), label_layers(network.labels)
    between = areas[:, None] != areas[None, :]
    silent = between & ~np.isin(layers, KEPT_BETWEEN_AREAS)[None, :]
    np.testing.assert_array_equal(after[silent], network.indegree[silent])
    assert (after >= 0).all()
    assert not ((after > 0) & (after < 1e-8)).any()
    # all others take part: within areas whatever the source
    changed = after != network.indegree
    assert changed[~silent & (network.indegree > 0)].all()


@NETWORKS
def test_the_change_is_of_rank_one_before_the_constraints(make: str) -> None:
    network, _, found = first_transition(make)
    adjustment = adjust(network, found)
    change = change_of_rank_one(network, found, adjustment)
    areas, layers = label_areas(network.labels), label_layers(network.labels)
    free = (areas[:, None] == areas[None, :]) | np.isin(layers, KEPT_BETWEEN_AREAS)[None, :]
    expected = np.maximum(network.indegree + np.where(free, change, 0.0), 0.0)
    # differences of second order in a step of 1e-3
    np.testing.assert_allclose(adjustment.indegree - network.indegree, expected - network.indegree, rtol=1e-4, atol=1e-6)


def test_the_change_cancels_the_shift_along_the_critical_direction_to_first_order() -> None:
    """Drive and in-degrees move together by a small part of the way: along the critical direction the saddle point stays."""
    network, _, found = first_transition("separatrix_network")
    adjustment = adjust(network, found)
    change = change_of_rank_one(network, found, adjustment)
    left = adjustment.spectrum.left[0].real
    way = network.parameters.kappa_target - found.kappa

    def shift(part: float, changed: bool) -> float:
        indegree = network.indegree + part * change * changed
        moved = refine(replace(network, indegree=indegree).at(found.kappa + part * way), found.rates)
        assert moved is not None
        return float(left @ (moved - found.rates))

    coarse, fine = (shift(part, changed=True) for part in (1e-3, 1e-4))
    without = shift(1e-4, changed=False)
    # what is left is of second order: a hundredth for a tenth of the way
    assert abs(fine) < 0.02 * abs(coarse)
    assert abs(fine) < 0.01 * abs(without)


@NETWORKS
def test_shares_of_the_shift_add_up(make: str) -> None:
    network, _, found = first_transition(make)
    adjustment = adjust(network, found)
    # near a fold one share is 1 / (1 - eigenvalue) times larger than the rest, and rounding with it
    assert adjustment.shift.sum() == pytest.approx(1, abs=1e-6)
    if make == "fold_network":
        assert adjustment.shift[0] == pytest.approx(1, abs=1e-3)


def test_shares_of_the_shift_are_those_of_the_moved_saddle_point() -> None:
    network, _, found = first_transition("separatrix_network")
    adjustment = adjust(network, found)
    step = 1e-6
    ends = [refine(network.at(found.kappa + side * step), found.rates) for side in (-1, 1)]
    assert ends[0] is not None
    assert ends[1] is not None
    moved = ends[1] - ends[0]
    modes = adjustment.spectrum
    shares = np.real((modes.left @ moved) * (moved @ modes.right)) / (moved @ moved)
    # rates are exact to 1e-9 / 2 of a shift of 2e-6 times some 100 spikes/s
    np.testing.assert_allclose(adjustment.shift, shares, atol=1e-4)


def test_the_target_sets_the_strength() -> None:
    network, _, found = first_transition("separatrix_network")
    way = network.parameters.kappa_target - found.kappa
    full = adjust(network, found)
    half = adjust(replace(network, parameters=replace(network.parameters, kappa_target=found.kappa + way / 2)), found)
    assert half.strength == pytest.approx(full.strength / 2, rel=1e-9)


@pytest.mark.filterwarnings("error")
def test_a_population_that_does_not_follow_its_input_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    network, _, found = first_transition("separatrix_network")

    def deaf(*arguments: object) -> tuple[Array, Array]:
        by_mean, by_variance = rate_derivatives(*arguments)
        return np.where(np.arange(len(by_mean)) == 3, 0.0, by_mean), np.where(np.arange(len(by_mean)) == 3, 0.0, by_variance)

    monkeypatch.setattr("model.stabilisation.adjust.rate_derivatives", deaf)
    with pytest.raises(InputError, match=rf"^stabilisation: at kappa = 1\.\d+ {network.labels[3]} fires at .* whatever its input is"):
        adjust(network, found)
