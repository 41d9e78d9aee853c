"""What is wrong with an experiment is said before anything is planned."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from planning.experiment import hand_on_folders, read_experiment
from procortex.utilities.errors import InputError
from sources.registry import PUBLISHED, RAW
from tests.planning.plans import CONFIG, planned


@pytest.mark.parametrize(
    ("values", "finding"),
    [
        ({"figures": ["violin"]}, "figures: there is none called 'violin', did you mean violins?"),
        ({"backend": "cuba"}, "backend: is 'cuba', expected auto or cpu or cuda or nest; did you mean cuda?"),
        ({"seed": 3}, "seed: unknown key, did you mean seeds?"),
        ({"raw_dir": "nowhere"}, "connectivity.raw_dir: nowhere: no such folder"),
        ({"states": {"ground": {"t_sim": 400.0}}}, "states.ground.sim_params.t_sim: is 400 ms, but statistics leave out the first 500 ms"),
        ({"spikes": {"ground": "nowhere"}}, "states.ground.reference.spikes: nowhere: no such file or folder of spikes"),
    ],
)
def test_findings_name_key_and_remedy(values: dict[str, Any], finding: str) -> None:
    with pytest.raises(InputError) as caught:
        planned(**values)
    assert any(finding in line for line in str(caught.value).splitlines()), caught.value


def test_everything_is_said_at_once() -> None:
    with pytest.raises(InputError) as caught:
        planned(figures=["violin"], overrides="no.csv")
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == ["figures", "connectivity.overrides"]


def test_jobs_do_not_look_for_files() -> None:
    assert planned(raw_dir="nowhere", check_files=False).backend == "cpu"


def test_the_machine_that_submits_does_not_choose_the_backend() -> None:
    with pytest.raises(InputError, match="backend: auto looks for a GPU on this machine, but slurm runs jobs on others"):
        planned(backend="auto", executor="slurm")
    assert planned(backend="cpu", executor="slurm").backend == "cpu"


def test_a_state_of_another_length_is_refused_until_it_is_not_compared(tmp_path: Path) -> None:
    text = (CONFIG / "full.yaml").read_text()
    path = tmp_path / "short.yaml"
    path.write_text(text.replace("t_sim: 100500.0", "t_sim: 10500.0"))
    with pytest.raises(InputError, match=r"states\.resting\.t_sim: is 10500 ms, but the published simulation lasts 100500 ms"):
        read_experiment([path], {})
    path.write_text(text.replace("t_sim: 100500.0", "t_sim: 10500.0\n    reference: {published: false}"))
    assert read_experiment([path], {})[0].name == "full"


def test_results_of_the_experiment_itself_need_not_be_there(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("experiment: own\nstates:\n  all: {}\n  v1: {areas_simulated: [V1], replace_cc_input_source: results/own/rates.json}\n")
    assert read_experiment([path], {"backend": "cpu"})[1] == "cpu"
    path.write_text(path.read_text().replace("results/own", "results/other"))
    with pytest.raises(InputError, match="no such file of rates"):
        read_experiment([path], {"backend": "cpu"})


def test_folders_reach_the_jobs_unless_a_variable_names_another(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(RAW.variable, raising=False)
    monkeypatch.setenv(PUBLISHED.variable, "before")
    experiment = planned(raw_dir=str(tmp_path), published_dir=str(tmp_path)).experiment
    hand_on_folders(experiment)
    try:
        assert (os.environ[RAW.variable], os.environ[PUBLISHED.variable]) == (str(tmp_path), "before")
    finally:
        os.environ.pop(RAW.variable, None)
