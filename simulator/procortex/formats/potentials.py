"""The potentials file: membrane potential and synaptic current of a few neurons over time."""

from __future__ import annotations

from collections.abc import Mapping

from procortex.formats.netcdf import NUMBER, TEXT, NetcdfFormat, Variable

VARIABLES: Mapping[str, Variable] = {
    "V_m": Variable(("neuron", "time"), "f", "mV"),
    "I_syn": Variable(("neuron", "time"), "f", "pA"),
    "index": Variable(("neuron",), "i", "1"),
}
"""Variables of the file: after each step that `time` (ms) names; `index` within the population that the coordinate `population` names."""

POTENTIALS_NAME = "_potentials.nc"
"""Name of the file beside the spikes; readers of Parquet pass over it."""

ATTRIBUTES: Mapping[str, str] = {"simulator": TEXT, **dict.fromkeys(("seed", "dt", "interval", "t_sim"), NUMBER)}

POTENTIALS = NetcdfFormat(
    name="potentials file",
    made_by="procortex run NETWORK --potentials N",
    variables=VARIABLES,
    attributes=ATTRIBUTES,
    labels=("population",),
    unique=False,
    coordinates=("time",),
)
read_potentials, write_potentials, check_potentials = POTENTIALS.read, POTENTIALS.write, POTENTIALS.check
