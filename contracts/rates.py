"""Rates of populations as they pass between stages: a JSON file, or what the files of a run say."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Mapping
from pathlib import Path

from contracts.columnar import Kind, read_columns
from contracts.documents import read_json
from contracts.startup import START_MS
from procortex.formats.populations import split_label
from procortex.formats.series import read_series
from procortex.utilities.atomic import write_texts
from procortex.utilities.errors import InputError

Rates = Mapping[str, Mapping[str, float]]
"""Spikes/s by area and layer population."""

FORM = "{area: {population: spikes/s}}"
RUN = "results/EXPERIMENT/STATE/seed-S/BACKEND"
OF_RUN = ("rates.json", "statistics.parquet", "series.nc")
"""Files of a run that hold its rates, the first one that is there first."""

WORDS = ("published", "theory")
"""What a configuration takes instead of a path."""

MISSING: Mapping[str, str] = {
    ".parquet": f"no such file of statistics; expected that of a run, {RUN}/statistics.parquet",
    ".nc": f"no such series file; expected that of a run, {RUN}/series.nc",
}
"""What is said of a file that is not there, by its suffix; any other is taken for JSON."""

COLUMNS: Mapping[str, Kind] = {
    **dict.fromkeys(("state", "simulator", "area", "population", "statistic", "definition"), "text"),
    "seed": "whole",
    "value": "number",
}
DEFINITION, POOLED = "knight2021", "all"


def write_rates(rates: Rates, path: Path) -> None:
    """Write rates as JSON; the file appears when it is whole."""
    write_texts({path: json.dumps(rates, indent=1) + "\n"})


def rates_file(path: Path) -> Path:
    """File that holds the rates, of a run if the path is a folder; the path itself if there is none."""
    return next((path / name for name in OF_RUN if (path / name).is_file()), path)


def existing_rates(path: Path) -> Path:
    """Find the file that holds the rates, of a run if the path is a folder.

    Raises
    ------
    InputError
        If there is none.
    """
    file = rates_file(path)
    if file.is_dir():
        raise InputError(f"{path}: holds none of {', '.join(OF_RUN)}; expected the folder of one run, {RUN}")
    if not file.exists():
        near = difflib.get_close_matches(str(path).lower(), WORDS, 1, 0.7)
        hint = f"; did you mean {near[0]}?" if near else ""
        missing = MISSING.get(file.suffix, f"no such file of rates; expected JSON {FORM}, or the folder of a run, {RUN}")
        raise InputError(f"{path}: {missing}{hint}")
    return file


def read_rates(path: Path) -> Rates:
    """Read rates.

    Parameters
    ----------
    path
        A JSON file ``{area: {population: spikes/s}}``, statistics (``.parquet``) or a series (``.nc``) of a run, or the run's folder.
        Rates of a run are means from 500 ms to its end; populations that were not recorded have none.

    Returns
    -------
    Mapping
        Spikes/s by area and population, as they are in the file: JSON is not checked beyond its form.

    Raises
    ------
    InputError
        If the path leads to nothing that holds rates.
    """
    file = existing_rates(path)
    if file.suffix == ".parquet":
        return _of_statistics(file)
    return _of_series(file) if file.suffix == ".nc" else _of_json(file)


def _of_json(path: Path) -> Rates:
    rates = read_json(path, FORM)
    if not isinstance(rates, dict) or not all(isinstance(values, dict) for values in rates.values()):
        raise InputError(f"{path}: expected rates as {FORM}")
    return rates


def _of_series(path: Path) -> Rates:
    series = read_series(path)
    kept = series.isel(time=series["time"].to_numpy() >= START_MS)
    seconds = kept.sizes["time"] * float(series.attrs["bin_ms"]) * 1e-3
    if seconds == 0:
        raise InputError(f"{path}: ends at {series.attrs['t_sim']:g} ms, but rates are those after {START_MS:g} ms; expected a longer run")
    spikes = kept["counts"].sum("time").to_numpy() / series["neurons"].to_numpy()
    return _by_area({str(label): float(number / seconds) for label, number in zip(series["target"].to_numpy(), spikes, strict=True)})


def _of_statistics(path: Path) -> Rates:
    table = read_columns(path, COLUMNS, f"expected the statistics of a run, {RUN}/statistics.parquet").select(list(COLUMNS))
    rows = [row for row in table.to_pylist() if (row["statistic"], row["definition"]) == ("rate", DEFINITION) and row["area"] != POOLED]
    runs = sorted({f"{row['state']} of {row['simulator']} with seed {row['seed']}" for row in rows})
    if len(runs) != 1:
        raise InputError(f"{path}: holds rates of {len(runs)} runs{': ' if runs else ''}{'; '.join(runs)}; expected those of one")
    rates: dict[str, float] = {}
    for row in rows:
        if row["value"] is None:  # as if it had not been recorded
            continue
        label, rate = f"{row['area']}-{row['population']}", row["value"]
        if label in rates:
            raise InputError(f"{path}: two rows for the rate of {label}; expected the statistics of a run, {RUN}/statistics.parquet")
        if rate < 0 or rate == math.inf:
            raise InputError(f"{path}: the rate of {label} is {rate}; expected spikes/s, 0 or more")
        rates[label] = float(rate)
    return _by_area(rates)


def _by_area(rates: Mapping[str, float]) -> Rates:
    result: dict[str, dict[str, float]] = {}
    for label, rate in rates.items():
        area, population = split_label(label)
        result.setdefault(area, {})[population] = rate
    return result
