"""The published model: its ground state by the theory, and the same by NEST's rate neurons."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from contracts.theory import read_theory
from model.__main__ import main
from model.configuration import load_experiment
from model.network.build import build_network
from model.theory.meanfield import MeanField, mean_field_of
from model.theory.relaxation import fixed_point, low_activity_state
from model.theory.stability import critical_eigenvalue
from procortex.formats.network import read_network

pytestmark = pytest.mark.golden


def published(raw_dir: Path, chi: float, chi_I: float) -> MeanField:
    given = {"stabilisation": "published", "raw_dir": str(raw_dir), "cc_weights_factor": chi, "cc_weights_I_factor": chi_I}
    return mean_field_of(build_network(load_experiment([], given).state()))


@pytest.fixture(scope="module")
def golden_rates(golden_dir: Path) -> dict[str, float]:
    """Rates (spikes/s) of the ground state, by NEST's siegert_neuron."""
    rates: dict[str, float] = json.loads((golden_dir / "theory" / "mf_chi1.json").read_text())
    return rates


@pytest.fixture(scope="module")
def ground(raw_dir: Path) -> MeanField:
    """The published network at chi = 1."""
    return published(raw_dir, 1, 1)


def test_ground_state_is_that_of_nest(ground: MeanField, golden_rates: dict[str, float]) -> None:
    rest = low_activity_state(ground)
    assert rest.settled
    assert list(ground.labels) == list(golden_rates)
    np.testing.assert_allclose(rest.rates, list(golden_rates.values()), rtol=1e-6)
    assert rest.rates.mean() == pytest.approx(3.729, abs=5e-4)
    assert critical_eigenvalue(ground, rest.rates) < 1


def test_commands_give_the_ground_state(
    raw_dir: Path, tmp_path: Path, golden_rates: dict[str, float], capsys: pytest.CaptureFixture[str]
) -> None:
    network, theory = tmp_path / "network.nc", tmp_path / "theory.nc"
    values = ["stabilisation=published", f"raw_dir={raw_dir}", "cc_weights_factor=1", "cc_weights_I_factor=1"]
    assert main(["build", "--set", *values, "--out", str(network)]) == 0
    assert main(["theory", str(network), "--out", str(theory)]) == 0
    assert "low activity: mean 3.729, largest 10.95 spikes/s" in capsys.readouterr().out
    found = read_theory(theory)
    np.testing.assert_allclose(found["low_rates"], list(golden_rates.values()), rtol=1e-6)
    np.testing.assert_array_equal(found["target"], read_network(network)["population"])


def test_resting_state_wanders_beside_a_stable_state_of_low_activity(raw_dir: Path) -> None:
    """At chi = 1.9, where the published simulations are metastable."""
    field = published(raw_dir, 1.9, 2)
    wandering, low = fixed_point(field), low_activity_state(field)
    assert not wandering.settled
    assert wandering.rates.max() > 100
    assert low.settled
    assert low.rates.max() < 20
    assert critical_eigenvalue(field, low.rates) < 1
