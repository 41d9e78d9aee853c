"""Synaptic input of areas over time, from the spike counts of all populations and the network that they ran on."""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.signal import lfilter

from procortex.formats.network import labels_of, pair_matrix, shared_parameters
from procortex.formats.populations import is_inhibitory, label_areas
from procortex.utilities.errors import InputError

Matrix = NDArray[np.float64]


def synaptic_input(series: xr.Dataset, network: xr.Dataset) -> xr.DataArray:
    r"""Compute the synaptic input of every area.

    Population i receives :math:`\sum_j |W_{ij}| K_{ij} (\nu_j * k_j)(t)` (Schmidt et al. 2018b, "Functional connectivity"), with in-degrees
    K and mean weights W [target, source], rates :math:`\nu` and the kernel :math:`k(t) = e^{-t/\tau_s}` in steps of the bins;
    :math:`\tau_s` is that of the source's synapses. External input takes no part. An area has the mean over its populations, weighted
    with their neurons.

    The kernel is causal: the published one, centred on a window of 20 ms, shifts the series by about 10 ms.

    Parameters
    ----------
    series
        What `procortex.formats.series` describes.
    network
        The network that was simulated.

    Returns
    -------
    xarray.DataArray
        Dimensions (area, time), in pA; areas in the order of the series, with its time (ms).

    Raises
    ------
    InputError
        If the series is of another network, or lacks populations.
    """
    labels = [str(label) for label in series["target"].to_numpy()]
    _check_populations(labels, network)
    weight, indegree = (pair_matrix(network, name).sel(target=labels, source=labels) for name in ("weight_mean", "indegree"))
    strength = np.abs(weight.to_numpy()) * indegree.to_numpy()
    inputs = strength @ _filtered_rates(series, network, is_inhibitory(labels))
    neurons = network["neurons_real" if "neurons_real" in network else "neurons"].sel(population=labels).to_numpy()
    areas = [str(area) for area in series["area"].to_numpy()]
    members = (label_areas(labels)[None, :] == np.array(areas)[:, None]) * neurons[None, :]
    values = (members / members.sum(axis=1, keepdims=True)) @ inputs
    return xr.DataArray(values, {"area": areas, "time": series["time"].to_numpy()}, ("area", "time"), attrs={"units": "pA"})


def _filtered_rates(series: xr.Dataset, network: xr.Dataset, inhibitory: NDArray[np.bool_]) -> Matrix:
    """Rates of the populations (target, time) through the kernel of their synapses: spikes per neuron within its reach."""
    width = float(series.attrs["bin_ms"])
    counts = series["counts"].to_numpy() / series["neurons"].to_numpy()[:, None]
    filtered: Matrix = np.empty_like(counts)
    for kind, name in ((~inhibitory, "tau_syn_ex"), (inhibitory, "tau_syn_in")):
        decay = np.exp(-width / shared_parameters(network)[name])
        filtered[kind] = lfilter([1.0], [1.0, -decay], counts[kind], axis=1)
    return filtered


def _check_populations(labels: list[str], network: xr.Dataset) -> None:
    of_network = labels_of(network)
    if strange := [label for label in labels if label not in of_network]:
        raise InputError(
            f"series: {len(strange)} populations are not in the network, {strange[0]} first; give the network that was simulated"
        )
    active = [label for label, neurons in zip(of_network, network["neurons"].to_numpy(), strict=True) if neurons > 0]
    if missing := [label for label in active if label not in labels]:
        raise InputError(f"series: {len(missing)} populations of the network are missing, {missing[0]} first; record all of them")
