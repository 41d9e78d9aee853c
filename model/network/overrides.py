"""Factors on the in-degrees and weights of single projections, from a small table: lesions and scaled projections."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.configuration.fields import nearest
from model.network.circuit import Circuit, Mask, Matrix
from procortex.formats.populations import AREAS, LAYER_POPULATIONS, label_areas, label_layers, population_labels
from procortex.utilities.errors import InputError
from procortex.utilities.texts import first_ones, number_hint, quoted, read_csv_rows, to_number

EVERYTHING = "*"
NAMES, FACTORS, KIND = ("target", "source"), ("indegree", "weight"), "kind"
KINDS: Mapping[str, str] = {"feedforward": "F", "lateral": "C", "feedback": "M"}
"""Class of the connection between two areas by its fraction of supragranular neurons, as the anatomy names it."""

EXPECTED = f"CSV with the columns {', '.join((*NAMES, *FACTORS))}"
SELECTORS = (EVERYTHING, *AREAS, *LAYER_POPULATIONS, *population_labels())
SELECTOR_EXPECTED = "an area (V4), a population of an area (V4-23E), a population of all areas (5E), or *"


@dataclass(frozen=True)
class Override:
    """One line of the table.

    Attributes
    ----------
    line
        Its number in the file.
    target, source
        An area, a population of an area, a population of all areas, or ``*``.
    kind
        Class of the pairs of areas that count (`KINDS`); '' for all pairs, those within an area among them.
    indegree, weight
        Factors.
    """

    line: int
    target: str
    source: str
    kind: str
    indegree: float
    weight: float


@dataclass(frozen=True)
class PairFactors:
    """Factors on every pair of populations.

    Attributes
    ----------
    indegree, weight
        Factors, shape (n, n), [target, source].
    overrides
        What they were made from.
    """

    indegree: Matrix
    weight: Matrix
    overrides: tuple[Override, ...]

    def applied(self, circuit: Circuit) -> Circuit:
        """Change in-degrees and weights of a circuit; the spread of the weights changes with them."""
        return replace(
            circuit,
            indegree=circuit.indegree * self.indegree,
            weight_mean=circuit.weight_mean * self.weight,
            weight_sd=circuit.weight_sd * self.weight,
        )

    def record(self) -> dict[str, str]:
        """Give the lines of the table as an attribute of the files that depend on it."""
        lines = [{name: value for name, value in asdict(override).items() if name != "line"} for override in self.overrides]
        return {"overrides": json.dumps(lines)}


def read_overrides(path: Path) -> tuple[Override, ...]:
    """Read a table of overrides: columns target, source, and indegree or weight or both, which are factors; kind may stand beside.

    Raises
    ------
    InputError
        With one line for each thing that is wrong: file, line, what would be right.
    """
    if not path.exists():
        raise InputError(f"{path}: no such table of overrides; expected {EXPECTED}")
    rows = read_csv_rows(path, (*NAMES, *FACTORS, KIND), EXPECTED)
    (_, header), *lines = rows
    findings = _header_findings(header)
    overrides = []
    for line, cells in lines if not findings else ():
        override, wrong = _parse(line, header, cells)
        findings += [f"line {line}: {finding}" for finding in wrong]
        overrides += [override] if override else []
    if not lines and not findings:
        findings.append("holds no line below its header, expected one for each override")
    if findings:
        raise InputError("\n".join(f"{path}: {finding}" for finding in first_ones(findings)))
    return tuple(overrides)


def pair_factors(overrides: Sequence[Override], labels: Sequence[str], classes: NDArray[np.str_], where: str) -> PairFactors:
    """Multiply the factors of all lines, pair by pair.

    Parameters
    ----------
    overrides
        Lines of the table.
    labels
        The n population labels.
    classes
        Class (F, C or M) of the connection between the areas of each pair, shape (n, n), [target, source]; whatever within an area.
    where
        The table, for messages.

    Raises
    ------
    InputError
        With one line for each line of the table that selects no pair of populations.
    """
    indegree, weight, findings = np.ones(classes.shape), np.ones(classes.shape), []
    for override in overrides:
        pairs = selected_pairs(override, labels, classes)
        if not pairs.any():
            findings.append(f"{where}: line {override.line}: {_nothing_selected(override, labels, classes)}")
        indegree[pairs] *= override.indegree
        weight[pairs] *= override.weight
    if findings:
        raise InputError("\n".join(findings))
    return PairFactors(indegree, weight, tuple(overrides))


def selected_pairs(override: Override, labels: Sequence[str], classes: NDArray[np.str_]) -> Mask:
    """Select the pairs of populations that a line of the table is about, shape (n, n), [target, source]."""
    pairs = _selected(override.target, labels)[:, None] & _selected(override.source, labels)[None, :]
    if override.kind:
        areas = label_areas(labels)
        pairs &= (areas[:, None] != areas[None, :]) & (classes == KINDS[override.kind])
    return pairs


def without_effect(factors: PairFactors, labels: Sequence[str], classes: NDArray[np.str_], indegree: Matrix) -> list[Override]:
    """Find the lines that are only about pairs of populations without synapses; in-degrees [target, source]."""
    return [override for override in factors.overrides if not indegree[selected_pairs(override, labels, classes)].any()]


def _selected(name: str, labels: Sequence[str]) -> Mask:
    if name == EVERYTHING:
        return np.ones(len(labels), dtype=bool)
    selected: Mask = (label_areas(labels) == name) | (label_layers(labels) == name) | (np.array(labels) == name)
    return selected


def _nothing_selected(override: Override, labels: Sequence[str], classes: NDArray[np.str_]) -> str:
    areas = label_areas(labels)
    pairs = selected_pairs(replace(override, kind=""), labels, classes) & (areas[:, None] != areas[None, :])
    projection = f"{override.target} <- {override.source}"
    if not pairs.any():
        return f"{projection} lies within one area, which has no kind; expected none, or two areas"
    there = " or ".join(name for name, letter in KINDS.items() if (classes[pairs] == letter).any())
    return f"kind is {override.kind}, but {projection} is {there} by its fraction of supragranular neurons; expected {there}, or no kind"


def _header_findings(header: list[str]) -> list[str]:
    known = (*NAMES, *FACTORS, KIND)
    missing = [name for name in known if name not in header]
    findings = []
    for name in dict.fromkeys(header):
        if name not in known:
            near = nearest(name, missing)
            hint = f"did you mean {near}?" if near else f"expected {', '.join(known)}"
            shown = f"column {quoted(name)}: unknown, {hint}" if name else f"column {header.index(name) + 1} has no name: {hint}"
            findings.append(f"line 1: {shown}")
        elif header.count(name) > 1:
            findings.append(f"line 1: column {name}: stands {header.count(name)} times, expected once")
    findings += [f"line 1: column {name}: missing, expected {SELECTOR_EXPECTED} in each line" for name in NAMES if name in missing]
    if all(name in missing for name in FACTORS):
        findings.append("line 1: columns indegree, weight: both missing, expected factors in at least one of them")
    return findings


def _parse(line: int, header: list[str], cells: list[str]) -> tuple[Override | None, list[str]]:
    """Read a line; say what is wrong with it."""
    if len(cells) != len(header):
        return None, [f"has {len(cells)} cells, expected {len(header)} as in the first line"]
    given, findings = dict(zip(header, cells, strict=True)), []
    for name in NAMES:
        if given[name] not in SELECTORS:
            near = nearest(given[name], SELECTORS)
            shown = quoted(given[name]) if given[name] else "empty"
            findings.append(f"{name} is {shown}, expected {SELECTOR_EXPECTED}" + (f"; did you mean {near}?" if near else ""))
    kind = given.get(KIND, "")
    if kind and kind not in KINDS:
        near = nearest(kind, KINDS)
        findings.append(f"kind is {quoted(kind)}, expected {', '.join(KINDS)} or nothing" + (f"; did you mean {near}?" if near else ""))
    factors = {name: _factor(given.get(name, "")) for name in FACTORS}
    findings += [
        f"{name} is {quoted(given[name])}, expected a factor of 0 or more, or nothing{number_hint(given[name])}"
        for name, value in factors.items()
        if math.isnan(value)
    ]
    return (None if findings else Override(line, given["target"], given["source"], kind, **factors)), findings


def _factor(cell: str) -> float:
    """Read the number of a cell: 1 where it is empty, NaN where it is no factor."""
    try:
        value = to_number(cell) if cell else 1.0
    except ValueError:
        return math.nan
    return value if math.isfinite(value) and value >= 0 else math.nan
