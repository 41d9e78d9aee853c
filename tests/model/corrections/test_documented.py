"""``docs/corrections.md``: what each correction is, and what it changes."""

from __future__ import annotations

import pandas as pd
import pytest

from model.corrections.commands import MEASURED, PUBLISHED
from model.corrections.registry import CORRECTIONS
from model.corrections.table import markdown
from tests.helpers.paths import ROOT

DOCS = ROOT / "docs"
PAGE = (DOCS / "corrections.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CORRECTIONS)
def test_every_correction_is_explained(name: str) -> None:
    correction = CORRECTIONS[name]
    assert f"| `{name}` | {correction.published} | {correction.corrected} |\n" in PAGE


def test_the_table_is_that_of_the_measurement() -> None:
    table = pd.read_csv(DOCS / "results" / "corrections.csv", keep_default_na=False, na_values=[""])
    assert list(table["correction"]) == [PUBLISHED, *MEASURED]
    assert markdown(table) in PAGE


def test_a_network_that_cannot_be_has_empty_cells() -> None:
    row = {"correction": "x", "neurons": 4130056.72, "synapses": 27690096281.06, "external_synapses": 1.386e10, "indegree_change": 0.0123}
    row |= dict.fromkeys(["external_change", "network_synapses", "network_change"], 0.0)
    table = pd.DataFrame([row | dict.fromkeys(["mean_rate", "largest_rate", "rate_change", "largest_rate_change"], float("nan"))])
    assert markdown(table).splitlines()[2] == "| `x` | 4,130,057 | 27.6901 | 13.8600 | 1.2 % | 0 | 0.0000 | 0 |  |  |  |  |"
