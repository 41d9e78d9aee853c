"""Every table of docs/experiments.md is valid; its configurations: test_documents.py."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from model.network.overrides import read_overrides
from tests.helpers.paths import ROOT

PAGE = ROOT / "docs" / "experiments.md"
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("text", [text for language, text in BLOCKS if language == "csv" and text.startswith("target,source,")])
def test_tables_of_overrides_are_valid(text: str, tmp_path: Path) -> None:
    path = tmp_path / "overrides.csv"
    path.write_text(text)
    assert len(read_overrides(path)) == len(text.splitlines()) - 1
