"""The assembled network: shapes, counts, tables that fit their pairs, and the file it makes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from model.configuration import resolve_parameters
from model.network.assemble import assemble_network
from procortex.formats.network import labels_of, pair_matrix, read_network, stream_matrix, write_network
from procortex.formats.populations import label_areas, population_labels
from procortex.utilities.errors import InputError


def network_of(anatomy, rates, **given) -> xr.Dataset:
    return assemble_network(anatomy, resolve_parameters(given), rates, rates)


@pytest.fixture(scope="module")
def network(anatomy, rates) -> xr.Dataset:
    return network_of(anatomy, rates, areas_simulated=["V1", "TH", "V2"], N_scaling=0.1, K_scaling=0.25)


def test_only_simulated_populations_are_in_the_file_in_model_order(network) -> None:
    assert tuple(labels_of(network)) == population_labels(["V1", "V2", "TH"])


def test_counts_are_truncated_from_real_numbers(network, anatomy) -> None:
    labels = labels_of(network)
    real = 0.1 * anatomy.neurons.sel(population=labels).values
    np.testing.assert_array_equal(network["neurons"], real.astype(int))
    expected = 0.25 * anatomy.indegree.sel(target=labels, source=labels).values * real[:, None]
    np.testing.assert_array_equal(pair_matrix(network, "synapses"), np.trunc(expected))


def test_tables_fit_the_pairs_that_refer_to_them(network) -> None:
    for target, source in ((0, 0), (0, 2), (3, 1), (0, 8), (9, 4), (21, 0)):
        (row,) = np.flatnonzero((network["target"].values == target) & (network["source"].values == source))
        unit = network.attrs["weight_unit_pA"]
        for name, step in (("weight", unit), ("delay", network.attrs["dt"])):
            table = network[f"{name}_quantiles"].values[network[f"{name}_table"].values[row]] * step
            mean, sd = (float(network[f"{name}_{moment}"][row]) for moment in ("mean", "sd"))
            assert np.median(table) == pytest.approx(mean, abs=max(step, 0.1 * sd))
            assert table.std() == pytest.approx(sd, rel=0.1)


def test_rows_are_the_connected_pairs_by_target_and_source(network) -> None:
    pairs = network["target"].values * 22 + network["source"].values
    assert (np.diff(pairs) > 0).all()
    assert (network["indegree"] > 0).all()
    assert len(pairs) < 22**2  # inhibitory and layer 4E populations project within their area alone
    np.testing.assert_array_equal(network["rng_key"], network["target"].values * 22 + network["source"].values)


def test_the_file_says_what_made_it(network) -> None:
    configuration = json.loads(network.attrs["configuration"])
    assert configuration["sim_params"]["areas_simulated"] == ["V1", "V2", "TH"]
    assert "raw_dir" not in configuration["connectivity"]
    assert set(json.loads(network.attrs["versions"])) >= {"numpy", "scipy"}
    assert network.attrs["weight_unit_pA"] == 0.125  # 87.8 / sqrt(0.25) pA to 0.1 %


def test_a_written_network_reads_back(network, tmp_path: Path) -> None:
    write_network(network, tmp_path / "network.nc")
    again = read_network(tmp_path / "network.nc")
    assert again.equals(network)
    assert {name: value for name, value in again.attrs.items() if name in network.attrs} == network.attrs


def test_equal_parameters_make_equal_networks(anatomy, rates, network) -> None:
    again = network_of(anatomy, rates, areas_simulated=["V2", "TH", "V1"], N_scaling=0.1, K_scaling=0.25)
    assert again.identical(network)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("indegree", np.nan, r"indegree\[1\] is not a finite number"),
        ("synapses", -1, r"synapses\[1\] is negative"),
        ("weight_table", 99, r"weight_table\[1\] is 99, expected the number of a row of weights: 0 to \d+$"),
    ],
)
def test_a_damaged_network_is_refused(network, tmp_path: Path, name: str, value: float, message: str) -> None:
    damaged = network.copy(deep=True)
    values = damaged[name].values.copy()
    values[1] = value
    damaged[name] = ("projection", values)
    with pytest.raises(InputError, match=message):
        write_network(damaged, tmp_path / "network.nc")
    assert not list(tmp_path.iterdir())


def test_replaced_connections_leave_local_synapses_only(anatomy, rates) -> None:
    network = network_of(anatomy, rates, areas_simulated=["V1", "V2"], replace_cc="het_poisson_stat")
    areas = label_areas(labels_of(network))
    assert (areas[network["target"].values] == areas[network["source"].values]).all()
    within = areas[:, None] == areas[None, :]
    assert pair_matrix(network, "synapses").values[within].all()


def test_direct_current_carries_the_mean_of_the_background(anatomy, rates) -> None:
    poisson = network_of(anatomy, rates, K_scaling=0.25)
    direct = network_of(anatomy, rates, K_scaling=0.25, poisson_input=False)
    mean = (
        (stream_matrix(poisson, "stream_rate") * stream_matrix(poisson, "stream_weight")).sum(axis=1) * 1e-3 * 0.5
    )  # rate * charge of one event, pA
    np.testing.assert_allclose(direct["dc"], poisson["dc"] + mean, rtol=1e-12)
    assert not direct["stream_rate"].any()


def test_a_population_that_vanishes_is_named(anatomy, rates) -> None:
    smallest = float(anatomy.neurons.min())
    label = str(anatomy.neurons["population"].values[int(anatomy.neurons.values.argmin())])
    with pytest.raises(InputError, match=rf"N_scaling: is 0.001, which leaves {label} .* expected at least ") as error:
        network_of(anatomy, rates, N_scaling=0.001)
    workable = float(str(error.value).rpartition(" ")[2])
    assert workable == pytest.approx(1 / smallest, abs=1e-6)
    assert (network_of(anatomy, rates, N_scaling=workable)["neurons"] >= 1).all()
