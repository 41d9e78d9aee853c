"""Configurations that docs/experiments.md gives to copy: all of them have a plan, and that of recordings runs to its end."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from analysis.figures.catalogue import FIGURES, of_category
from tests.workflow.command import CORES, ROOT, Outcome

Snakemake = Callable[..., Outcome]
pytestmark = pytest.mark.workflow

TEXT = (ROOT / "docs" / "experiments.md").read_text()
POINTS = "over:"
"""First word of an input of `python -m analysis sweep`, which is no configuration."""


def configurations() -> list[tuple[str, str]]:
    """Section and text of every configuration, in their order."""
    sections = re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    found = [(title, block) for title, body in sections for block in re.findall(r"```yaml\n(.*?)```", body, re.DOTALL)]
    return [(title, block) for title, block in found if not block.startswith(POINTS)]


def lay_out(folder: Path) -> None:
    """Write the files that the configurations name: a table of overrides, and the results of another experiment."""
    table = re.search(r"```csv\n(.*?)```", TEXT, re.DOTALL)
    assert table
    (folder / "lesion.csv").write_text(table[1])
    run = folder / "results" / "full" / "resting" / "seed-1" / "cuda"
    run.mkdir(parents=True)
    (run / "statistics.parquet").touch()


def test_every_snippet_is_found() -> None:
    assert len(configurations()) == TEXT.count("```yaml") - TEXT.count(f"```yaml\n{POINTS}")


@pytest.mark.parametrize(
    "text", [text for _, text in configurations()], ids=[f"{place}-{title}" for place, (title, _) in enumerate(configurations())]
)
def test_every_configuration_has_a_plan(snakemake: Snakemake, tmp_path: Path, text: str) -> None:
    lay_out(tmp_path)
    (tmp_path / "snippet.yaml").write_text(text)
    outcome = snakemake("--dry-run", "--configfile", str(ROOT / "config" / "config.yaml"), "snippet.yaml")
    assert outcome.status == 0, outcome.output
    assert outcome.jobs["simulate_network"] > 0


@pytest.mark.slow
def test_recordings_run_to_their_end(snakemake: Snakemake, tmp_path: Path) -> None:
    """With three areas, few neurons, and the figures that show simulations."""
    (recording,) = (text for title, text in configurations() if title == "Recording")
    small = {"areas_simulated": ["V1", "V2", "TH"], "N_scaling": 0.002, "backend": "cpu", "recorded_populations": ["V1", "5E"]}
    figures = [name for name in FIGURES if name not in of_category("Structure", "Theory")]
    (tmp_path / "small.yaml").write_text(yaml.safe_dump(yaml.safe_load(recording) | small | {"figures": figures}))
    outcome = snakemake(*CORES, "small.yaml")
    assert outcome.status == 0, outcome.output
    folder = tmp_path / "results" / "recording"
    counted = "counted_cpu"
    assert {path.stem for path in (folder / "figures").glob("*.svg")} == {
        *("raster_ground_cpu", "violins_ground", "rate_matrix_ground_cpu", "state_overview_ground_cpu", "temporal_hierarchy_ground_cpu"),
        *("v1_spectrum", "rate_over_time", "phases", f"temporal_hierarchy_{counted}", "functional_connectivity_cpu"),
    }
    assert not (folder / "ground" / "seed-1" / "cpu" / "functional_synaptic-input.nc").exists()
    assert (folder / "counted" / "seed-1" / "cpu" / "functional_synaptic-input.nc").exists()
    assert (folder / "ground" / "seed-1" / "cpu" / "spikes" / "_potentials.nc").exists()
