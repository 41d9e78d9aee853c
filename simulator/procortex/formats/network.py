"""The network file, format 2: a NetCDF file with a row for each population, projection and Poisson stream.

Rows are what a simulator needs; nothing is a matrix of populations. A projection is known by its row: two of them may join the same
populations. Rows refer to each other by number:

    population  label, model and its parameters, number of neurons, constant current, table of initial potentials
    projection  source and target (rows of population), number of synapses, tables of weights and delays
    stream      target (row of population), rate, weight, first and last step, thresholds of the number of events in a step
    recording   population (its row), number of its first neurons whose spikes are kept
    tables      weights and delays at 4096 levels, in integers; initial potentials at 65536 levels

`pair_matrix` and `stream_matrix` give labelled matrices to whoever thinks in matrices.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from procortex.constants import LEVELS, V0_LEVELS
from procortex.formats.netcdf import NUMBER, TEXT, NetcdfFormat, Variable
from procortex.formats.network_values import ALWAYS, BOUNDS, NEVER_ENDS, value_findings
from procortex.utilities.errors import InputError

__all__ = ["ALWAYS", "NETWORK", "NEVER_ENDS", "check_duration", "pair_matrix", "shared_parameters", "stream_matrix"]

FORMAT_VERSION = 2

PARAMETERS: Mapping[str, str] = {
    "C_m": "pF",
    "E_L": "mV",
    "V_reset": "mV",
    "V_th": "mV",
    "tau_m": "ms",
    "tau_syn_ex": "ms",
    "tau_syn_in": "ms",
    "t_ref": "ms",
}
"""Parameters of `iaf_psc_exp` and their units, by NEST's names."""

VARIABLES: Mapping[str, Variable] = {
    "neurons": Variable(("population",), "i", "1"),
    "model": Variable(("population",), "t"),
    **{name: Variable(("population",), "f", unit) for name, unit in PARAMETERS.items()},
    "dc": Variable(("population",), "f", "pA"),
    "v0_table": Variable(("population",), "i", "1"),
    "source": Variable(("projection",), "i", "1"),
    "target": Variable(("projection",), "i", "1"),
    "rule": Variable(("projection",), "t"),
    "synapses": Variable(("projection",), "i", "1"),
    "weight_table": Variable(("projection",), "i", "1"),
    "delay_table": Variable(("projection",), "i", "1"),
    "rng_key": Variable(("projection",), "i", "1"),
    "indegree": Variable(("projection",), "f", "1"),
    "weight_mean": Variable(("projection",), "f", "pA"),
    "weight_sd": Variable(("projection",), "f", "pA"),
    "delay_mean": Variable(("projection",), "f", "ms"),
    "delay_sd": Variable(("projection",), "f", "ms"),
    "stream_target": Variable(("stream",), "i", "1"),
    "stream_rate": Variable(("stream",), "f", "spikes/s"),
    "stream_weight": Variable(("stream",), "f", "pA"),
    "stream_start": Variable(("stream",), "i", "dt"),
    "stream_stop": Variable(("stream",), "i", "dt"),
    "stream_threshold": Variable(("stream", "k"), "i", "2**-31"),
    "current_start": Variable(("segment",), "i", "dt"),
    "current": Variable(("population", "segment"), "f", "pA"),
    "weight_quantiles": Variable(("weights", "level"), "i", "weight_unit_pA"),
    "delay_quantiles": Variable(("delays", "level"), "i", "dt"),
    "v0_quantiles": Variable(("potentials", "v0_level"), "f", "mV"),
}
"""Variables of the file: dimensions, kind of number (integer, float, text), unit.

`rule` is ``fixed_total_number`` (with replacement); `rng_key` is what tells the random numbers of projections apart. `weight_mean` to
`delay_sd`, in-degrees and rates are the numbers behind the tables, for theory, figures and NEST.

Drive over time is in steps, of which the first is 1: a stream sends spikes in the steps from ``stream_start`` until before
``stream_stop`` (`ALWAYS` and `NEVER_ENDS` if it is stationary); ``current`` comes on top of ``dc``, each segment from its start to that of
the next one, none before the first (a stationary network has one segment of zeros).
"""

OPTIONAL: Mapping[str, Variable] = {
    "weight_lognormal": Variable(("weights",), "i", "1"),
    "neurons_real": Variable(("population",), "f", "1"),
    "external_indegree": Variable(("population",), "f", "1"),
    "recorded_population": Variable(("recording",), "i", "1"),
    "recorded_neurons": Variable(("recording",), "i", "1"),
}
"""Variables that may be missing: which tables of weights have a lognormal magnitude (all others are normal); neurons before truncation;
external synapses of a neuron, which streams and currents stand for; and of which populations the spikes of how many first neurons are kept
where nobody asks for others (without these rows: of all)."""

ATTRIBUTES: Mapping[str, str] = {"format": TEXT, "format_version": NUMBER, "dt": NUMBER, "weight_unit_pA": NUMBER}
LONGEST_T_SIM = "longest_t_sim"
"""Attribute of networks whose currents follow a series: its duration (ms), beyond which nobody knows them."""

MADE_BY = "python -m model build --config FILE"
NAME = "procortex network"


def _obsolete(dataset: xr.Dataset) -> str | None:
    """Say that a file is one of format 1, which has matrices instead of rows, or of a format to come."""
    matrices = {"target", "source"} <= set(dataset.dims) and {"neurons", "synapses"} <= set(dataset.variables)
    version = dataset.attrs.get("format_version", 1 if matrices else None)
    if not isinstance(version, int | float | np.number) or not np.isfinite(version) or version == FORMAT_VERSION:
        return None  # what is no number is a finding of the layout
    return f"has format {version:g}, expected {FORMAT_VERSION}; build it again with `{MADE_BY} --out {{path}}`"


def _bounded(variables: Mapping[str, Variable]) -> dict[str, Variable]:
    bounds = {name: BOUNDS.get(name, (variable.low, variable.high)) for name, variable in variables.items()}
    return {name: variable._replace(low=bounds[name][0], high=bounds[name][1]) for name, variable in variables.items()}


NETWORK = NetcdfFormat(
    name="network file",
    made_by=MADE_BY,
    variables=_bounded(VARIABLES),
    optional=_bounded(OPTIONAL),
    attributes=ATTRIBUTES,
    optional_attributes={LONGEST_T_SIM: NUMBER},
    labels=("population",),
    sizes={"level": LEVELS, "v0_level": V0_LEVELS},
    obsolete=_obsolete,
    values=value_findings,
)
"""Read, check and write network files."""


def new_network(variables: Mapping[str, Any], labels: list[str], **attributes: Any) -> xr.Dataset:
    """Put a network together from its variables, as `xarray.Dataset` takes them, without checking it."""
    attributes = {"format": NAME, "format_version": FORMAT_VERSION, **attributes}
    return xr.Dataset(dict(variables), coords={"population": labels}, attrs=attributes)


def labels_of(network: xr.Dataset) -> list[str]:
    """Labels of the populations, in the order of neurons."""
    return [str(label) for label in network["population"].to_numpy()]


def pair_matrix(network: xr.Dataset, name: str) -> xr.DataArray:
    """Bring a variable of projections into a matrix of populations.

    Parameters
    ----------
    network
        The network.
    name
        ``synapses`` and ``indegree`` add up over projections that join the same populations; the other variables are means over their
        synapses. All are 0 where there is no projection.

    Returns
    -------
    xarray.DataArray
        Shape (target, source), with the labels of the populations as coordinates of both.

    Examples
    --------
    >>> synapses = pair_matrix(read_network(Path("network.nc")), "synapses")
    >>> int(synapses.sel(target="V1-23E", source="V2-4E"))
    8020
    """
    labels = labels_of(network)
    pair = network["target"].to_numpy().astype(np.int64), network["source"].to_numpy().astype(np.int64)
    values = network[name].to_numpy()
    matrix = np.zeros((len(labels), len(labels)), dtype=values.dtype)
    if name in ("synapses", "indegree"):
        np.add.at(matrix, pair, values)
    else:
        share = network["indegree"].to_numpy()
        shares, counts = np.zeros(matrix.shape), np.zeros(matrix.shape, dtype=np.int64)
        np.add.at(shares, pair, share)
        np.add.at(counts, pair, 1)
        alone = counts[pair] == 1
        matrix[pair[0][alone], pair[1][alone]] = values[alone]
        several = ~alone & (shares[pair] > 0)
        places = pair[0][several], pair[1][several]
        np.add.at(matrix, places, values[several] * share[several] / shares[places])
    return xr.DataArray(
        matrix, dims=("target", "source"), coords={"target": labels, "source": labels}, name=name, attrs=network[name].attrs
    )


def stream_slots(network: xr.Dataset) -> NDArray[np.int64]:
    """Give each stream its place among those of its target, from 0, in the order of rows."""
    target = network["stream_target"].to_numpy().astype(np.int64)
    order = np.argsort(target, kind="stable")
    first = np.searchsorted(target[order], target[order])
    slots = np.empty(len(target), dtype=np.int64)
    slots[order] = np.arange(len(target)) - first
    return slots


def stream_matrix(network: xr.Dataset, name: str, fill: float = 0) -> NDArray[Any]:
    """Bring a variable of streams into shape (population, input, ...), filled where a population has fewer streams than another."""
    slots, values = stream_slots(network), network[name].to_numpy()
    shape = (network.sizes["population"], int(slots.max(initial=0)) + 1, *values.shape[1:])
    matrix = np.full(shape, fill, dtype=values.dtype)
    matrix[network["stream_target"].to_numpy().astype(np.int64), slots] = values
    return matrix


def shared_parameters(network: xr.Dataset) -> dict[str, float]:
    """Give the neuron parameters that all populations share.

    Raises
    ------
    InputError
        If populations differ in one.
    """
    labels, found = labels_of(network), {}
    for name in PARAMETERS:
        values = network[name].to_numpy().astype(np.float64)
        if (other := values != values[0]).any():
            place = int(np.argmax(other))
            where = network.encoding.get("source", "network")
            raise InputError(
                f"{where}: {name} is {values[0]:g} in {labels[0]} and {values[place]:g} in {labels[place]}; expected one value, as the cpu "
                "and cuda backends, plan, theory and analysis have one set of neuron parameters; --backend nest takes several"
            )
        found[name] = float(values[0])
    return found


def read_network(path: Path) -> xr.Dataset:
    """Read a network file into memory and check it.

    Raises
    ------
    InputError
        If the file is missing, no network file, of an older format, or breaks the schema.
    """
    network = NETWORK.read(path)
    network.encoding["source"] = str(path)
    return network


write_network, check_network = NETWORK.write, NETWORK.check


def check_duration(network: xr.Dataset, t_sim: float, where: str) -> None:
    """Refuse to simulate a network for longer than its drive is known.

    Raises
    ------
    InputError
        If ``t_sim`` (ms) is too long.
    """
    longest = float(network.attrs.get(LONGEST_T_SIM, np.inf))
    if t_sim > longest * (1 + 1e-9):
        raise InputError(
            f"{where}: t_sim is {t_sim:g} ms, but the series behind the network's currents lasts {longest:g} ms; "
            f"expected a t_sim of at most {longest:g}, or a network built from a longer series"
        )
