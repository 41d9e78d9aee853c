"""Poisson input: background, replaced areas and connections, stimuli, and the fewest streams that hold them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.configuration import Parameters
from model.network.circuit import Circuit, Mask, Matrix, Vector
from model.network.replacement import replaced_in
from model.network.stimuli import streams as stimulus_streams
from procortex.formats.network import ALWAYS, NEVER_ENDS


@dataclass(frozen=True)
class Streams:
    """Poisson streams onto n targets, m onto each; those without rate or weight are not in use.

    Attributes
    ----------
    rate, weight
        spikes/s and pA, shape (n, m).
    start, stop
        A stream sends spikes in the steps from its start until before its stop, shape (n, m).
    """

    rate: Matrix
    weight: Matrix
    start: NDArray[np.int64]
    stop: NDArray[np.int64]

    @classmethod
    def stationary(cls, rate: Matrix, weight: Matrix) -> Streams:
        """Streams that begin with the simulation and never end."""
        return cls(rate, weight, np.full(rate.shape, ALWAYS, np.int64), np.full(rate.shape, NEVER_ENDS, np.int64))

    def of(self, targets: Mask) -> Streams:
        """Streams onto some of the targets, mask of shape (n,)."""
        return Streams(self.rate[targets], self.weight[targets], self.start[targets], self.stop[targets])

    def beside(self, other: Streams) -> Streams:
        """Put the streams of another set onto the same targets beside these."""
        return Streams(
            np.hstack([self.rate, other.rate]),
            np.hstack([self.weight, other.weight]),
            np.hstack([self.start, other.start]),
            np.hstack([self.stop, other.stop]),
        )


def merge_streams(streams: Streams) -> Streams:
    """Add up the rates of streams of equal weight and window onto one target.

    Independent Poisson processes add up to one, so nothing changes in law; and every input costs a random number for each neuron and
    step, whether it is used there or not.

    Returns
    -------
    Streams
        By ascending start, stop and weight, stationary ones first, with as many inputs (at least one) as the target with the most
        distinct streams has.
    """
    merged = []
    for rate, weight, start, stop in zip(streams.rate, streams.weight, streams.start, streams.stop, strict=True):
        used = (rate > 0) & (weight != 0)
        # stationary ones first: of the windowed ones none can start as early and stop as late
        kind = np.column_stack([(start > ALWAYS) | (stop < NEVER_ENDS), start, stop, weight])[used]
        distinct, place = np.unique(kind, axis=0, return_inverse=True)
        merged.append((np.bincount(place.reshape(-1), rate[used], minlength=len(distinct)), distinct))
    inputs = max([1, *(len(distinct) for _, distinct in merged)])
    result = Streams.stationary(np.zeros((len(merged), inputs)), np.zeros((len(merged), inputs)))
    for target, (rates, distinct) in enumerate(merged):
        used_inputs = slice(len(distinct))
        result.rate[target, used_inputs] = rates
        result.weight[target, used_inputs] = distinct[:, 3]
        result.start[target, used_inputs] = distinct[:, 1]
        result.stop[target, used_inputs] = distinct[:, 2]
    return result


def poisson_streams(circuit: Circuit, parameters: Parameters, source_rates: Vector | None) -> Streams:
    """Give all Poisson input of each population: background, replaced sources, stimuli.

    A neuron receives spikes of a replaced source population at rate ``in-degree * rate`` with the mean weight of the pair.

    Parameters
    ----------
    circuit
        The network, scaled.
    parameters
        Parameters.
    source_rates
        Rates of all populations (spikes/s), shape (n,); needed by ``het_poisson_stat``.

    Returns
    -------
    Streams
        Onto the n populations, merged: see `merge_streams`.
    """
    rate_ext = parameters.input_params.rate_ext
    rate = np.zeros_like(circuit.indegree)
    hom, het = (replaced_in(circuit.labels, parameters, mode) for mode in ("hom_poisson_stat", "het_poisson_stat"))
    rate += np.where(hom, circuit.indegree * rate_ext, 0.0)
    if het.any():
        if source_rates is None:
            raise ValueError("het_poisson_stat needs source_rates")
        rate += np.where(het, circuit.indegree * np.where(het.any(axis=0), source_rates, 0.0), 0.0)
    weight = circuit.weight_mean
    if parameters.input_params.poisson_input:
        rate = np.column_stack([circuit.external_indegree * rate_ext, rate])
        weight = np.column_stack([np.full(len(rate), circuit.external_weight), weight])
    every = Streams.stationary(rate, weight)
    for stream in stimulus_streams(circuit.labels, parameters, parameters.network_params.K_scaling):
        shape = (len(circuit.labels), 1)
        window = (np.full(shape, step, np.int64) for step in (stream.window.start, stream.window.stop))
        every = every.beside(Streams(stream.rate[:, None], np.full(shape, stream.weight), *window))
    return merge_streams(every)


def streams_on_grid(rate: Matrix, weight: Matrix, unit: float) -> tuple[Matrix, Matrix]:
    """Round the weights of Poisson streams to the unit, and change their rates so that the mean input stays.

    Parameters
    ----------
    rate, weight
        Streams (spikes/s, pA), each of shape (targets, inputs).
    unit
        Unit (pA), less than twice the smallest weight in use.
    """
    rounded = np.rint(weight / unit) * unit
    return np.divide(rate * weight, rounded, out=np.zeros_like(rate), where=rounded != 0), rounded
