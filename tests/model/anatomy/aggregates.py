"""Sums of synapses over populations: between areas, and by where they come from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from model.tables.axes import AREA_LIST, Frame, Numbers
from procortex.formats.populations import label_areas

EXTERNAL = "external"


def synapse_numbers(indegree: xr.DataArray, neurons: xr.DataArray) -> xr.DataArray:
    """Compute synapses (target, source) from in-degrees and neurons (population)."""
    return indegree * neurons.rename(population="target")


def outdegrees(indegree: xr.DataArray, neurons: xr.DataArray) -> xr.DataArray:
    """Compute out-degrees (target, source): synapses for each source neuron."""
    return synapse_numbers(indegree, neurons) / neurons.rename(population="source")


def area_neurons(neurons: xr.DataArray) -> Numbers:
    """Sum neurons over the populations of each area."""
    labels = [str(label) for label in neurons["population"].to_numpy()]
    return pd.Series(neurons.to_numpy()).groupby(label_areas(labels)).sum().loc[AREA_LIST]


def area_synapses(indegree: xr.DataArray, external_indegree: xr.DataArray, neurons: xr.DataArray) -> Frame:
    """Sum synapses over the populations of areas [target, source]; the last column is external."""
    areas = label_areas([str(label) for label in indegree["target"].to_numpy()])
    table = synapse_numbers(indegree, neurons).to_numpy()
    summed = pd.DataFrame(table, index=areas, columns=areas).groupby(level=0).sum().T.groupby(level=0).sum().T
    summed = summed.loc[AREA_LIST, AREA_LIST]
    external = (external_indegree * neurons.rename(population="target")).to_numpy()
    summed[EXTERNAL] = pd.Series(external).groupby(areas).sum()
    return summed


def input_fractions(synapses: Frame) -> Frame:
    """Divide each area's synapses by origin.

    Parameters
    ----------
    synapses
        What `area_synapses` gives.

    Returns
    -------
    pandas.DataFrame
        Areas x (intra, cortico_cortical, external, and the fractions frac_intra, frac_cc, frac_ext).
    """
    intra = pd.Series(np.diag(synapses[AREA_LIST].to_numpy()), index=AREA_LIST)
    external = synapses[EXTERNAL]
    parts = pd.DataFrame({"intra": intra, "cortico_cortical": synapses[AREA_LIST].sum(axis=1) - intra, "external": external})
    fractions = parts.div(parts.sum(axis=1), axis=0).set_axis(["frac_intra", "frac_cc", "frac_ext"], axis=1)
    return pd.concat([parts, fractions], axis=1)
