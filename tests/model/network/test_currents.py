"""Currents in place of populations: against direct sums, against Poisson input, and put together in segments."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.configuration import resolve_parameters
from model.network.assemble import assemble_network
from model.network.currents import filtered, replacing_current, segments
from model.network.stimuli import Pulse, Window
from model.network.synaptic_output import synaptic_output
from procortex.formats.network import ALWAYS, LONGEST_T_SIM, NEVER_ENDS, labels_of, stream_matrix
from procortex.formats.populations import label_areas, population_labels
from procortex.utilities.errors import InputError
from tests.helpers.series import periodic_series, write_periodic

LABELS = population_labels()
AREA = label_areas(LABELS)


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10**6), bins=st.integers(1, 30))
def test_the_current_is_the_sum_over_sources(seed: int, bins: int) -> None:
    random = np.random.default_rng(seed)
    charge = random.uniform(-100, 1000, (3, 5)) * (random.random((3, 5)) < 0.6)
    delay, output = random.uniform(0, 12, (3, 5)), random.uniform(0, 20, (5, bins))
    expected = np.zeros((3, bins))
    for i in range(3):
        for j in range(5):
            for t in range(bins):
                sent = t - int(np.floor(delay[i, j] + 0.5))
                expected[i, t] += 1e-3 * charge[i, j] * output[j, sent] if sent >= 0 else 0.0
    np.testing.assert_allclose(replacing_current(charge, delay, output), expected, rtol=1e-12, atol=1e-12)


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10**6), tau_syn=st.floats(0.2, 5))
def test_filtering_is_the_mean_over_a_bin_of_what_synapses_do(seed: int, tau_syn: float) -> None:
    """Against the explicit integral in steps h of a thousandth of a bin; the midpoint rule is exact to (h / tau)^2 / 24."""
    rate = np.random.default_rng(seed).uniform(0, 50, 12)
    n = 1000
    step, current, expected = 1 / n, 0.0, np.zeros(12)
    decay = np.exp(-step / tau_syn)
    for k in range(12):
        for _ in range(n):
            half = current * np.exp(-step / 2 / tau_syn) + rate[k] * tau_syn * (1 - np.exp(-step / 2 / tau_syn))
            expected[k] += half * step
            current = current * decay + rate[k] * tau_syn * (1 - decay)
    np.testing.assert_allclose(filtered(rate[None], tau_syn)[0], expected, rtol=1e-5)


def test_filtering_keeps_the_charge_and_the_order_of_time() -> None:
    pulse = np.zeros((1, 60))
    pulse[0, 20] = 1.0
    output = filtered(pulse, 0.5)[0]
    assert output.sum() == pytest.approx(0.5, rel=1e-12)
    assert not output[:20].any()
    assert (np.diff(output[20:]) < 0).sum() >= 10


windows = st.tuples(st.integers(1, 60), st.integers(1, 60)).filter(lambda pair: pair[0] < pair[1])
pulses = st.lists(st.tuples(windows, st.sampled_from([-7.0, 3.0, 50.0])), max_size=4)


@settings(deadline=None)
@given(pulses=pulses, bins=st.integers(0, 4), open_end=st.booleans())
def test_segments_say_the_current_of_every_step(pulses, bins: int, open_end: bool) -> None:
    every = [Pulse(amplitude * np.array([1.0, 0.0, 2.0]), Window(*window)) for window, amplitude in pulses]
    if open_end:
        every.append(Pulse(np.array([0.0, 4.0, 0.0]), Window(21, NEVER_ENDS)))
    values = np.arange(3 * bins, dtype=float).reshape(3, bins) + 1
    starts, current = segments(values, 10, every)
    assert (np.diff(starts) > 0).all()
    for step in range(1, 70):
        expected = np.zeros(3)
        if step <= 10 * bins:
            expected += values[:, (step - 1) // 10]
        for pulse in every:
            expected += pulse.current * (pulse.window.start <= step < pulse.window.stop)
        place = np.searchsorted(starts, step, side="right") - 1
        np.testing.assert_array_equal(current[:, place] if place >= 0 else np.zeros(3), expected)


def test_without_currents_there_is_one_segment_of_nothing() -> None:
    starts, current = segments(np.zeros((4, 0)), 10, [])
    assert starts.tolist() == [ALWAYS]
    assert current.tolist() == [[0.0]] * 4


def network_of(anatomy, rates, output, **given):
    return assemble_network(anatomy, resolve_parameters(given), rates, rates, source_output=output)


NONSTAT = {"replace_non_simulated_areas": "het_current_nonstat", "replace_cc_input_source": "series.nc", "areas_simulated": ["V1", "TH"]}


def direct_sum(anatomy, network, output, sources, scaling=1.0) -> np.ndarray:
    """Current into every population, pair by pair, from the anatomy and the published weights."""
    labels = labels_of(network)
    current = np.zeros((len(labels), output.shape[1]))
    for i, target in enumerate(labels):
        area = target.rpartition("-")[0]
        for j, source in enumerate(sources):
            other = source.rpartition("-")[0]
            if other == area:
                continue
            K = scaling * float(anatomy.indegree.sel(target=target, source=source))
            W = 87.80849352920845 / np.sqrt(scaling) * (1.9 * 2 if target.endswith("I") else 1.9) * (-11 if source.endswith("I") else 1)
            lag = int(float(anatomy.distance.sel(target_area=area, source_area=other)) / 3.5 + 0.5)
            current[i, lag:] += 1e-3 * K * W * output[j, : output.shape[1] - lag]
    return current


@pytest.mark.parametrize("scaling", [1.0, 0.25])
def test_a_network_has_the_current_of_the_areas_that_it_lacks(anatomy, rates, scaling: float) -> None:
    sources = [label for label, area in zip(LABELS, AREA, strict=True) if area not in ("V1", "TH")]
    output = np.random.default_rng(1).uniform(0, 5, (len(sources), 80))
    network = network_of(anatomy, rates, output, K_scaling=scaling, **NONSTAT)
    expected = direct_sum(anatomy, network, output, sources, scaling)
    np.testing.assert_allclose(network["current"].values[:, :80], expected, rtol=1e-12)
    assert network["current_start"].values.tolist() == list(range(1, 802, 10))
    assert not network["current"].values[:, 80].any()
    assert network.attrs[LONGEST_T_SIM] == 80.0
    assert stream_matrix(network, "stream_rate").shape[1] == 1  # the background alone


def test_a_constant_series_brings_the_mean_of_the_poisson_input_that_it_stands_for(anatomy, rates) -> None:
    """To the rounding of sums: the same charge arrives, once the longest delay (40 sqrt(3) mm) has passed."""
    kept = ~np.isin(AREA, ["V1", "TH"])
    output = filtered(np.repeat(rates[kept][:, None], 60, axis=1), 0.5)
    currents = network_of(anatomy, rates, output, **NONSTAT)
    poisson = network_of(anatomy, rates, None, **NONSTAT | {"replace_non_simulated_areas": "het_poisson_stat"})
    drive = [stream_matrix(each, "stream_rate") * stream_matrix(each, "stream_weight") for each in (poisson, currents)]
    mean = [1e-3 * 0.5 * each.sum(axis=1) for each in drive]
    np.testing.assert_allclose(currents["current"].values[:, 59], mean[0] - mean[1], rtol=1e-9)


def test_both_parts_act_together_in_modes_of_their_own(anatomy, rates) -> None:
    """Connections between simulated areas as currents, areas that are not simulated as Poisson input; and the other way round."""
    given = NONSTAT | {"areas_simulated": ["V1", "V2"]}
    inside = [label for label, area in zip(LABELS, AREA, strict=True) if area in ("V1", "V2")]
    outside = [label for label in LABELS if label not in inside]
    random = np.random.default_rng(2)
    for sources, modes in (
        (inside, {"replace_cc": "current_nonstat", "replace_non_simulated_areas": "het_poisson_stat"}),
        (outside, {"replace_cc": "het_poisson_stat"}),
    ):
        output = random.uniform(0, 5, (len(sources), 30))
        network = network_of(anatomy, rates, output, **given | modes)
        np.testing.assert_allclose(network["current"].values[:, :30], direct_sum(anatomy, network, output, sources), rtol=1e-12)
        areas = label_areas(labels_of(network))
        assert (areas[network["target"].values] == areas[network["source"].values]).all()
        poisson = [k for k, label in enumerate(LABELS) if label not in sources and AREA[k] != "V1"]
        indegree = anatomy.indegree.sel(target="V1-23E").values
        expected = 10 * float(anatomy.external_indegree.sel(target="V1-23E")) + indegree[poisson] @ rates[poisson]
        total = float(stream_matrix(network, "stream_rate")[labels_of(network).index("V1-23E")].sum())
        assert total == pytest.approx(expected, rel=1e-12)


def test_output_of_a_series_from_its_file_or_its_run(tmp_path: Path) -> None:
    labels = population_labels(["V2", "TH"])
    series = write_periodic(tmp_path / "series.nc", 40)
    rate = series["counts"].sel(target=list(labels)).values / 200 * 1e3
    for source in (tmp_path / "series.nc", tmp_path):
        np.testing.assert_allclose(synaptic_output(source, labels, 0.5), filtered(rate, 0.5), rtol=1e-15)


def test_output_in_the_files_of_the_original_is_taken_as_it_is(tmp_path: Path) -> None:
    labels = population_labels(["V2", "46"])
    values = np.random.default_rng(0).uniform(0, 9, (len(labels), 25))
    for label, row in zip(labels, values, strict=True):
        np.save(tmp_path / f"rates-{label}.npy", row)
    for prefix in ("rates", "rates-"):
        np.testing.assert_array_equal(synaptic_output(tmp_path / prefix, labels, 0.5), values)


def test_sources_without_what_is_needed_are_refused(tmp_path: Path) -> None:
    labels = population_labels(["V2"])
    write_periodic(tmp_path / "v1.nc", 40, ["V1"])
    with pytest.raises(InputError, match=r"v1\.nc: holds no series of V2-23E V2-23I"):
        synaptic_output(tmp_path / "v1.nc", labels, 0.5)
    for nothing in (tmp_path / "none.nc", tmp_path, tmp_path / "prefix"):
        with pytest.raises(InputError, match=r"no such series|holds no series") as error:
            synaptic_output(nothing, labels, 0.5)
        assert "expected series.nc of" in str(error.value)
    for k, label in enumerate(labels[1:]):
        np.save(tmp_path / f"rates-{label}.npy", np.ones(20 + (k == 0)) if k < 5 else np.ones((2, 2)))
    (tmp_path / "rates-V2-6I.npy").write_text("no array")
    with pytest.raises(InputError) as error:
        synaptic_output(tmp_path / "rates", labels, 0.5)
    lines = [line.partition("rates-")[2] for line in str(error.value).split("\n")]
    assert lines[0] == "V2-23E.npy: no such file; expected one for each replaced population"
    assert lines[1] == "V2-4E.npy: holds 20 ms, others 21; expected series of one length"
    assert [line for line in lines if "holds float64 of shape (2, 2)" in line]
    assert "V2-6I.npy: is no array (.npy); expected one number for each ms" in lines[-1]


def test_made_up_series_hold_every_population() -> None:
    assert periodic_series(5)["target"].values.tolist() == list(LABELS)
