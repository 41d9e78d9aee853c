"""Figures of interactions: written twice the same, with what they should show; bad inputs end with one line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.dynamics.granger import COLUMNS
from analysis.dynamics.lags import COLUMNS as LAG_COLUMNS
from analysis.figures import draw
from analysis.tables import write_table
from contracts.anatomy import write_anatomy
from contracts.theory import write_theory
from procortex.formats.populations import population_labels
from procortex.formats.series import read_series, write_series
from procortex.utilities.errors import InputError
from tests.helpers.anatomy import random_anatomy
from tests.helpers.figures import assert_written_twice_the_same, drawn
from tests.helpers.series import delayed_series
from tests.helpers.theory import made_up_theory

DELAYS = {"V4": 12, "V1": 25, "V2": 0, "7a": 20, "FEF": 5}
BY_DELAY = sorted(DELAYS, key=lambda area: DELAYS[area])
AREAS = ("V1", "V2", "V4")


def made_up_influences() -> pd.DataFrame:
    """All pairs of populations of three areas; only 4E to 2/3E is significant."""
    labels = population_labels(AREAS)
    rng = np.random.default_rng(1)
    rows = [(target, source, rng.exponential(0.01), rng.random()) for target in labels for source in labels if target != source]
    table = pd.DataFrame(rows, columns=["target", "source", "value", "p_f_test"])
    marked = table["target"].str.endswith("23E") & table["source"].str.endswith("4E")
    return table.assign(p=np.where(marked, 0.01, 0.9), significant=marked)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    folder = tmp_path_factory.mktemp("interactions")
    names = ("series.nc", "lags.parquet", "anatomy.nc", "granger.parquet", "theory.nc")
    series, lags, anatomy, granger, theory = (folder / name for name in names)
    write_series(delayed_series(DELAYS), series)
    pairs = [(later, earlier, DELAYS[later] - DELAYS[earlier], 0.5) for later in DELAYS for earlier in DELAYS]
    write_table(pd.DataFrame(pairs, columns=list(LAG_COLUMNS)).astype({"lag_ms": float}), lags, LAG_COLUMNS)
    write_anatomy(random_anatomy(), anatomy)
    write_table(made_up_influences(), granger, COLUMNS)
    write_theory(made_up_theory(AREAS), theory)
    return {"temporal-hierarchy": [series, lags, anatomy], "laminar-interactions": [granger, theory, anatomy]}


def text_of(figure: Figure) -> str:
    """Text of a figure that shows nothing else."""
    assert not figure.axes
    (text,) = figure.texts
    return text.get_text()


def axes_of(figure: Figure, xlabel: str) -> list[Axes]:
    return [axes for axes in figure.axes if axes.get_xlabel() == xlabel]


@pytest.mark.parametrize("name", ["temporal-hierarchy", "laminar-interactions"])
def test_files_are_written_twice_the_same(inputs: dict[str, list[Path]], name: str, tmp_path: Path) -> None:
    assert_written_twice_the_same(name, inputs[name], tmp_path)


def test_areas_stand_in_the_order_of_their_delays(inputs: dict[str, list[Path]]) -> None:
    figure = drawn("temporal-hierarchy", *inputs["temporal-hierarchy"])
    (rise,), (lags,) = axes_of(figure, "Time (ms)"), axes_of(figure, "Reference")
    for axes in (rise, lags):
        assert [label.get_text() for label in axes.get_yticklabels()] == BY_DELAY
    times = rise.lines[0].get_xdata()
    np.testing.assert_allclose(np.asarray(times) - times[0], sorted(DELAYS.values()), atol=3)
    (bars,) = axes_of(figure, "Place in time\n(0 to 1: 25 ms)")
    assert [bar.get_width() for bar in bars.patches] == pytest.approx([DELAYS[area] / 25 for area in BY_DELAY])
    (correlations,) = axes_of(figure, "Lag behind V1 (ms)")
    for line in correlations.lines:
        if (area := str(line.get_label())) in DELAYS:
            lag, value = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
            assert lag[value.argmax()] == pytest.approx(DELAYS[area] - DELAYS["V1"], abs=1)


def test_shares_stand_at_their_layers(inputs: dict[str, list[Path]]) -> None:
    figure = drawn("laminar-interactions", *inputs["laminar-interactions"])
    within = next(axes for axes in figure.axes if axes.get_title("left") == "Within areas")
    values = within.images[0].get_array()
    assert values is not None
    assert values[0, 2] == 1.0  # 2/3E from 4E
    assert values[:, 2].sum() == 1.0
    assert np.ma.getmaskarray(values)[0, 0]  # no population is a source of itself
    assert len(axes_of(figure, "Source")) == 4
    assert len(axes_of(figure, "Share of relays")) == 1


def test_inputs_are_counted(inputs: dict[str, list[Path]]) -> None:
    for name, files in inputs.items():
        with pytest.raises(InputError, match=f"^{name}: 2 inputs; it draws "):
            drawn(name, *files[:2])


def test_two_areas_are_no_hierarchy(inputs: dict[str, list[Path]], tmp_path: Path) -> None:
    series, _, anatomy = inputs["temporal-hierarchy"]
    lags = tmp_path / "lags.parquet"
    pairs = [("V1", "V1", 0.0, 1.0), ("V1", "V2", 3.0, 0.5), ("V2", "V1", -3.0, 0.5), ("V2", "V2", 0.0, 1.0)]
    write_table(pd.DataFrame(pairs, columns=list(LAG_COLUMNS)), lags, LAG_COLUMNS)
    assert text_of(drawn("temporal-hierarchy", series, lags, anatomy)).startswith("Lags between 2 areas: a hierarchy needs at least 3")


def test_short_series_are_refused(inputs: dict[str, list[Path]], tmp_path: Path) -> None:
    series, lags, anatomy = inputs["temporal-hierarchy"]
    write_series(read_series(series).isel(time=slice(0, 1500)), tmp_path / "series.nc")
    with pytest.raises(InputError, match=r"1 s of rates after the first 500 ms; temporal-hierarchy needs 1\.5 s"):
        drawn("temporal-hierarchy", tmp_path / "series.nc", lags, anatomy)


def test_nothing_measured_is_nothing_to_draw(inputs: dict[str, list[Path]], tmp_path: Path) -> None:
    _, theory, anatomy = inputs["laminar-interactions"]
    write_table(made_up_influences().assign(value=np.nan), tmp_path / "granger.parquet", COLUMNS)
    granger = tmp_path / "granger.parquet"
    assert text_of(drawn("laminar-interactions", granger, theory, anatomy)).startswith("No influence was measured")
    svg, png = tmp_path / "nothing.svg", tmp_path / "nothing.png"
    draw("laminar-interactions", [granger, theory, anatomy], None, svg, png)
    assert b"<svg" in svg.read_bytes()
