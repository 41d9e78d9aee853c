"""Responses to stimuli: when presentations are, what is a response and when it comes, and the figure of it."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from analysis.dynamics.stimuli import PAUSE_MS, Presentations, together
from analysis.dynamics.stimulus_response import INDEPENDENT_MS, LEVEL, SMOOTHING_MS, presentations, response
from analysis.figures.dynamics.stimulus_response import hierarchical
from contracts.anatomy import write_anatomy
from procortex.formats.network import write_network
from procortex.formats.populations import population_labels
from procortex.formats.series import write_series
from procortex.utilities.errors import InputError
from tests.helpers.anatomy import random_anatomy
from tests.helpers.figures import assert_written_twice_the_same, drawn
from tests.helpers.series import series_of
from tests.networks import small_network

AREAS = ("V1", "V2", "V4", "TH")
DELAYS = {"V1": 2, "V2": 15, "V4": 40}
NEURONS = 500


def series(seed: int, onsets: tuple[float, ...], t_sim: int = 2000, areas: tuple[str, ...] = AREAS, strength: float = 4.0) -> xr.Dataset:
    """Poisson counts, larger for 30 ms after each onset and the area's delay."""
    labels = population_labels(areas)
    expected = np.full((len(labels), t_sim), 5e-3 * NEURONS)
    for k, label in enumerate(labels):
        if delay := DELAYS.get(label.partition("-")[0]):
            for onset in onsets:
                expected[k, int(onset) + delay : int(onset) + delay + 30] *= strength
    return series_of(np.random.default_rng(seed).poisson(expected), labels, NEURONS, state="s", seed=seed)


def network(**stimuli: list[dict[str, object]]) -> xr.Dataset:
    empty = {"dc_stimuli": [], "poisson_stimuli": []}
    sizes = dict.fromkeys(population_labels(AREAS), 5)
    return small_network(sizes, indegree=0, rate=100).assign_attrs(configuration=json.dumps({"input_params": empty | stimuli}))


def stimulus(start: float | None, stop: float | None, *populations: str) -> dict[str, object]:
    return {"populations": list(populations) or ["V1"], "start": start, "stop": stop}


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 100)), min_size=1, max_size=8))
def test_presentations_are_apart_and_hold_every_stimulus(given: list[tuple[int, int]]) -> None:
    windows = [(float(start), float(start + length)) for start, length in given]
    joined = together(windows)
    for start, stop in windows:
        assert sum(first <= start and stop <= last for first, last in joined) == 1
    for (_, stop), (start, _) in pairwise(joined):
        assert start - stop >= PAUSE_MS
    assert sum(last - first for first, last in joined) <= sum(stop - start for start, stop in windows) + PAUSE_MS * (len(windows) - 1)


def test_presentations_of_a_network() -> None:
    given = {
        "dc_stimuli": [stimulus(700, 800, "V1-4E"), stimulus(None, None, "V4"), stimulus(0, 50, "V4")],
        "poisson_stimuli": [stimulus(710, 720, "V2"), stimulus(1000, 1050, "V1")],
    }
    assert presentations(network(**given), "here") == Presentations((700.0, 1000.0), 100.0, 200.0, ("V1", "V2"))
    open_end = presentations(network(dc_stimuli=[stimulus(700, None, "4E"), stimulus(900, 950)]), "here")
    assert open_end == Presentations((700.0,), math.inf, math.inf, AREAS)


def test_networks_without_onsets_are_refused() -> None:
    with pytest.raises(InputError, match="here: has no stimulus with an onset"):
        presentations(network(dc_stimuli=[stimulus(None, None), stimulus(0, 10)]), "here")
    with pytest.raises(InputError, match="here: says nothing of its stimuli"):
        presentations(network().assign_attrs(configuration="{}"), "here")


SHOWN = Presentations((500.0, 900.0, 1300.0), 30.0, 370.0, ("V1",))


def test_latencies_are_the_delays() -> None:
    """To the reach of the smoothing kernel: the response crosses the threshold early in its rise."""
    found = response([series(1, SHOWN.onsets), series(2, SHOWN.onsets)], SHOWN)
    assert found.presentations == 6 == 2 * len(SHOWN.shown_bins(2000, 1.0))
    assert found.time[0] == -99.5
    assert found.time[-1] == 329.5
    for area, delay in DELAYS.items():
        assert abs(found.latency[found.areas.index(area)] - delay) < 3 * SMOOTHING_MS
    assert np.isnan(found.latency[found.areas.index("TH")])
    np.testing.assert_allclose(found.baseline, 5, rtol=0.1)


def test_chance_makes_no_more_responses_than_it_should() -> None:
    """Of 200 figures without a response LEVEL may show one; the bound has a probability of 1e-3 of being passed by chance."""
    figures = [response([series(seed, (), t_sim=1700)], SHOWN) for seed in range(200)]
    share = float(np.mean([np.isfinite(found.latency).any() for found in figures]))
    assert share < LEVEL + 3.1 * np.sqrt(LEVEL * (1 - LEVEL) / len(figures))


def test_smoothed_noise_has_the_variance_of_its_independent_values() -> None:
    found = [response([series(seed, (), t_sim=1700)], SHOWN) for seed in range(40)]
    expected = np.sqrt(5 * 1000 / (NEURONS * 8 * INDEPENDENT_MS) / 3)  # Poisson: rate over neurons and time, three presentations
    expected *= np.sqrt(1 + INDEPENDENT_MS / 100)  # and that of the baseline's mean
    assert np.mean([one.spread[0, 50] for one in found]) == pytest.approx(expected, rel=0.1)


@pytest.mark.parametrize("onsets", [(10.0,), (1970.0,), (10.0, 1970.0)])
def test_onsets_at_the_ends_show_nothing(onsets: tuple[float, ...]) -> None:
    shown = Presentations(onsets, 5.0, 1955.0 if len(onsets) > 1 else math.inf, ("V1",))
    assert not shown.shown_bins(2000, 1.0)
    with pytest.raises(InputError, match=r"no (stimulus|onset) .* after it within the 2000 ms"):
        response([series(1, ())], shown)


def test_areas_stand_in_hierarchical_order() -> None:
    heights = xr.DataArray([0.9, 0.1, np.nan, 0.5], {"area": list(AREAS)}, ("area",))
    assert [AREAS[k] for k in hierarchical(AREAS, heights)] == ["V2", "TH", "V1", "V4"]


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("response")
    for seed in (1, 2):
        write_series(series(seed, SHOWN.onsets), folder / f"{seed}.nc")
    given = [stimulus(onset, onset + 30) for onset in SHOWN.onsets]
    write_network(network(poisson_stimuli=given), folder / "network.nc")
    write_anatomy(random_anatomy(), folder / "anatomy.nc")
    return [folder / name for name in ("1.nc", "2.nc", "network.nc", "anatomy.nc")]


def test_the_figure_shows_all_areas_and_when_they_respond(inputs: list[Path]) -> None:
    figure = drawn("stimulus-response", *inputs)
    panels = {axes.get_title("left"): axes for axes in figure.axes}
    assert {text.get_text() for text in panels["Mean of 6 presentations to V1"].get_yticklabels()} == set(AREAS)
    assert {*DELAYS} <= {line.get_label() for line in panels["Rates"].lines}
    assert {text.get_text() for text in panels["First change (1 area without)"].texts} >= {*DELAYS}


def test_files_are_written_twice_the_same(inputs: list[Path], tmp_path: Path) -> None:
    assert_written_twice_the_same("stimulus-response", inputs, tmp_path)


def test_series_of_other_states_are_refused(inputs: list[Path], tmp_path: Path) -> None:
    write_series(series(3, ()).assign_attrs(state="other"), tmp_path / "other.nc")
    with pytest.raises(InputError, match="is of another state or of other areas than"):
        drawn("stimulus-response", inputs[0], tmp_path / "other.nc", *inputs[2:])
    with pytest.raises(InputError, match="stimulus-response: 2 inputs"):
        drawn("stimulus-response", *inputs[:2])
