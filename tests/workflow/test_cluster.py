"""The profile for Slurm: what a cluster's jobs ask for, and what is refused before anything is submitted."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.workflow.command import ROOT, TINY, Outcome

Snakemake = Callable[..., Outcome]
pytestmark = pytest.mark.workflow

SLURM = ("--profile", str(ROOT / "profiles" / "slurm"), "--dry-run", "--cores", "100")
PLUGIN = """
from snakemake_interface_executor_plugins.executors.remote import RemoteExecutor
from snakemake_interface_executor_plugins.settings import CommonSettings

common_settings = CommonSettings(non_local_exec=True, implies_no_shared_fs=False, job_deploy_sources=False)


class Executor(RemoteExecutor):
    def run_job(self, job): ...
    def check_active_jobs(self, active_jobs): ...
    def cancel_jobs(self, active_jobs): ...
"""


@pytest.fixture
def plugin(tmp_path: Path) -> dict[str, str]:
    """Variables with which Snakemake finds a plugin that stands for that of Slurm."""
    package = tmp_path / "plugins" / "snakemake_executor_plugin_slurm"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(PLUGIN)
    return {"PYTHONPATH": os.pathsep.join(filter(None, [str(tmp_path / "plugins"), os.environ.get("PYTHONPATH")]))}


def last_line(outcome: Outcome) -> str:
    assert outcome.status == 2, outcome.output
    assert "Traceback" not in outcome.output
    return outcome.output.strip().splitlines()[-1]


@pytest.mark.skipif(find_spec("snakemake_executor_plugin_slurm") is not None, reason="the plugin is installed")
def test_a_missing_plugin_is_said(snakemake: Snakemake) -> None:
    expected = "error: profiles/slurm: Snakemake's plugin for Slurm is not installed: pip install -r requirements/slurm.txt"
    assert last_line(snakemake(*SLURM)) == expected


def test_the_backend_is_not_chosen_on_the_machine_that_submits(snakemake: Snakemake, plugin: dict[str, str]) -> None:
    expected = "error: backend: auto looks for a GPU on this machine, but slurm runs jobs on others, write backend=cuda or backend=cpu"
    assert last_line(snakemake(*SLURM, "--config", "backend=auto", **plugin)) == expected


@pytest.mark.parametrize(
    ("config", "backend", "threads", "gpu"),
    [
        (TINY, "cpu", 1, 0),
        (TINY, "cuda", 1, 1),
        (ROOT / "config" / "full.yaml", "cpu", 64, 0),
        (ROOT / "config" / "full.yaml", "cuda", 8, 1),
    ],
)
def test_simulations_ask_for_what_their_network_needs(
    snakemake: Snakemake, plugin: dict[str, str], config: Path, backend: str, threads: int, gpu: int
) -> None:
    outcome = snakemake(*SLURM, "--configfile", str(config), "--config", f"backend={backend}", "simulate=none", **plugin)
    assert outcome.status == 0, outcome.output
    jobs = re.findall(rf"^rule simulate_network:\n.*?/{backend}/spikes\n(.*?)^\[", outcome.output, re.MULTILINE | re.DOTALL)
    assert len(jobs) == outcome.jobs["simulate_network"] > 0
    for job in jobs:
        assert int(re.findall(r"threads: (\d+)", f"{job} threads: 1")[0]) == threads
        assert f"gpu={gpu}" in job
