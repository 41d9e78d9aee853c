"""The stabilisation file: how the in-degrees were changed, step by step, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import xarray as xr

from procortex.formats.netcdf import NUMBER, NetcdfFormat, Variable

VARIABLES: Mapping[str, Variable] = {
    "scan_rates": Variable(("stage", "kappa", "target"), "f", "spikes/s"),
    "indegree": Variable(("stage", "target", "source"), "f", "1"),
    "transition_kappa": Variable(("iteration",), "f", "1"),
    "transition_kind": Variable(("iteration",), "t"),
    "strength": Variable(("iteration",), "f", "1"),
    "unstable_rates": Variable(("iteration", "target"), "f", "spikes/s"),
    "trajectory_mean": Variable(("iteration", "side", "time"), "f", "spikes/s"),
    "trajectory_speed": Variable(("iteration", "side", "time"), "f", "spikes/s"),
    "eigenvalue_real": Variable(("iteration", "mode"), "f", "1"),
    "eigenvalue_imag": Variable(("iteration", "mode"), "f", "1"),
    "shift": Variable(("iteration", "mode"), "f", "1"),
    "critical_right": Variable(("iteration", "target"), "f", "1"),
    "critical_left": Variable(("iteration", "target"), "f", "1"),
}
"""Variables of the file.

`stage` 0 is the anatomy, stage i the network after i changes, `iteration` i the change from stage i to the next. `scan_rates` are
the rates that zero rates lead to over the drive `kappa`. A change looks at the network where its low-activity state is lost
(`transition_kappa`; through a ``separatrix`` or a ``fold``), at the unstable fixed point there (`unstable_rates`), found from
trajectories just below and above the transition (`side`), of which the mean over populations and the magnitude of its change are
kept. Eigenvalues (by descending real part) and critical eigenvectors are those at the unstable fixed point; `shift` is the
share of each mode in the fixed point's shift under stronger drive.
"""

LABELS, COORDINATES = ("target", "source", "side"), ("kappa", "time")
ATTRIBUTES: Mapping[str, str] = dict.fromkeys(("g", "rate_ext", "kappa_target", "dt", "T"), NUMBER)


def _value_findings(record: xr.Dataset) -> Iterator[str]:
    if record.sizes["stage"] != record.sizes["iteration"] + 1:
        yield f"has {record.sizes['stage']} stages and {record.sizes['iteration']} iterations; expected one stage more"


STABILISATION = NetcdfFormat(
    name="stabilisation file",
    made_by="python -m model stabilise --config FILE",
    variables=VARIABLES,
    attributes=ATTRIBUTES,
    labels=LABELS,
    coordinates=COORDINATES,
    values=_value_findings,
)
read_stabilisation, write_stabilisation, check_stabilisation = STABILISATION.read, STABILISATION.write, STABILISATION.check
