"""Plans of experiments, without Snakemake."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from planning.experiment import read_experiment
from planning.plan import Plan

CONFIG = Path(__file__).resolve().parents[2] / "config"


def planned(*files: str, executor: str | None = None, check_files: bool = True, **values: Any) -> Plan:
    """Plan an experiment of `config/` (default: config.yaml) with values as on the command line; on the cpu backend."""
    paths = [CONFIG / file for file in files or ("config.yaml",)]
    return Plan(*read_experiment(paths, {"backend": "cpu"} | values, executor=executor, check_files=check_files))


def drawn(plan: Plan) -> dict[str, list[str]]:
    """Files of the figures that an experiment has and asks for, by figure."""
    files = {figure: plan.figures.files(figure, plan.simulations.states) for figure in plan.figures.chosen()}
    return {figure: names for figure, names in files.items() if names}
