"""The anatomy file: neuron numbers, in-degrees and what they were made of, of all areas at full density."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import xarray as xr

from procortex.formats.netcdf import NUMBER, Variable, first_place, label_findings, layout_findings, read_dataset, write_dataset
from procortex.utilities.errors import InputError

LAYERS: tuple[str, ...] = ("1", "23", "4", "5", "6")
"""Cortical layers; ``23`` stands for layers 2 and 3."""

PAIR, AREA_PAIR = ("target", "source"), ("target_area", "source_area")
NO_EVIDENCE, COCOMAC, TRACING = 0, 1, 2
"""Where a connection between areas is known from: nowhere, CoCoMac, retrograde tracing alone."""

VARIABLES: Mapping[str, Variable] = {
    "neurons": Variable(("target",), "f", "1"),
    "indegree": Variable(PAIR, "f", "1"),
    "indegree_anatomical": Variable(PAIR, "f", "1"),
    "external_indegree": Variable(("target",), "f", "1"),
    "weight_mean": Variable(PAIR, "f", "pA"),
    "architectural_type": Variable(("area",), "i", "1"),
    "hierarchy": Variable(("area",), "f", "1"),
    "surface": Variable(("area",), "f", "mm2"),
    "density": Variable(("area",), "f", "mm-3"),
    "density_layer": Variable(("area", "layer"), "f", "mm-3"),
    "density_source": Variable(("area",), "t"),
    "thickness": Variable(("area",), "f", "mm"),
    "thickness_layer": Variable(("area", "layer"), "f", "mm"),
    "thickness_source": Variable(("area",), "t"),
    "evidence": Variable(AREA_PAIR, "i", "1"),
    "distance": Variable(AREA_PAIR, "f", "mm"),
    "fln_measured": Variable(AREA_PAIR, "f", "1"),
    "fln_predicted": Variable(AREA_PAIR, "f", "1"),
    "fln_normalised": Variable(AREA_PAIR, "f", "1"),
    "sln_measured": Variable(AREA_PAIR, "f", "1"),
    "sln_predicted": Variable(AREA_PAIR, "f", "1"),
    "source_pattern": Variable(AREA_PAIR, "t"),
    "target_pattern": Variable(AREA_PAIR, "t"),
}
"""Variables of the file; see `write_anatomy`."""

ATTRIBUTES: Mapping[str, str] = dict.fromkeys(
    ("fln_intercept", "fln_slope", "sln_intercept", "sln_slope", "sln_feedback_below", "sln_feedforward_above", "g"), NUMBER
)
"""``ln(FLN) = fln_intercept + fln_slope * distance``; ``SLN = Phi(sln_intercept + sln_slope * ln(target density / source density))``;
bounds of the SLN of feedback and feedforward connections; inhibitory relative to excitatory weight."""

LABELS = ("target", "source", "area", "target_area", "source_area", "layer")
"""Coordinates."""

COMPLETE = ("neurons", "indegree", "indegree_anatomical", "external_indegree", "weight_mean", "density", "thickness", "thickness_layer")
"""Variables without gaps; elsewhere NaN stands for no data."""

NOT_NEGATIVE = ("neurons", "indegree", "indegree_anatomical", "external_indegree", "density", "thickness", "thickness_layer", "distance")
FRACTIONS = ("fln_measured", "fln_predicted", "fln_normalised", "sln_measured", "sln_predicted")


def write_anatomy(anatomy: xr.Dataset, path: Path) -> None:
    """Check an anatomy and write it; the file appears when it is whole.

    The dimensions `target` and `source` run over the 254 populations, `area`, `target_area` and `source_area` over the 32 areas,
    `layer` over `LAYERS`. `indegree` is what the network uses, `indegree_anatomical` what it is before stabilisation, `weight_mean` the
    mean weight in the state that the file is made for. `neurons` lie below the modelled surface, `surface` is that of the whole area.
    FLN and SLN are fractions of labelled neurons and of supragranular ones among them; `source_pattern` and `target_pattern` the strengths
    in layers 1 to 6 as CoCoMac writes them (0 to 3, X present, ? unknown), empty without data.

    Raises
    ------
    InputError
        If the anatomy breaks the contract.
    """
    check_anatomy(anatomy, "anatomy")
    write_dataset(anatomy, path, VARIABLES)


def read_anatomy(path: Path) -> xr.Dataset:
    """Read an anatomy file into memory and check it.

    Raises
    ------
    InputError
        If the file is missing, no anatomy file, or breaks the contract.
    """
    return read_dataset(path, "anatomy file", "python -m model anatomy --config FILE", check_anatomy)


def check_anatomy(anatomy: xr.Dataset, where: str) -> None:
    """Check that a data set is an anatomy; name everything that is wrong.

    Raises
    ------
    InputError
        With one line for each finding.
    """
    findings = layout_findings(anatomy, VARIABLES, ATTRIBUTES) + label_findings(anatomy, LABELS) or _value_findings(anatomy)
    if findings:
        raise InputError("\n".join(f"{where}: {finding}" for finding in findings))


def _value_findings(anatomy: xr.Dataset) -> list[str]:
    findings = []
    for name in COMPLETE:
        if (bad := ~np.isfinite(anatomy[name].to_numpy())).any():
            findings.append(f"{name}{first_place(anatomy[name], bad)} is not a finite number")
    for name in NOT_NEGATIVE:
        if (bad := anatomy[name].to_numpy() < 0).any():
            findings.append(f"{name}{first_place(anatomy[name], bad)} is negative; expected 0 or more")
    for name in FRACTIONS:
        if (bad := (anatomy[name].to_numpy() < 0) | (anatomy[name].to_numpy() > 1)).any():
            findings.append(f"{name}{first_place(anatomy[name], bad)} is outside 0..1")
    if not (bad := np.isin(anatomy["evidence"].to_numpy(), (NO_EVIDENCE, COCOMAC, TRACING))).all():
        findings.append(f"evidence{first_place(anatomy['evidence'], ~bad)} is none of {NO_EVIDENCE}, {COCOMAC}, {TRACING}")
    for name in ("source_pattern", "target_pattern"):
        if (bad := ~np.isin(np.char.str_len(anatomy[name].to_numpy().astype(str)), (0, 6))).any():
            findings.append(f"{name}{first_place(anatomy[name], bad)} has not the 6 characters of layers 1 to 6")
    for dims in (PAIR, AREA_PAIR, ("area", "target_area")):
        if list(anatomy[dims[0]].to_numpy()) != list(anatomy[dims[1]].to_numpy()):
            findings.append(f"{dims[0]} and {dims[1]} name different {'populations' if dims is PAIR else 'areas'}")
    if tuple(map(str, anatomy["layer"].to_numpy())) != LAYERS:
        findings.append(f"layer is {', '.join(map(str, anatomy['layer'].to_numpy()))}; expected {', '.join(LAYERS)}")
    return findings
