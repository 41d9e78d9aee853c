"""Configurations that docs/experiments.md gives to copy make the experiments that it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analysis.sweep.points import read_points
from model.configuration import load_experiment
from model.configuration.states import library
from tests.helpers.paths import ROOT

TEXT = (ROOT / "docs" / "experiments.md").read_text()


def blocks(section: str) -> list[str]:
    """Configurations of a section."""
    body = re.search(rf"^## {section}\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert body
    return re.findall(r"```yaml\n(.*?)```", body[1], re.DOTALL)


@pytest.mark.parametrize(
    ("section", "place", "states"),
    [
        ("States", 0, ["ground", "resting", "chi_1.7"]),
        ("States", 1, ["ground", "strong", "mine"]),
        ("Sweeps", 0, [f"ground_g_{g}_rate_ext_{rate}" for g in (-11, -12, -14) for rate in (10, 11)]),
        ("Sweeps", 1, [f"ground_cc_weights_factor_{chi}_cc_weights_I_factor_{other}" for chi, other in ((1, 1), (1.5, 2), (1.9, 2))]),
        ("Sweeps", 2, ["ground", "chi_1.5", "resting"]),
    ],
)
def test_configurations(tmp_path: Path, section: str, place: int, states: list[str]) -> None:
    path = tmp_path / "experiment.yaml"
    path.write_text(blocks(section)[place])
    assert list(load_experiment([path]).states) == states


def test_points(tmp_path: Path) -> None:
    path = tmp_path / "sweep.yaml"
    path.write_text(blocks("Sweeps")[3])
    assert list(read_points(path).states) == ["a", "b"]


def test_every_state_is_listed() -> None:
    table = TEXT.split("| name | g |")[1].split("\n\n")[0]
    assert set(re.findall(r"`(.*?)`", table)) == set(library())
