"""Granger causality between all connected populations of a run."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, as_completed

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from analysis.dynamics.rate_series import population_rates
from analysis.interactions.granger import Influence, influence, lagged_products
from procortex.utilities.progress import Progress

ORDER = 25
"""Past samples (ms) in a model."""

LEAST_INDEGREE = 1.0
"""Sources with more synapses per target neuron take part."""

LEVEL = 0.05
SHORTEST_WINDOW_MS = 10_000.0
SAMPLES_PER_PARAMETER = 20
"""With fewer samples for each parameter of a model its small influences are lost; a target with 66 sources has 1676 parameters."""

COLUMNS = ("target", "source", "value", "p", "significant", "p_f_test")
"""Columns of the table of influences, see `analysis.interactions.granger.Influence`; significant: `p` < 0.05."""


def influences(series: xr.Dataset, anatomy: xr.Dataset, jobs: int = 1) -> pd.DataFrame:
    """Measure the influence of every population on every other one that it has synapses on.

    A model holds the target's own past of 25 ms and that of all populations from which the anatomy at full density has more than one
    synapse per neuron. Populations whose rate does not vary take part in none and have NaN.

    Parameters
    ----------
    series
        Series file's content, without the start-up.
    anatomy
        Anatomy file's content; its `indegree` tells the sources.
    jobs
        Number of threads; targets are shared out among them.

    Returns
    -------
    pandas.DataFrame
        With `COLUMNS`; targets and sources in the order of the series.
    """
    labels = [str(label) for label in series["target"].to_numpy()]
    strong = anatomy["indegree"].sel(target=labels, source=labels).to_numpy() > LEAST_INDEGREE
    np.fill_diagonal(strong, False)
    connected = [np.flatnonzero(row) for row in strong]
    with threadpool_limits(jobs):
        past = lagged_products(population_rates(series).to_numpy(), ORDER)
    varies = past.fluctuating()
    sources = [row[varies[row] & varies[target]] for target, row in enumerate(connected)]
    found: dict[int, Influence] = {}
    total = sum(map(len, sources))
    with threadpool_limits(1), ThreadPoolExecutor(jobs) as pool, Progress("Granger", total, "influences") as progress:
        # the largest models first: threads then end at about the same time
        order = sorted((target for target, own in enumerate(sources) if len(own)), key=lambda target: -len(sources[target]))
        running: dict[Future[Influence], int] = {pool.submit(influence, past, target, sources[target]): target for target in order}
        for done in as_completed(running):
            found[running[done]] = done.result()
            progress.update(len(sources[running[done]]))
    nothing = Influence(*(np.empty(0) for _ in range(3)))
    rows = [_rows(labels, target, connected[target], sources[target], found.get(target, nothing)) for target in range(len(labels))]
    return pd.concat(rows, ignore_index=True)


def short_of_samples(series: xr.Dataset, table: pd.DataFrame) -> int:
    """Count the targets whose model has fewer than 20 samples for each parameter."""
    parameters = (table.groupby("target")["value"].count() + 1) * ORDER + 1
    return int((series.sizes["time"] - ORDER < SAMPLES_PER_PARAMETER * parameters).sum())


def _rows(labels: list[str], target: int, connected: NDArray[np.intp], sources: NDArray[np.intp], values: Influence) -> pd.DataFrame:
    frame = pd.DataFrame({"value": values.value, "p": values.p, "p_f_test": values.p_f_test}, index=sources).reindex(connected)
    frame["target"], frame["source"] = labels[target], [labels[source] for source in connected]
    frame["significant"] = frame["p"] < LEVEL
    return frame[list(COLUMNS)]
