"""The file of functional connectivity: correlations between areas, of one signal of one simulation or of an experiment."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr

from procortex.formats.netcdf import NUMBER, TEXT, NetcdfFormat, Variable, first_place, label_findings, layout_findings
from procortex.formats.populations import AREAS

SYNAPTIC_INPUT, BOLD, EXPERIMENT = "synaptic-input", "bold", "experiment"
SIGNALS: tuple[str, ...] = (SYNAPTIC_INPUT, BOLD, EXPERIMENT)
"""What is correlated: the synaptic input of areas, the BOLD signal that it would give, or fMRI recordings."""

PAIR = ("area", "other_area")
VARIABLES: Mapping[str, Variable] = {"correlation": Variable(PAIR, "f", "1", gaps=True)}
"""Symmetric, with 1 on its diagonal; rows and columns of areas whose signal does not vary are NaN."""

ATTRIBUTES: Mapping[str, str] = {"signal": TEXT}
SIMULATION_ATTRIBUTES: Mapping[str, str] = {"state": TEXT, "simulator": TEXT, **dict.fromkeys(("seed", "t_min", "t_max"), NUMBER)}
"""Besides, for signals of a simulation; its window in ms."""


def _value_findings(functional: xr.Dataset) -> list[str]:
    signal = str(functional.attrs["signal"])
    if signal not in SIGNALS:
        return [f"signal is {signal}; expected one of {', '.join(SIGNALS)}"]
    findings = layout_findings(functional, {}, {} if signal == EXPERIMENT else SIMULATION_ATTRIBUTES) + label_findings(functional, PAIR)
    if findings:
        return findings
    areas, others = ([str(area) for area in functional[name].to_numpy()] for name in PAIR)
    if areas != others:
        return ["area and other_area name different areas"]
    if unknown := [area for area in areas if area not in AREAS]:
        return [f"unknown areas {', '.join(unknown)}"]
    correlation = functional["correlation"]
    values = correlation.to_numpy()
    if (bad := np.abs(values) > 1 + 1e-9).any():
        findings.append(f"correlation{first_place(correlation, bad)} is outside -1..1")
    if (bad := ~np.isclose(values, values.T, rtol=0, atol=1e-9, equal_nan=True)).any():
        findings.append(f"correlation{first_place(correlation, bad)} differs from that of the same areas the other way round")
    return findings


FUNCTIONAL = NetcdfFormat(
    name="file of functional connectivity",
    made_by="python -m analysis functional SERIES NETWORK",
    variables=VARIABLES,
    attributes=ATTRIBUTES,
    values=_value_findings,
)
read_functional, write_functional, check_functional = FUNCTIONAL.read, FUNCTIONAL.write, FUNCTIONAL.check
