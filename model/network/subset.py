"""Stationary Poisson input: the background, and what stands for areas and connections that are not simulated."""

from __future__ import annotations

import numpy as np

from contracts.populations import label_areas
from model.circuit.circuit import Circuit, Mask, Matrix, Vector
from model.configuration import Parameters


def replaced_pairs(labels: tuple[str, ...], parameters: Parameters) -> tuple[Mask, Mask]:
    """Pairs of populations that Poisson input replaces.

    Returns
    -------
    tuple
        Pairs whose source area is not simulated, and pairs between different simulated areas if `replace_cc` is set; each of shape
        (n, n), [target, source]. Both go together: the original leaves out the first where there are any of the second, against
        its documentation.
    """
    areas = label_areas(labels)
    simulated = np.isin(areas, parameters.sim_params.areas_simulated)
    from_outside = simulated[:, None] & ~simulated[None, :]
    between = simulated[:, None] & simulated[None, :] & (areas[:, None] != areas[None, :])
    return from_outside, between & (parameters.connection_params.replace_cc is not False)


def poisson_streams(circuit: Circuit, parameters: Parameters, source_rates: Vector | None) -> tuple[Matrix, Matrix]:
    """Merge all Poisson input of each population into one stream for each weight.

    A neuron receives spikes of a replaced source population at rate ``in-degree * rate`` with the mean weight of the pair; streams of
    equal weight add up to one Poisson process.

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
    tuple
        Rates (spikes/s) and weights (pA), each of shape (n, inputs); unused inputs have rate and weight 0.
    """
    rate_ext = parameters.input_params.rate_ext
    outside, between = replaced_pairs(circuit.labels, parameters)
    modes = (parameters.connection_params.replace_non_simulated_areas, parameters.connection_params.replace_cc)
    rate = np.zeros_like(circuit.indegree)
    for pairs, mode in zip((outside, between), modes, strict=True):
        if mode == "hom_poisson_stat":
            rate += np.where(pairs, circuit.indegree * rate_ext, 0.0)
        elif mode == "het_poisson_stat" and pairs.any():
            if source_rates is None:
                raise ValueError("het_poisson_stat needs source_rates")
            rate += np.where(pairs, circuit.indegree * np.where(pairs.any(axis=0), source_rates, 0.0), 0.0)
    weight = circuit.weight_mean
    if parameters.input_params.poisson_input:
        rate = np.column_stack([circuit.external_indegree * rate_ext, rate])
        weight = np.column_stack([np.full(len(rate), circuit.external_weight), weight])
    return merge_streams(rate, weight)


def merge_streams(rate: Matrix, weight: Matrix) -> tuple[Matrix, Matrix]:
    """Add up the rates of streams of equal weight onto one target.

    Parameters
    ----------
    rate, weight
        Streams (spikes/s, pA), each of shape (targets, streams).

    Returns
    -------
    tuple
        Rates and weights, each of shape (targets, inputs), by ascending weight, with as many inputs (at least one) as the target
        with the most distinct weights has.
    """
    merged = []
    for rates, weights in zip(rate, weight, strict=True):
        used = (rates > 0) & (weights != 0)
        distinct, place = np.unique(weights[used], return_inverse=True)
        merged.append((np.bincount(place, rates[used], minlength=len(distinct)), distinct))
    inputs = max([1, *(len(distinct) for _, distinct in merged)])
    result = np.zeros((2, len(merged), inputs))
    for target, (rates, weights) in enumerate(merged):
        result[0, target, : len(rates)] = rates
        result[1, target, : len(weights)] = weights
    return result[0], result[1]
