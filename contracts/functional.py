"""The file of functional connectivity: correlations between areas, of one signal of one simulation or of an experiment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import xarray as xr

from procortex.formats.netcdf import NUMBER, TEXT, Variable, first_place, label_findings, layout_findings, read_dataset, write_dataset
from procortex.formats.populations import AREAS
from procortex.utilities.errors import InputError

SYNAPTIC_INPUT, BOLD, EXPERIMENT = "synaptic-input", "bold", "experiment"
SIGNALS: tuple[str, ...] = (SYNAPTIC_INPUT, BOLD, EXPERIMENT)
"""What is correlated: the synaptic input of areas, the BOLD signal that it would give, or fMRI recordings."""

PAIR = ("area", "other_area")
VARIABLES: Mapping[str, Variable] = {"correlation": Variable(PAIR, "f", "1")}
"""Variables of the file; see `write_functional`."""

ATTRIBUTES: Mapping[str, str] = {"signal": TEXT}
SIMULATION_ATTRIBUTES: Mapping[str, str] = {"state": TEXT, "simulator": TEXT, **dict.fromkeys(("seed", "t_min", "t_max"), NUMBER)}
"""Besides, for signals of a simulation; its window in ms."""


def write_functional(functional: xr.Dataset, path: Path) -> None:
    """Check the content of a file of functional connectivity and write it; the file appears when it is whole.

    `correlation` is symmetric, with 1 on its diagonal; rows and columns of areas whose signal does not vary are NaN.

    Raises
    ------
    InputError
        If the content breaks the contract.
    """
    check_functional(functional, "functional connectivity")
    write_dataset(functional, path, VARIABLES)


def read_functional(path: Path) -> xr.Dataset:
    """Read a file of functional connectivity into memory and check it.

    Raises
    ------
    InputError
        If the file is missing, another one, or breaks the contract.
    """
    return read_dataset(path, "file of functional connectivity", "python -m analysis functional SERIES NETWORK", check_functional)


def check_functional(functional: xr.Dataset, where: str) -> None:
    """Check that a data set is a file of functional connectivity; name everything that is wrong.

    Raises
    ------
    InputError
        With one line for each finding.
    """
    findings = layout_findings(functional, VARIABLES, ATTRIBUTES) or _value_findings(functional)
    if findings:
        raise InputError("\n".join(f"{where}: {finding}" for finding in findings))


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
