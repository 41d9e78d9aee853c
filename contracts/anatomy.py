"""The anatomy file: neuron numbers, in-degrees and what they were made of, of all areas at full density."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr

from procortex.formats.netcdf import NUMBER, NetcdfFormat, Variable, first_place

LAYERS: tuple[str, ...] = ("1", "23", "4", "5", "6")
"""Cortical layers; ``23`` stands for layers 2 and 3."""

PAIR, AREA_PAIR = ("target", "source"), ("target_area", "source_area")
NO_EVIDENCE, COCOMAC, TRACING = 0, 1, 2
"""Where a connection between areas is known from: nowhere, CoCoMac, retrograde tracing alone."""

FRACTIONS = ("fln_measured", "fln_predicted", "fln_normalised", "sln_measured", "sln_predicted")

VARIABLES: Mapping[str, Variable] = {
    "neurons": Variable(("target",), "f", "1", low=0),
    "indegree": Variable(PAIR, "f", "1", low=0),
    "indegree_anatomical": Variable(PAIR, "f", "1", low=0),
    "external_indegree": Variable(("target",), "f", "1", low=0),
    "weight_mean": Variable(PAIR, "f", "pA"),
    "architectural_type": Variable(("area",), "i", "1"),
    "hierarchy": Variable(("area",), "f", "1", gaps=True),
    "surface": Variable(("area",), "f", "mm2", gaps=True),
    "density": Variable(("area",), "f", "mm-3", low=0),
    "density_layer": Variable(("area", "layer"), "f", "mm-3", gaps=True),
    "density_source": Variable(("area",), "t"),
    "thickness": Variable(("area",), "f", "mm", low=0),
    "thickness_layer": Variable(("area", "layer"), "f", "mm", low=0),
    "thickness_source": Variable(("area",), "t"),
    "evidence": Variable(AREA_PAIR, "i", "1", low=NO_EVIDENCE, high=TRACING),
    "distance": Variable(AREA_PAIR, "f", "mm", low=0, gaps=True),
    **{name: Variable(AREA_PAIR, "f", "1", low=0, high=1, gaps=True) for name in FRACTIONS},
    "source_pattern": Variable(AREA_PAIR, "t"),
    "target_pattern": Variable(AREA_PAIR, "t"),
}
"""Variables of the file; NaN stands for no data where gaps are allowed.

The dimensions `target` and `source` run over the 254 populations, `area`, `target_area` and `source_area` over the 32 areas,
`layer` over `LAYERS`. `indegree` is what the network uses, `indegree_anatomical` what it is before stabilisation, `weight_mean` the
mean weight in the state that the file is made for. `neurons` lie below the modelled surface, `surface` is that of the whole area.
FLN and SLN are fractions of labelled neurons and of supragranular ones among them; `source_pattern` and `target_pattern` the strengths
in layers 1 to 6 as CoCoMac writes them (0 to 3, X present, ? unknown), empty without data.
"""

ATTRIBUTES: Mapping[str, str] = dict.fromkeys(
    ("fln_intercept", "fln_slope", "sln_intercept", "sln_slope", "sln_feedback_below", "sln_feedforward_above", "g"), NUMBER
)
"""``ln(FLN) = fln_intercept + fln_slope * distance``; ``SLN = Phi(sln_intercept + sln_slope * ln(target density / source density))``;
bounds of the SLN of feedback and feedforward connections; inhibitory relative to excitatory weight."""

LABELS = ("target", "source", "area", "target_area", "source_area", "layer")
"""Coordinates."""


def _value_findings(anatomy: xr.Dataset) -> list[str]:
    findings = []
    for name in ("source_pattern", "target_pattern"):
        if (bad := ~np.isin(np.char.str_len(anatomy[name].to_numpy().astype(str)), (0, 6))).any():
            findings.append(f"{name}{first_place(anatomy[name], bad)} has not the 6 characters of layers 1 to 6")
    for dims in (PAIR, AREA_PAIR, ("area", "target_area")):
        if list(anatomy[dims[0]].to_numpy()) != list(anatomy[dims[1]].to_numpy()):
            findings.append(f"{dims[0]} and {dims[1]} name different {'populations' if dims is PAIR else 'areas'}")
    if tuple(map(str, anatomy["layer"].to_numpy())) != LAYERS:
        findings.append(f"layer is {', '.join(map(str, anatomy['layer'].to_numpy()))}; expected {', '.join(LAYERS)}")
    return findings


ANATOMY = NetcdfFormat(
    name="anatomy file",
    made_by="python -m model anatomy --config FILE",
    variables=VARIABLES,
    attributes=ATTRIBUTES,
    labels=LABELS,
    values=_value_findings,
)
read_anatomy, write_anatomy, check_anatomy = ANATOMY.read, ANATOMY.write, ANATOMY.check
