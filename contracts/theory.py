"""The theory file: what the mean-field theory says of one network."""

from __future__ import annotations

from collections.abc import Mapping

from procortex.formats.netcdf import NUMBER, TEXT, NetcdfFormat, Variable

VARIABLES: Mapping[str, Variable] = {
    "rates": Variable(("start", "target"), "f", "spikes/s"),
    "settled": Variable(("start",), "i", "1"),
    "attractor": Variable(("start",), "i", "1"),
    "mean_rate": Variable(("start", "time"), "f", "spikes/s"),
    "speed": Variable(("start", "time"), "f", "spikes/s"),
    "low_rates": Variable(("target",), "f", "spikes/s"),
    "input_mean": Variable(("target",), "f", "mV"),
    "input_sd": Variable(("target",), "f", "mV"),
    "eigenvalue_real": Variable(("mode",), "f", "1"),
    "eigenvalue_imag": Variable(("mode",), "f", "1"),
    "critical_right": Variable(("target",), "f", "1"),
    "critical_left": Variable(("target",), "f", "1"),
    "effective_connectivity": Variable(("target", "source"), "f", "1"),
}
"""Variables of the file.

`start` runs over the initial rates of the relaxation, `time` over pseudo-time. `rates` are the rates at its end, `settled` whether
they came to rest there (1) or go on changing (0), `attractor` numbers the distinct ends by ascending mean rate (-1 where not
settled). `mean_rate` and `speed` are mean over the populations and magnitude of the mean's change along the trajectory.
`low_rates` is the state of low activity if the attribute `low_activity_found` is 1, else the end of the first trajectory; inputs,
effective connectivity, its eigenvalues (by descending real part) and critical eigenvectors are those at `low_rates`; `source` runs
over the populations as `target` does.
"""

ATTRIBUTES: Mapping[str, str] = {"low_activity_found": NUMBER, "dt": NUMBER, "T": NUMBER, "initial_rates": TEXT}

THEORY = NetcdfFormat(
    name="theory file",
    made_by="python -m model theory network.nc",
    variables=VARIABLES,
    attributes=ATTRIBUTES,
    labels=("target", "source"),
)
read_theory, write_theory, check_theory = THEORY.read, THEORY.write, THEORY.check
