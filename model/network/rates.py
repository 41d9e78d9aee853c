"""Population rates that down-scaling preserves and that stand for replaced areas."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from contracts.rates import Rates
from contracts.rates import read_rates as read_given_rates
from model.configuration.fields import cut
from model.network.circuit import Vector
from procortex.formats.populations import split_label
from procortex.utilities.errors import InputError
from sources.fetch import published_folder
from sources.published import nest_ground_rates
from sources.registry import RATES

CACHE = Path("resources/published_rates")
"""Where the published rates are downloaded to: a folder of their own, so that nobody takes it for all published values."""

MOST_RATE = 10_000
"""Largest rate (spikes/s): a spike in every step of 0.1 ms."""


def read_rates(source: str, published_dir: str | None) -> tuple[Rates, str]:
    """Read rates.

    Parameters
    ----------
    source
        ``published``, the path of a JSON file ``{area: {population: spikes/s}}``, or of a run (see `contracts.rates.read_rates`).
    published_dir
        Folder of the published statistics; None lets `sources.fetch` find them.

    Returns
    -------
    tuple
        Rates (spikes/s) by area and population, and where they come from.

    Raises
    ------
    InputError
        If the file is missing or holds something else.
    """
    if source == "published":
        folder = published_folder(Path(published_dir) if published_dir else None, CACHE, (RATES,))
        return nest_ground_rates(folder), "published rates"
    return read_given_rates(Path(source)), source


def rate_vector(rates: Rates, labels: Sequence[str], needed: Callable[[str], bool], where: str) -> Vector:
    """Rates in the order of the populations.

    Other entries (``total``, 4E and 4I of TH) are ignored.

    Parameters
    ----------
    rates
        Rates (spikes/s) by area and population.
    labels
        The n population labels.
    needed
        Whether a label needs a rate; the others get 0.
    where
        What the rates come from, for messages.

    Returns
    -------
    numpy.ndarray
        Rates (spikes/s), shape (n,).

    Raises
    ------
    InputError
        With one line for each rate that is needed and missing, no number, or negative.
    """
    vector, findings = np.zeros(len(labels)), []
    absent = [area for area in dict.fromkeys(split_label(label)[0] for label in labels if needed(label)) if area not in rates]
    findings = [f"{where}: area {area} is missing, expected rates (spikes/s) of its populations" for area in absent]
    for index, label in enumerate(labels):
        area, population = split_label(label)
        if area in absent or not needed(label):
            continue
        value = rates[area].get(population)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= MOST_RATE:
            vector[index] = value
        else:
            found = "missing" if value is None else cut(json.dumps(value))
            bound = f"at most {MOST_RATE:,}" if isinstance(value, int | float) and value > MOST_RATE else "0 or more"
            findings.append(f"{where}: the rate of {label} is {found}, expected spikes/s, {bound}")
    if findings:
        raise InputError("\n".join(findings))
    return vector
