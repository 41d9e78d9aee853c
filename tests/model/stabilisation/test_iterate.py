"""From change to change until no transition is left, and what is kept of the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from threadpoolctl import threadpool_info, threadpool_limits

from contracts.stabilisation import ATTRIBUTES, COORDINATES, LABELS, VARIABLES, check_stabilisation, read_stabilisation, write_stabilisation
from model.stabilisation.adjust import adjust
from model.stabilisation.drive import DrivenNetwork
from model.stabilisation.iterate import stabilise
from model.stabilisation.record import stabilisation_record
from model.stabilisation.transition import Scan, find_transition, scan
from model.theory.relaxation import fixed_point
from procortex.formats.populations import label_areas, label_layers
from procortex.utilities.errors import InputError
from tests.model.stabilisation.networks import first_transition, stabilised, stubborn_network, two_areas

FLOATS = [name for name, (_, kind, *_) in VARIABLES.items() if kind == "f"]


@pytest.fixture
def record() -> xr.Dataset:
    return stabilisation_record(stabilised())


def test_no_transition_is_left_up_to_the_target() -> None:
    found = stabilised()
    assert find_transition(found.network, scan(found.network)) is None
    np.testing.assert_array_equal(found.scan.rates, scan(found.network).rates)
    assert found.scan.kappa[-1] == found.network.parameters.kappa_target
    assert (found.scan.rates.mean(axis=1) < 20).all()
    assert fixed_point(found.network.at(1.2), dt=0.1).settled


def test_each_change_starts_from_the_one_before() -> None:
    found, start = stabilised(), stubborn_network()
    assert len(found.iterations) == 2
    np.testing.assert_array_equal(found.iterations[0].network.indegree, start.indegree)
    after = [iteration.network.indegree for iteration in found.iterations[1:]] + [found.indegree]
    for iteration, indegree in zip(found.iterations, after, strict=True):
        np.testing.assert_array_equal(iteration.adjustment.indegree, indegree)
        assert scan(iteration.network).rates[-1].mean() > 100
        assert iteration.network.parameters == start.parameters
        np.testing.assert_array_equal(iteration.network.external_indegree, start.external_indegree)


def test_one_thread_whatever_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def watched(network: DrivenNetwork) -> Scan:
        seen.extend(library["num_threads"] for library in threadpool_info())
        return scan(network)

    monkeypatch.setattr("model.stabilisation.iterate.scan", watched)
    with threadpool_limits(2):
        stabilise(two_areas(("V1", "V2"), 1.0))
    assert set(seen) == {1}


def test_a_network_without_transition_stays_as_it_is() -> None:
    network = two_areas(("V1", "V2"), 1.0)
    found = stabilise(network)
    assert found.iterations == ()
    assert found.network is network
    record = stabilisation_record(found)
    check_stabilisation(record, "here")
    assert (record.sizes["stage"], record.sizes["iteration"]) == (1, 0)


def test_stabilisation_gives_the_same_bits_again() -> None:
    np.testing.assert_array_equal(stabilise(stubborn_network()).indegree, stabilised().indegree)


def test_a_change_that_leaves_high_activity_alone_is_an_error() -> None:
    """Without a jump between drives there is no transition either."""
    network, _, found = first_transition("separatrix_network")
    changed = scan(replace(network, indegree=adjust(network, found).indegree)).rates.mean(axis=1)
    assert (changed > 100).all()
    with pytest.raises(InputError, match=r"stabilisation: at kappa = 1 the mean rate is .* expected low activity"):
        stabilise(network)


def test_too_few_changes_are_an_error() -> None:
    with pytest.raises(
        InputError, match=r"^stabilisation: after 1 changes a transition at kappa = 1\.\d{4} is left; expected none below 1\.2$"
    ):
        stabilise(stubborn_network(max_iterations=1))


def test_record_holds_the_way(record: xr.Dataset) -> None:
    found = stabilised()
    check_stabilisation(record, "here")
    assert dict(record.sizes) == {"stage": 3, "kappa": 21, "target": 16, "source": 16, "iteration": 2, "side": 2, "time": 401, "mode": 16}
    assert record.attrs == asdict(found.network.parameters)
    np.testing.assert_array_equal(record["indegree"][-1], found.indegree)
    np.testing.assert_array_equal(record["scan_rates"][-1], found.scan.rates)
    for number, iteration in enumerate(found.iterations):
        entry = record.isel(iteration=number)
        transition, modes = iteration.transition, iteration.adjustment.spectrum
        assert float(entry["transition_kappa"]) == transition.kappa
        assert entry["transition_kind"].item() == transition.kind == "separatrix"
        np.testing.assert_array_equal(entry["unstable_rates"], transition.rates)
        for side in range(2):
            np.testing.assert_allclose(entry["trajectory_mean"][side], transition.trajectory.rates[:, side].mean(axis=1), rtol=1e-14)
        rise = np.diff(entry["trajectory_mean"], axis=1) / 0.1
        # central differences lie between those to either side
        np.testing.assert_allclose(entry["trajectory_speed"][:, 1:-1], np.abs(rise[:, 1:] + rise[:, :-1]) / 2, atol=1e-10)
        np.testing.assert_array_equal(entry["eigenvalue_real"] + 1j * entry["eigenvalue_imag"], modes.values)
        field = iteration.network.at(transition.kappa)
        matrix, right = field.effective_connectivity(transition.rates), entry["critical_right"].values
        np.testing.assert_allclose(matrix @ right, float(entry["eigenvalue_real"][0]) * right, atol=1e-10)
        assert entry["critical_left"].values @ right == pytest.approx(1)


def test_what_is_written_is_read(record: xr.Dataset, tmp_path: Path) -> None:
    path = tmp_path / "record.nc"
    write_stabilisation(record, path)
    read = read_stabilisation(path)
    xr.testing.assert_equal(read, record)
    assert read.attrs == record.attrs
    assert read["strength"].attrs["units"] == "1"
    assert list(read["transition_kind"].values) == ["separatrix", "separatrix"]


def test_changes_between_areas_come_from_projecting_populations_alone() -> None:
    found, start = stabilised(), stubborn_network()
    areas, layers = label_areas(found.network.labels), label_layers(found.network.labels)
    changed = (found.indegree != start.indegree) & (areas[:, None] != areas[None, :])
    assert set(layers[changed.any(axis=0)]) == {"23E", "5E", "6E"}


@pytest.mark.parametrize("name", VARIABLES)
def test_every_variable_is_needed(record: xr.Dataset, name: str) -> None:
    with pytest.raises(InputError, match=f"^here: variable {name} is missing$"):
        check_stabilisation(record.drop_vars(name), "here")


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_every_attribute_is_needed(record: xr.Dataset, name: str) -> None:
    del record.attrs[name]
    with pytest.raises(InputError, match=f"^here: attribute {name} is missing$"):
        check_stabilisation(record, "here")


@pytest.mark.parametrize("name", [*COORDINATES, *LABELS])
def test_every_coordinate_is_needed(record: xr.Dataset, name: str) -> None:
    with pytest.raises(InputError, match=f"^here: coordinate {name} is missing$"):
        check_stabilisation(record.drop_vars(name), "here")


@pytest.mark.parametrize("name", FLOATS)
def test_every_number_is_finite(record: xr.Dataset, name: str) -> None:
    damaged = record[name].values.copy()
    damaged[(0,) * damaged.ndim] = np.nan
    first = {"kappa": "1.0", "time": "0.0", "target": "V1-23E", "source": "V1-23E", "side": "below"}
    place = ", ".join(first.get(dim, "0") for dim in VARIABLES[name].dims)
    with pytest.raises(InputError) as error:
        check_stabilisation(record.assign({name: (VARIABLES[name].dims, damaged)}), "here")
    assert str(error.value) == f"here: {name}[{place}] is not a finite number"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda record: record.isel(stage=slice(2)), "has 2 stages and 2 iterations; expected one stage more"),
        (lambda record: record.assign(transition_kind=("iteration", [1, 2])), "transition_kind has type int64, expected text"),
        (
            lambda record: record.assign(strength=("mode", np.zeros(16))),
            "strength has dimensions ('mode',), expected ('iteration',)",
        ),
    ],
)
def test_layout(record: xr.Dataset, change: Callable[[xr.Dataset], xr.Dataset], message: str) -> None:
    with pytest.raises(InputError) as error:
        check_stabilisation(change(record), "here")
    assert str(error.value) == f"here: {message}"


def test_missing_files_and_findings_together(record: xr.Dataset, tmp_path: Path) -> None:
    path = tmp_path / "record.nc"
    with pytest.raises(InputError, match=r"record\.nc: no such stabilisation file; make one with `python -m model stabilise"):
        read_stabilisation(path)
    with pytest.raises(InputError) as error:
        write_stabilisation(record.drop_vars(["strength", "shift", "side"]), path)
    assert str(error.value).splitlines() == [
        "stabilisation file: variable strength is missing",
        "stabilisation file: variable shift is missing",
        "stabilisation file: coordinate side is missing",
    ]
    assert not path.exists()
