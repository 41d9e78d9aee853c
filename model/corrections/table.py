"""What corrections change, as a table to read."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from contracts.markdown import markdown_table

ROUNDING = 1e-12
"""Relative changes below this are those of sums in another order."""


def _number(value: float) -> str:
    return f"{value:,.0f}"


def _billions(value: float) -> str:
    return f"{value / 1e9:.4f}"


def _percent(value: float) -> str:
    return f"{100 * value:.2g} %" if value > ROUNDING else "0"


def _rate(value: float) -> str:
    return f"{value:.3g}"


COLUMNS: dict[str, tuple[str, Callable[[float], str]]] = {
    "neurons": ("neurons", _number),
    "synapses": ("recurrent synapses, 1e9", _billions),
    "external_synapses": ("external synapses, 1e9", _billions),
    "indegree_change": ("change of the in-degrees", _percent),
    "external_change": ("of the external in-degrees", _percent),
    "network_synapses": ("synapses of the network, 1e9", _billions),
    "network_change": ("change of its in-degrees", _percent),
    "mean_rate": ("mean rate (spikes/s)", _rate),
    "largest_rate": ("largest rate", _rate),
    "rate_change": ("mean change of the rates", _rate),
    "largest_rate_change": ("largest change", _rate),
}
"""Columns of the measured table: what they are called here, and how their numbers are written."""


def markdown(table: pd.DataFrame) -> str:
    """Write the measured table for a reader.

    Parameters
    ----------
    table
        As ``python -m model corrections`` writes it, one row for each network. Missing numbers are those of networks that the
        stabilisation did not make.

    Returns
    -------
    str
        A Markdown table, rounded.
    """
    rows = [
        [f"`{row['correction']}`", *(write(float(row[name])) if pd.notna(row[name]) else "" for name, (_, write) in COLUMNS.items())]
        for row in table.to_dict("records")
    ]
    return markdown_table(["correction", *(title for title, _ in COLUMNS.values())], rows)
