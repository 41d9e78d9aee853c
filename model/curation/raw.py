"""Readers of the raw anatomical files: from each file's own layout to a labelled table. No reader computes anything."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from model.tables.axes import POPULATIONS, Frame, Numbers
from procortex.formats.populations import AREAS
from sources.checksums import RawSources

TYPE_OF_UNCLASSIFIED = 5
"""Architectural type of MIP and MDP, which the source leaves open ('?'): that of their neighbours."""

HIERARCHY_OF_UNCLASSIFIED = 0.5

# Names in the Nissl table and in the NeuN table for the same areas; of LIP's two parts the ventral one stands for the area.
NISSL_NAMES = {"V5/MT": "MT", "A46v": "area 46v", "A7a": "7a", "LIPv": "LIP", "TEr": "Te1"}

# Names of Markov et al. (2014) that the overlap table spells differently.
OVERLAP_NAMES = {
    "ENTO": "Entorhinal",
    "POLE": "Temporal-pole",
    "Parainsula": "Insula",
    "INSULA": "Insula",
    "SUB": "Subiculum",
    "PIRI": "Piriform",
    "PERI": "Perirhinal",
    "Pro.St.": "Prostriate",
    "CORE": "Aud-core",
    "29/30": "29_30",
    "TEa/mp": "TEam-p",
    "TEa/ma": "TEam-a",
    "TH/TF": "TH_TF",
    "9/46v": "9_46v",
    "9/46d": "9_46d",
    "SII": "S2",
}


def _rows(raw: RawSources, name: str, skip: int, separator: str | None = "\t") -> list[list[str]]:
    lines = raw.path(f"raw/{name}").read_text(encoding="utf-8").split("\n")[skip:]
    return [[field.strip() for field in line.split(separator)] for line in lines if line.strip()]


def _json(raw: RawSources, name: str) -> Any:
    return json.loads(raw.path(f"raw/{name}").read_text(encoding="utf-8"))


def _number(field: str) -> float:
    return float(field) if field else np.nan


def read_architectural_types(raw: RawSources) -> pd.Series[int]:
    """Architectural type (1 to 8) of each area; Hilgetag et al. (2016), Table 4."""
    types = {area: TYPE_OF_UNCLASSIFIED if value == "?" else int(value) for area, value in _rows(raw, "ArchitecturalTypes.csv", 2)}
    return pd.Series(types).loc[list(AREAS)]


def read_hierarchy(raw: RawSources) -> Numbers:
    """Hierarchical level (0 to 1) of each area; Reid et al. (2009), Fig. 4."""
    levels = {area: HIERARCHY_OF_UNCLASSIFIED if value == "?" else float(value) for area, value in _rows(raw, "hierarchy_Reid.csv", 2)}
    return pd.Series(levels).loc[list(AREAS)]


def read_neun_densities(raw: RawSources) -> Frame:
    """NeuN-stained neurons per mm^3 by area (names of the Barbas lab); columns overall, 23, 4, 56."""
    rows = _rows(raw, "NeuronalDensities_NeuN.csv", 2)
    return pd.DataFrame({row[0]: dict(zip(("overall", "23", "4", "56"), map(float, row[1::2]), strict=False)) for row in rows}).T


def read_nissl_densities(raw: RawSources) -> Numbers:
    """Nissl-stained neurons per mm^3 by area (names of the NeuN table); areas without a number are left out."""
    rows = _rows(raw, "NeuronalDensities_Nissl.csv", 2, ",")
    return pd.Series({NISSL_NAMES.get(name, name): float(density) for name, _, density, _ in rows if density != "—"})


def read_area_names(raw: RawSources) -> dict[str, list[str]]:
    """Areas of Felleman and Van Essen (1991) for each name of the Barbas lab."""
    names: dict[str, list[str]] = {}
    for barbas, fv91 in _rows(raw, "SchemeTranslation.csv", 3):
        names.setdefault(barbas, []).append(fv91)
    return names


def read_total_thickness(raw: RawSources) -> Numbers:
    """Cortical thickness (µm) of the areas where it was measured; Hilgetag et al. (2016), Table 4."""
    return pd.Series({row[0]: 1e3 * float(row[4]) for row in _rows(raw, "CorticalThickness.csv", 3) if row[4] and row[0] in AREAS})


def read_laminar_thickness(raw: RawSources) -> Frame:
    """Laminar thickness (µm), one row for each study and area; columns area, 1, 23, 4, 5, 6, total (all with NaN where missing)."""
    header, *rows = _rows(raw, "laminar_thicknesses_macaque.csv", 2)
    columns = {"1": "L1", "23": "L2/3", "4": "L4", "5": "L5", "6": "L6", "total": "total"}
    places = {layer: header.index(column) for layer, column in columns.items()}
    return pd.DataFrame([{"area": row[0]} | {layer: _number(row[place]) for layer, place in places.items()} for row in rows])


def read_surfaces(raw: RawSources) -> Numbers:
    """Cortical surface (mm^2) of each area, from the Caret atlas."""
    return pd.Series({area: float(surface) for area, surface in _rows(raw, "cortical_surface.csv", 2)}).loc[list(AREAS)]


def read_microcircuit_numbers(raw: RawSources) -> Numbers:
    """Neurons below 1 mm^2 of each layer population of the microcircuit; Potjans and Diesmann (2014)."""
    return pd.Series({row[0]: float(row[1]) for row in _rows(raw, "Numbers_V1.csv", 2)}).loc[POPULATIONS]


def read_microcircuit_probabilities(raw: RawSources) -> Frame:
    """Read the connection probabilities [target, source] of the microcircuit; Potjans and Diesmann (2014), Table 5."""
    header, *rows = _rows(raw, "Intrinsic_Connectivity.csv", 2)
    sources = header[1:]
    return pd.DataFrame({row[0]: dict(zip(sources, map(float, row[1:]), strict=True)) for row in rows}).T.loc[POPULATIONS, POPULATIONS]


def read_intrinsic_fraction(raw: RawSources) -> float:
    """Mean fraction of labelled neurons within the injected area; Markov et al. (2011)."""
    return float(next(row[1] for row in _rows(raw, "Intrinsic_FLN_Data.csv", 2) if row[0] == "mean"))


def read_synapses_per_neuron(raw: RawSources) -> tuple[float, float]:
    """Synapses per neuron in V1 after Cragg (1967) and after O'Kusky and Colonnier (1982)."""
    return float(_rows(raw, "SynapticDensity_Cragg.csv", 2)[0][0]), float(_rows(raw, "SynapticDensity_OKusky.csv", 2)[0][0])


def read_injections(raw: RawSources) -> dict[str, str]:
    """Injected model area of each monkey of Markov et al. (2014), by the place of the injection, not by the name the study gives it."""
    return {row[2]: row[8] for row in _rows(raw, "Markov2014_InjectionSites.csv", 3) if row[8] in AREAS}


def read_labelled_fractions(raw: RawSources) -> Frame:
    """Fractions of labelled neurons (FLN); Markov et al. (2014). Columns monkey, source (M132 area), value."""
    rows = _rows(raw, "Markov2014_FLN_rawdata.csv", 2)
    return pd.DataFrame({"monkey": [row[1] for row in rows], "source": [row[2] for row in rows], "value": [float(row[4]) for row in rows]})


def read_supragranular_fractions(raw: RawSources) -> Frame:
    """Fractions of supragranular labelled neurons (SLN); Markov et al. (2014b). Columns monkey, injected, source (M132 areas), value.

    They are the fractions that the table states, with up to eight digits, not the ratios of its counts: the published in-degrees
    depend on the seventh digit.
    """
    header, *rows = _rows(raw, "SLN_Data.csv", 2, None)
    columns = {"monkey": "Monkey", "injected": "TO", "source": "FROM"}
    texts = {name: [row[header.index(column)] for row in rows] for name, column in columns.items()}
    return pd.DataFrame(texts | {"value": [float(row[header.index("SLN")]) for row in rows]})


def read_laminar_counts(raw: RawSources) -> Frame:
    """Labelled neurons by layer; Markov et al. (2014b). Columns supra, infra, log_density_ratio: ln of target over source."""
    header, *rows = _rows(raw, "RData_prepared_logdensities.txt", 0, None)
    table = pd.DataFrame(rows, columns=["row", *header])  # R writes no name for the column of row names
    return table.rename(columns={"S": "supra", "I": "infra", "DENS": "log_density_ratio"})[["supra", "infra", "log_density_ratio"]].astype(
        float
    )


def read_overlap(raw: RawSources) -> Frame:
    """Share of each M132 area (rows) that lies in each model area (columns); NaN where the table has no entry."""
    shares: dict[str, dict[str, float]] = {}
    for m132, parts in _json(raw, "overlap.json")["all"].items():
        row = shares.setdefault(m132.removesuffix("_M132"), {})
        for part, percent in parts.items():
            prefix, _, area = part.partition(".")
            if prefix in ("FVE", "FVE_all") and area in AREAS:  # both prefixes occur for one area, and add
                row[area] = row.get(area, 0.0) + percent / 100
    return pd.DataFrame.from_dict(shares, orient="index").reindex(columns=list(AREAS))


def read_distances(raw: RawSources) -> Frame:
    """Median distance (mm) between the voxels of two areas; CoCoMac. 81 areas of cortex, the model's among them."""
    header, *rows = _rows(raw, "Median_Distances_81areas.csv", 2)
    names = header[-len(rows) :]
    distances = pd.DataFrame([[float(value) for value in row[1:]] for row in rows], index=[row[0] for row in rows], columns=names)
    known = [name for name in names if not name.startswith("[")]
    return distances.loc[known, known]


def read_cocomac(raw: RawSources) -> Frame:
    """Pairs of areas in CoCoMac.

    Returns
    -------
    pandas.DataFrame
        Columns source, target, source_pattern, target_pattern (one character for each layer, '' where unknown), studies (number of
        those that confirm the pair).
    """
    pairs, studies = _json(raw, "CoCoMac_complete_81.json"), _json(raw, "cocomac_confirmative_studies.json")
    return pd.DataFrame(
        [
            {
                "source": source.removeprefix("FV91-"),
                "target": target.removeprefix("FV91-"),
                "source_pattern": patterns[0] or "",
                "target_pattern": patterns[1] or "",
                "studies": studies.get(source, {}).get(target, 0),
            }
            for source, targets in pairs.items()
            for target, patterns in targets.items()
        ]
    )


def read_cell_types(raw: RawSources) -> Frame:
    """Cortical cell types of Binzegger et al. (2004), one row for each type and layer of its synapses.

    Returns
    -------
    pandas.DataFrame
        Columns cell_type, layer (of the synapses, '' where the table leaves it to the cell type's name), cells (% of all cells, NaN
        on the later rows of a type), synapses (for each neuron in this layer), corticocortical (% of these).
    """
    header, *rows = _rows(raw, "BinzeggerData.csv", 2)
    column = header.index("corticocortical")
    cortical = rows[: next(i for i, row in enumerate(rows) if not row[0])]  # a row without a name separates the thalamic types
    return pd.DataFrame(
        {
            "cell_type": [row[0] for row in cortical],
            "layer": [row[1] for row in cortical],
            "cells": [_number(row[2]) for row in cortical],
            "synapses": [float(row[3]) for row in cortical],
            "corticocortical": [float(row[column]) for row in cortical],
        }
    )
