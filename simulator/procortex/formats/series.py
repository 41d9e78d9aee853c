"""The series file: spike counts of every population over time, small enough to keep for runs whose spikes are not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from procortex.constants import BIN_MS
from procortex.formats.netcdf import NUMBER, TEXT, NetcdfFormat, Variable, first_place
from procortex.formats.populations import label_areas

VARIABLES: Mapping[str, Variable] = {
    "counts": Variable(("target", "time"), "i", "1", low=0),
    "neurons": Variable(("target",), "i", "1", low=0),
    "subsample_counts": Variable(("area", "time"), "i", "1", low=0),
    "subsample_neurons": Variable(("area",), "i", "1", low=0),
}
"""Variables of the file.

`target` runs over the recorded populations, `time` (ms) over the left edges of the bins, from 0 on. `counts` are the spikes of the
`neurons` recorded neurons of each population; `subsample_counts` those of a small sample of each area, as large and as composed as a
recording with an electrode array.
"""

SUBSAMPLE_NEURONS = 140
"""Neurons of the recordings in V1 that Schmidt et al. (2018b), Fig. 6, compare with: the size of each area's sample."""

SERIES_NAME = "series.nc"
"""Name of the file among the results of a run."""

COUNTED_NAME = "_series.nc"
"""Name of the file that a simulation leaves beside its spikes, if it is asked to; readers of Parquet pass over it."""

STEPS_PER_MS = 1000
"""Of the finest resolution that a simulation can have, in each of which a neuron fires once at most."""

MOST_NEURONS = 2**32 - 1
"""Of a network: what the files of spikes can number."""

UNNAMED = ""
"""State of such a file: a simulator does not know what its network's state is called."""

ATTRIBUTES: Mapping[str, str] = {"state": TEXT, "simulator": TEXT, "seed": NUMBER, "bin_ms": NUMBER, "t_sim": NUMBER}


def series_dataset(
    counts: Mapping[str, NDArray[Any]], neurons: Mapping[str, int], samples: Mapping[str, tuple[NDArray[Any], int]], **attributes: Any
) -> xr.Dataset:
    """Content of a series file.

    Parameters
    ----------
    counts
        Spikes of each population in each bin, by label.
    neurons
        Counted neurons of each population.
    samples
        Spikes of each area's sample in each bin and the number of its neurons, by area.
    **attributes
        ``state``, ``simulator``, ``seed``, ``t_sim`` (ms), and what else is to be kept.
    """
    table, samples_table = np.array(list(counts.values())), np.array([sample for sample, _ in samples.values()])
    return xr.Dataset(
        {
            "counts": (("target", "time"), _narrow(table)),
            "neurons": ("target", np.array([neurons[label] for label in counts], dtype=np.int64)),
            "subsample_counts": (("area", "time"), _narrow(samples_table)),
            "subsample_neurons": ("area", np.array([size for _, size in samples.values()], dtype=np.int64)),
        },
        coords={"target": list(counts), "area": list(samples), "time": np.arange(table.shape[1]) * BIN_MS},
        attrs={**attributes, "bin_ms": BIN_MS},
    )


def _narrow(counts: NDArray[Any]) -> NDArray[Any]:
    """Store counts in 16 bits, where they fit."""
    return counts.astype(np.uint16 if counts.max(initial=0) < 2**16 else np.uint32)


def _value_findings(series: xr.Dataset) -> Iterator[str]:
    yield from _too_many(series)
    if (none := series["neurons"].to_numpy() == 0).any():
        yield f"neurons{first_place(series['neurons'], none)} is 0; expected recorded populations only"
    if set(label_areas([str(label) for label in series["target"].to_numpy()])) != set(series["area"].to_numpy().astype(str)):
        yield "coordinate area does not name the areas of target"
    time, bin_ms = series["time"].to_numpy(), float(series.attrs["bin_ms"])
    if bin_ms <= 0:
        yield f"attribute bin_ms is {bin_ms:g}, expected more than 0"
    elif time.size == 0 or time.dtype.kind not in "iuf" or not np.allclose(time, np.arange(time.size) * bin_ms):
        yield f"coordinate time does not run from 0 in bins of {bin_ms:g} ms"


def _too_many(series: xr.Dataset) -> list[str]:
    """Name populations and samples that are larger, or fire more often, than any can."""
    findings = []
    most = STEPS_PER_MS * abs(float(series.attrs["bin_ms"]))
    for spikes, sizes in (("counts", "neurons"), ("subsample_counts", "subsample_neurons")):
        size = series[sizes].to_numpy().astype(np.float64)
        if (bad := size > MOST_NEURONS).any():
            findings.append(f"{sizes}{first_place(series[sizes], bad)} is {size[bad][0]:.0f}; expected at most {MOST_NEURONS}")
        elif (bad := series[spikes].to_numpy() > (size * most)[:, None]).any():
            count, neurons = series[spikes].to_numpy()[bad][0], size[np.argwhere(bad)[0][0]]
            findings.append(
                f"{spikes}{first_place(series[spikes], bad)} is {count} for {neurons:.0f} neurons; expected at most {most:g} each"
            )
    return findings


SERIES = NetcdfFormat(
    name="series file",
    made_by="python -m analysis series SPIKES --state NAME",
    variables=VARIABLES,
    attributes=ATTRIBUTES,
    labels=("target", "area"),
    coordinates=("time",),
    values=_value_findings,
)
read_series, write_series, check_series = SERIES.read, SERIES.write, SERIES.check
