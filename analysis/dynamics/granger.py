"""Conditional Granger causality: how much the past of one series adds to the prediction of another, beyond that of all the rest.

Schmidt et al. (2018b), Fig. 9. A target's rate is predicted by least squares from the past of itself and of all its sources, then without
each source in turn. All these problems share the sums of products of the series at two lags: they are computed once for all targets, and a
model without a source follows from the full one, without another fit.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve, solve
from scipy.stats import f as f_distribution
from scipy.stats import levene
from threadpoolctl import threadpool_limits

from analysis.dynamics.rate_series import population_rates
from procortex.utilities.progress import Progress

Array = NDArray[np.float64]

CHUNK = 4096
"""Samples whose lagged design is in memory at once."""

ORDER = 25
"""Past samples (ms) in a model."""

LEAST_INDEGREE = 1.0
"""Sources with more synapses per target neuron take part."""

LEVEL = 0.05
"""An influence is significant if its p value is smaller."""

SAMPLES_PER_PARAMETER = 20
"""With fewer samples for each parameter of a model its small influences are lost; a target with 66 sources has 1676 parameters."""

COLUMNS = ("target", "source", "value", "p", "significant", "p_f_test")
"""Columns of the table of influences, see `Influence`; significant: `p` < `LEVEL`."""


@dataclass(frozen=True)
class Influence:
    """What the sources of one target add to its prediction; arrays have one value a source.

    Attributes
    ----------
    value
        ln(variance of the residuals without the source / with it).
    p
        Of Levene's test of the two residual series, each scaled by its degrees of freedom. The series are nearly the same and not
        independent, which the test takes them for: far fewer than 5 % of absent influences have p < 0.05.
    p_f_test
        Of the F test of the two nested models, which holds its level.
    """

    value: Array
    p: Array
    p_f_test: Array


@dataclass(frozen=True)
class LaggedProducts:
    """Series and the sums that all least-squares problems on their past are made of.

    Attributes
    ----------
    series
        Series of mean 0 and variance 1 (constant ones are 0), shape (m, n).
    products
        ``products[k, i, j]``: sum over t of series i at t times series j at t - k, for t from the order on; shape (order + 1, m, m).
    """

    series: Array
    products: Array

    @property
    def order(self) -> int:
        """Number of past samples that predict."""
        return len(self.products) - 1

    @property
    def samples(self) -> int:
        """Number of predicted samples."""
        return int(self.series.shape[1]) - self.order

    def fluctuating(self) -> NDArray[np.bool_]:
        """Whether each series varies in every stretch that enters a model: without that its lags depend linearly on each other."""
        windows = (self.series[:, lag : lag + self.samples] for lag in range(self.order + 1))
        varying: NDArray[np.bool_] = np.all([np.ptp(window, axis=1) > 0 for window in windows], axis=0)
        return varying

    def gram(self, members: NDArray[np.intp]) -> Array:
        """Centred sums of products of some series at all pairs of lags, shape (s, order + 1, s, order + 1).

        Sums for lags (k + 1, l + 1) are those for (k, l) with one sample more at the beginning and one less at the end.
        """
        chosen = self.series[members]
        lags = self.order + 1
        start, end = chosen[:, self.order - 1 :: -1][:, : self.order], chosen[:, :-lags:-1]  # at t = order - 1 - k, and n - 1 - k
        own = self.products[:, members[:, None], members]
        table = np.empty((lags, lags, len(members), len(members)))
        table[0], table[:, 0] = own, own.transpose(0, 2, 1)
        sums = np.empty((len(members), lags))
        sums[:, 0] = chosen[:, self.order :].sum(axis=1)
        for lag in range(self.order):
            come = np.einsum("i,jl->lij", start[:, lag], start)
            gone = np.einsum("i,jl->lij", end[:, lag], end)
            table[lag + 1, 1:] = table[lag, :-1] + come - gone
            sums[:, lag + 1] = sums[:, lag] + start[:, lag] - end[:, lag]
        centred = table.transpose(2, 0, 3, 1)
        return np.asarray(centred - sums[:, :, None, None] * sums[None, None] / self.samples)


def lagged_products(series: Array, order: int) -> LaggedProducts:
    """Prepare series of shape (m, n) for models with `order` past samples."""
    centred = series - series.mean(axis=1, keepdims=True)
    spread = centred.std(axis=1, keepdims=True)
    centred = np.ascontiguousarray(np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 0))
    n = centred.shape[1]
    products = np.stack([centred[:, order:] @ centred[:, order - lag : n - lag].T for lag in range(order + 1)])
    return LaggedProducts(centred, products)


def influence(past: LaggedProducts, target: int, sources: NDArray[np.intp]) -> Influence:
    """Measure the influence of each source on a target, given all others and the target's own past.

    Parameters
    ----------
    past
        All series.
    target
        Number of the predicted series.
    sources
        Numbers of the others in its model, without itself; all have to fluctuate.
    """
    members = np.concatenate([[target], sources]).astype(np.intp)
    order, samples = past.order, past.samples
    gram = past.gram(members)
    regressors = len(members) * order
    design = gram[:, 1:, :, 1:].reshape(regressors, regressors)
    with_target = gram[:, 1:, 0, 0].reshape(regressors)
    factor = cho_factor(design)
    full = cho_solve(factor, with_target)
    inverse = cho_solve(factor, np.eye(regressors))
    models = np.repeat(full[:, None], len(sources) + 1, axis=1)
    for place in range(len(sources)):
        block = slice((place + 1) * order, (place + 2) * order)
        models[:, place + 1] -= inverse[:, block] @ solve(inverse[block, block], full[block], assume_a="pos")
        models[block, place + 1] = 0.0
    residuals = _residuals(past, members, models)
    squares = np.einsum("ij,ij->i", residuals, residuals)
    free = samples - 1 - np.array([regressors] + [regressors - order] * len(sources))  # one for the constant
    with np.errstate(divide="ignore"):
        value = np.log(squares[1:] / squares[0])
        ratio = (squares[1:] - squares[0]) / order / (squares[0] / free[0])
    residuals *= np.sqrt((samples - 1) / free)[:, None]
    p = np.array([levene(residuals[0], without).pvalue for without in residuals[1:]], dtype=float)
    return Influence(value, p, np.asarray(f_distribution.sf(ratio, order, free[0]), dtype=float))


def _residuals(past: LaggedProducts, members: NDArray[np.intp], models: Array) -> Array:
    """Errors of the predictions of the first member, shape (models, samples), of mean 0."""
    order = past.order
    chosen = past.series[members]
    windows = sliding_window_view(chosen, order, axis=1)[:, :-1, ::-1]  # [member, sample, lag - 1]
    errors = np.empty((models.shape[1], past.samples))
    for start in range(0, past.samples, CHUNK):
        chunk = windows[:, start : start + CHUNK]
        design = chunk.transpose(1, 0, 2).reshape(chunk.shape[1], -1)
        errors[:, start : start + CHUNK] = chosen[0, order + start : order + start + len(design)] - (design @ models).T
    return np.asarray(errors - errors.mean(axis=1, keepdims=True))


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
