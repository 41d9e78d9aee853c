"""The five tables in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Any, get_args

import numpy as np
import pandas as pd

from model.tables.axes import AREA_LIST, LAYERS, POPULATIONS, Frame
from model.tables.columns import EVIDENCE, Row, described
from model.tables.rows import CONSTANTS, AreaRow, ConnectionRow, ConstantRow, LayerRow, PopulationRow

Key = tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """What a table looks like.

    Attributes
    ----------
    name
        Name of the table and, with the ending ``.csv``, of its file.
    row
        Model of its rows.
    keys
        Columns that tell rows apart.
    expected
        Keys that the table has, in the order of its rows.
    """

    name: str
    row: type[Row]
    keys: Key
    expected: tuple[Key, ...]

    @property
    def file(self) -> str:
        """Name of the file."""
        return f"{self.name}.csv"

    @property
    def columns(self) -> list[str]:
        """Names of all columns."""
        return list(self.row.model_fields)

    @property
    def derived(self) -> list[str]:
        """Columns that follow from others."""
        return [name for name, info in self.row.model_fields.items() if described(info, "derived")]

    def label(self, key: Iterable[str]) -> str:
        """Name a row in messages."""
        return " <- ".join(key)

    def frame(self, records: Iterable[Mapping[str, Any]]) -> Frame:
        """Make a table of rows, in the order of the layout: numbers with NaN, texts with '' where a cell is empty."""
        given = {tuple(str(record[key]) for key in self.keys): record for record in records}
        kinds = {name: (*get_args(info.annotation), info.annotation) for name, info in self.row.model_fields.items()}
        convert: dict[str, Callable[[Any], Any]] = {
            name: int if int in kind else _number if float in kind else _text for name, kind in kinds.items() if name not in self.keys
        }
        values = {name: [as_kind(given[key].get(name)) for key in self.expected] for name, as_kind in convert.items()}
        index = (
            pd.MultiIndex.from_tuples(self.expected, names=self.keys)
            if len(self.keys) > 1
            else pd.Index([key[0] for key in self.expected], name=self.keys[0])
        )
        return pd.DataFrame(values, index=index)


def _number(value: Any) -> float:
    return np.nan if value is None else float(value)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _each(names: Iterable[str]) -> tuple[Key, ...]:
    return tuple((name,) for name in names)


AREA_LAYOUT = Layout("areas", AreaRow, ("area",), _each(AREA_LIST))
CONNECTION_LAYOUT = Layout("connections", ConnectionRow, ("target", "source"), tuple(permutations(AREA_LIST, 2)))
MICROCIRCUIT_LAYOUT = Layout("microcircuit", PopulationRow, ("population",), _each(POPULATIONS))
CELL_BODY_LAYOUT = Layout("synapse_to_cell_body", LayerRow, ("layer",), _each(LAYERS))
CONSTANT_LAYOUT = Layout("constants", ConstantRow, ("name",), _each(CONSTANTS))
LAYOUTS = (AREA_LAYOUT, CONNECTION_LAYOUT, MICROCIRCUIT_LAYOUT, CELL_BODY_LAYOUT, CONSTANT_LAYOUT)


@dataclass(frozen=True)
class Tables:
    """What the model is built from; `model.tables.rows` describes the columns.

    Attributes
    ----------
    areas
        Indexed by area, in model order.
    connections
        Indexed by (target, source), all ordered pairs of different areas, by target in model order.
    microcircuit
        Indexed by target population.
    synapse_to_cell_body
        Indexed by the layer of the synapse.
    constants
        Indexed by name.
    """

    areas: Frame
    connections: Frame
    microcircuit: Frame
    synapse_to_cell_body: Frame
    constants: Frame

    def matrix(self, column: str) -> Frame:
        """Arrange a column of `connections` as areas [target, source]; the diagonal is NaN or, of texts, ''."""
        values = self.connections[column]
        table = np.full((len(AREA_LIST), len(AREA_LIST)), np.nan if values.dtype == float else "", dtype=values.to_numpy().dtype)
        table[~np.eye(len(AREA_LIST), dtype=bool)] = values  # rows are in model order, without the diagonal
        return pd.DataFrame(table, index=AREA_LIST, columns=AREA_LIST)

    def constant(self, name: str) -> float:
        """Give the value of a constant."""
        return float(self.constants["value"][name])

    @property
    def exists(self) -> Frame:
        """Whether there is a connection between areas [target, source]."""
        return self.matrix("evidence").isin([name for name in EVIDENCE if name != "none"])

    @property
    def neurons(self) -> Frame:
        """Neurons of whole areas; areas x populations."""
        return _columns(self.areas, "neurons_", POPULATIONS)

    @property
    def thickness(self) -> Frame:
        """Thickness (mm) of areas x layers."""
        return _columns(self.areas, "thickness_", LAYERS)

    @property
    def probabilities(self) -> Frame:
        """Connection probabilities of the microcircuit [target, source]."""
        return _columns(self.microcircuit, "probability_", POPULATIONS)


def _columns(table: Frame, prefix: str, names: Iterable[str]) -> Frame:
    return table[[f"{prefix}{name}" for name in names]].set_axis(list(names), axis=1)
