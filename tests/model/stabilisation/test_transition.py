"""The transition to high activity: its saddle point or fold is exact, and depends on no choice."""

from __future__ import annotations

import numpy as np
import pytest

from model.configuration.groups import NeuronParams
from model.network.weights import external_weight
from model.stabilisation.drive import DrivenNetwork, factor_6E
from model.stabilisation.transition import Scan, find_transition, scan
from model.theory.relaxation import fixed_point, refine, relax
from model.theory.siegert import Array
from model.theory.stability import critical_eigenvalue, spectrum
from procortex.formats.populations import label_layers
from procortex.utilities.errors import InputError
from tests.model.stabilisation.networks import first_transition, fold_network, separatrix_network, two_areas

NETWORKS = pytest.mark.parametrize("make", ["separatrix_network", "fold_network"])


def residual(network: DrivenNetwork, kappa: float, rates: Array) -> float:
    return float(np.abs(network.at(kappa).respond(rates) - rates).max())


def test_drive_multiplies_the_external_input_of_layers_5_and_6() -> None:
    network = separatrix_network()
    layers = label_layers(network.labels)
    field = network.at(np.array([1.0, 1.125, 1.2]))
    assert field.external_mean.shape == (3, 16)
    # of the ground state: 1.125 and 1.41666667
    np.testing.assert_allclose(factor_6E(np.array([1.0, 1.125])), [1, 17 / 12], rtol=1e-14)
    jump = external_weight(network.connections, NeuronParams()) * 0.5 / 250
    for kappa, mean, variance in zip((1.0, 1.125, 1.2), field.external_mean, field.external_variance, strict=True):
        factor = np.select([layers == "5E", layers == "6E"], [kappa, 10 / 3 * kappa - 7 / 3], 1.0)
        np.testing.assert_allclose(mean, 0.01 * network.external_indegree * factor * 8.0 * jump, rtol=1e-13)
        np.testing.assert_allclose(variance, mean * jump, rtol=1e-13)
        alone = network.at(kappa)
        np.testing.assert_array_equal(alone.external_mean, mean)


def test_a_scan_covers_the_drive_from_start_to_target() -> None:
    network = separatrix_network(kappa_start=1.0, kappa_target=1.15, kappa_step=0.05)
    found = scan(network)
    np.testing.assert_allclose(found.kappa, [1, 1.05, 1.1, 1.15], rtol=1e-14)
    for kappa, rates in zip(found.kappa, found.rates, strict=True):
        # sums in another order than of one network alone
        np.testing.assert_allclose(rates, relax(network.at(kappa), np.zeros(16), 0.1, 50.0).end, rtol=1e-9)


@NETWORKS
def test_the_unstable_point_is_a_fixed_point(make: str) -> None:
    network, scanned, found = first_transition(make)
    assert residual(network, found.kappa, found.rates) < 1e-9
    assert (found.rates > 0).all()
    # between the drives where the scan jumps
    jump = int(np.argmax(np.diff(scanned.rates.mean(axis=1))))
    assert scanned.kappa[jump] < found.kappa < scanned.kappa[jump + 1]


def test_zero_rates_cross_a_separatrix_at_its_saddle_point() -> None:
    network, _, found = first_transition("separatrix_network")
    assert found.kind == "separatrix"
    values = spectrum(network.at(found.kappa), found.rates).values
    assert values[0].real > 1
    assert values[0].imag == 0
    assert (values[1:].real < 1).all()  # one way out only

    low, high = found.trajectory.rates[:, 0], found.trajectory.rates[:, 1]
    assert low[-1].mean() < found.rates.mean() < high[-1].mean()
    assert high[-1].mean() > 100
    # both linger by it: where their common path is slowest, they are as near as they get before they part
    shared = int(np.argmax(np.abs(high - low).max(axis=1) > 1e-2))
    speed = np.abs(np.diff(high, axis=0)).max(axis=1)
    slowest = int(np.argmin(speed[: shared + 1]))
    for path in (low, high):
        distance = np.abs(path - found.rates).max(axis=1)
        assert distance[slowest] < 1.1 * distance[: shared + 1].min()
        assert distance[slowest] < 0.01 * found.rates.max()
    # which is much slower than on the way there and on the way out
    assert speed[slowest] < 1e-2 * speed[:slowest].max()
    assert speed[slowest] < 1e-2 * speed[shared:].max()


def test_rates_on_either_side_of_the_saddle_point_go_to_low_and_high_activity() -> None:
    network, _, found = first_transition("separatrix_network")
    field = network.at(found.kappa)
    direction = spectrum(field, found.rates).right[:, 0].real
    direction /= direction[np.argmax(np.abs(direction))]  # towards higher rates
    ends = [fixed_point(field, found.rates + push * direction, dt=0.1, T=100.0) for push in (-1e-3, 1e-3)]
    assert ends[0].settled
    assert ends[0].rates.mean() == pytest.approx(found.trajectory.end[0].mean(), abs=0.01)
    assert ends[0].rates.mean() < 5
    assert ends[1].rates.mean() > 100


def test_low_activity_survives_a_separatrix_and_only_zero_rates_leave_it() -> None:
    network, _, found = first_transition("separatrix_network")
    low = fixed_point(network.at(found.kappa - 1e-3), dt=0.1).rates
    beyond = refine(network.at(found.kappa + 1e-3), low)
    assert beyond is not None
    assert critical_eigenvalue(network.at(found.kappa + 1e-3), beyond) < 1
    ends = [relax(network.at(found.kappa + side), np.zeros(16), 0.1, 100.0).end.mean() for side in (-1e-9, 1e-9)]
    assert ends[0] == pytest.approx(low.mean(), abs=0.1)
    assert ends[1] > 100


def test_low_activity_ends_in_a_fold() -> None:
    network, _, found = first_transition("fold_network")
    assert found.kind == "fold"
    field = network.at(found.kappa)
    # at a distance of 1e-10 in kappa from the fold, where 1 - eigenvalue goes with the root of the distance
    assert 0 < 1 - critical_eigenvalue(field, found.rates) < 1e-3
    assert refine(network.at(found.kappa + 1e-6), found.rates) is None
    gaps = []
    for distance in (1e-6, 4e-6):
        before = refine(network.at(found.kappa - distance), found.rates)
        assert before is not None
        gaps.append(1 - critical_eigenvalue(network.at(found.kappa - distance), before))
    assert gaps[1] / abs(gaps[0]) == pytest.approx(2, rel=0.02)
    # two states meet there: the stable one and a saddle point that mirrors it
    stable = fixed_point(network.at(found.kappa - 1e-4), dt=0.1, T=500.0).rates
    saddle = refine(network.at(found.kappa - 1e-4), 2 * found.rates - stable)
    assert saddle is not None
    assert critical_eigenvalue(network.at(found.kappa - 1e-4), saddle) > 1
    assert np.abs((saddle + stable) / 2 - found.rates).max() < 0.1 * np.abs(saddle - stable).max()
    assert relax(network.at(found.kappa + 1e-3), np.zeros(16), 0.1, 500.0).end.mean() > 100


@NETWORKS
@pytest.mark.parametrize("changed", [{"kappa_step": 0.02}, {"kappa_start": 1.04, "kappa_step": 0.016}, {"kappa_step": 0.005, "T": 60.0}])
def test_scan_and_bracket_change_nothing(make: str, changed: dict[str, float]) -> None:
    _, _, found = first_transition(make)
    other = {"separatrix_network": separatrix_network, "fold_network": fold_network}[make](**changed)
    again = find_transition(other, scan(other))
    assert again is not None
    assert again.kind == found.kind
    assert again.kappa == pytest.approx(found.kappa, abs=1e-9)
    # at a fold kappa is known to 1e-10 and rates go with the root of the distance, times some 10 spikes/s
    np.testing.assert_allclose(again.rates, found.rates, rtol=1e-6 if found.kind == "separatrix" else 1e-4)


@NETWORKS
def test_the_same_network_gives_the_same_bits(make: str) -> None:
    network, scanned, found = first_transition(make)
    rescanned = scan(network)
    np.testing.assert_array_equal(rescanned.rates, scanned.rates)
    again = find_transition(network, rescanned)
    assert again is not None
    assert again.kappa == found.kappa
    np.testing.assert_array_equal(again.rates, found.rates)
    np.testing.assert_array_equal(again.trajectory.rates, found.trajectory.rates)


def test_without_a_jump_there_is_no_transition() -> None:
    network = two_areas(("V1", "V2"), 1.0)
    assert find_transition(network, scan(network)) is None


@pytest.mark.parametrize(
    ("means", "jumps"),
    [
        ([1, 2, 5, 9, 14], False),  # less than 5 spikes/s at once
        ([10, 16, 25, 40, 60], False),  # less than twice as much
        ([1, 2, 7.1, 8, 9], True),
    ],
)
def test_a_jump_doubles_the_rate_and_adds_5_spikes_per_s(means: list[float], jumps: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    network = separatrix_network()
    looked_at: list[Array] = []

    class LookedAtError(Exception):
        pass

    def look(_: object, kappa: Array) -> Scan:
        looked_at.append(kappa)
        raise LookedAtError

    monkeypatch.setattr("model.stabilisation.transition._scan", look)
    scanned = Scan(np.linspace(1, 1.2, 5), np.repeat(np.array(means, float)[:, None], 16, axis=1))
    if jumps:
        with pytest.raises(LookedAtError):
            find_transition(network, scanned)
        assert (looked_at[0][0], looked_at[0][-1]) == (1.05, 1.1)
    else:
        assert find_transition(network, scanned) is None


def test_a_fold_is_looked_for_from_a_drive_at_which_rates_rest() -> None:
    _, _, found = first_transition("fold_network")
    short = fold_network(T=15.0)  # next to the fold rates take longer
    again = find_transition(short, scan(short))
    assert again is not None
    assert again.kappa == pytest.approx(found.kappa, abs=1e-9)
    near = fold_network(T=15.0, kappa_start=1.16)
    with pytest.raises(InputError, match=r"the rates come to rest at no kappa up to 1\.16; expected a low-activity state there"):
        find_transition(near, scan(near))


def test_high_activity_from_the_start_is_refused() -> None:
    network = two_areas(("V1", "V2"), 10.0)
    with pytest.raises(InputError, match=r"stabilisation: at kappa = 1 the mean rate is 32\d spikes/s; expected low activity"):
        find_transition(network, scan(network))
