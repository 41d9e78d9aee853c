"""Which connections are replaced, and all Poisson input: background, replaced areas and connections, stimuli."""

from __future__ import annotations

import numpy as np

from model.circuit.circuit import Circuit, Mask, Vector
from model.circuit.stimuli import streams as stimulus_streams
from model.configuration import Parameters
from model.network.streams import Streams, merge_streams
from procortex.formats.populations import label_areas


def replaced_pairs(labels: tuple[str, ...], parameters: Parameters) -> tuple[Mask, Mask]:
    """Pairs of populations whose connection is replaced.

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


def replaced_in(labels: tuple[str, ...], parameters: Parameters, mode: str) -> Mask:
    """Pairs that are replaced in one mode, shape (n, n), [target, source]."""
    modes = (parameters.connection_params.replace_non_simulated_areas, parameters.connection_params.replace_cc)
    outside, between = replaced_pairs(labels, parameters)
    return outside & (modes[0] == mode) | between & (modes[1] == mode)


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
