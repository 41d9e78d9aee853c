"""What must hold between the cells of valid rows, within a table and between the derived columns and the others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from model.tables.axes import LAYERS, NEURON_LAYERS, Frame
from model.tables.tables import AREA_LAYOUT, CELL_BODY_LAYOUT, CONNECTION_LAYOUT, CONSTANT_LAYOUT, LAYOUTS, Key, Layout, Tables
from procortex.formats.populations import AREAS, AREAS_WITHOUT_LAYER_4

TOLERANCE = 1e-9
"""Relative difference up to which numbers count as equal: tables may be edited with ten digits."""

NAMED_AT_MOST = 3


def row_findings(layout: Layout, table: Frame) -> list[str]:
    """Say what is wrong in a table whose cells are valid one by one; each finding names its row."""
    if layout is AREA_LAYOUT:
        return [*_layers(table), *_thickness_sums(table)]
    if layout is CONNECTION_LAYOUT:
        return _asymmetries(table["distance_mm"])
    if layout is CELL_BODY_LAYOUT:
        sums = table.sum(axis=1)
        wrong = sums[(sums - 1).abs() > TOLERANCE]
        return [f"row {layer}: the probabilities sum to {float(total)!r}, expected 1" for layer, total in wrong.items()]
    if layout is CONSTANT_LAYOUT:
        return _fractions_of_labelled_neurons(table["value"])
    return []


def derived_findings(given: Tables, computed: Tables, folder: str) -> Iterator[tuple[str, str]]:
    """Say where filled cells of derived columns contradict the other columns: pairs of file and finding.

    One edit changes the derived cells of many rows, so a finding stands for a column and names its first rows.
    """
    remedy = f"leave it empty, or run `python -m model curate --tables {folder} --out {folder}`"
    for layout in LAYOUTS:
        for column in layout.derived:
            cells, expected = (getattr(tables, layout.name)[column] for tables in (given, computed))
            wrong = cells.notna() & ~pd.Series(np.isclose(cells, expected, rtol=TOLERANCE, atol=0.0), index=cells.index)
            if not wrong.any():
                continue
            rows = [layout.label(_key(key)) for key in cells.index[wrong]]
            more = f" and {len(rows) - NAMED_AT_MOST} others" if len(rows) > NAMED_AT_MOST else ""
            where = f"row{'s' * (len(rows) > 1)} {', '.join(rows[:NAMED_AT_MOST])}{more}"
            right = "nothing" if np.isnan(expected[wrong].iloc[0]) else repr(float(expected[wrong].iloc[0]))
            first = f" in {rows[0]}" if len(rows) > 1 else ""
            yield layout.file, f"{where}: {column} is {float(cells[wrong].iloc[0])!r}{first}, but the other columns give {right}; {remedy}"


def _key(key: object) -> Key:
    return key if isinstance(key, tuple) else (str(key),)


def _layers(areas: Frame) -> list[str]:
    """Every population of the model has neurons, and no other."""
    findings = []
    for layer in NEURON_LAYERS:
        for area, density, thickness in zip(areas.index, areas[f"density_{layer}"], areas[f"thickness_{layer}"], strict=True):
            if layer == "4" and area in AREAS_WITHOUT_LAYER_4:
                if density != 0:
                    findings.append(f"row {area}: density_{layer} is {float(density)!r}, expected 0: the area has no layer {layer}")
                continue
            findings += [
                f"row {area}: {name}_{layer} is {float(value)!r}, expected a positive number: the area has this layer"
                for name, value in (("density", density), ("thickness", thickness))
                if not value > 0
            ]
    return findings


def _thickness_sums(areas: Frame) -> list[str]:
    sums = areas[[f"thickness_{layer}" for layer in LAYERS]].sum(axis=1)
    return [
        f"row {area}: thickness_mm is {float(given)!r}, expected the sum over the layers, {float(total)!r}"
        for area, given, total in zip(areas.index, areas["thickness_mm"], sums, strict=True)
        if not np.isclose(total, given, rtol=TOLERANCE, atol=0.0)
    ]


def _asymmetries(distance: pd.Series[float]) -> list[str]:
    there = dict(zip(CONNECTION_LAYOUT.expected, distance.tolist(), strict=True))
    return [
        f"row {target} <- {source}: distance_mm is {value!r}, but {there[source, target]!r} in row {source} <- {target}; expected the same"
        for (target, source), value in there.items()
        if AREAS.index(target) < AREAS.index(source) and not np.isclose(value, there[source, target], rtol=TOLERANCE, atol=0.0)
    ]


def _fractions_of_labelled_neurons(value: pd.Series[float]) -> list[str]:
    intrinsic, subcortical = (float(value[name]) for name in ("fln_intrinsic", "fln_subcortical"))
    findings = [
        f"row {name}: value is {fraction!r}, expected a number from 0 to 1"
        for name, fraction in (("fln_intrinsic", intrinsic), ("fln_subcortical", subcortical))
        if not 0 <= fraction <= 1
    ]
    if not findings and intrinsic + subcortical > 1:
        findings.append("rows fln_intrinsic, fln_subcortical: the values sum to more than 1, expected at most 1")
    return findings
