"""States that are built from the run of another: what snakemake plans, what it refuses, and a small experiment that runs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from procortex.formats.network import labels_of, pair_matrix, read_network, stream_matrix
from procortex.formats.series import read_series
from tests.workflow.command import CORES, ROOT, Outcome

Snakemake = Callable[..., Outcome]
pytestmark = pytest.mark.workflow

SUBSET = {"areas_simulated": ["V1"], "replace_cc_input_source": "state:all"}
SMALL = {
    "experiment": "small",
    "areas_simulated": ["V1", "V2"],
    "replace_non_simulated_areas": "hom_poisson_stat",
    "replace_cc_input_source": "state:both",
    "N_scaling": 0.002,
    "K_scaling": 0.1,
    "fullscale_rates": "theory",
    "cc_weights_factor": 1.0,
    "cc_weights_I_factor": 1.0,
    "stabilisation": "computed",
    "t_sim": 520,
    "states": {
        "both": {},
        "rates": {"replace_cc": "het_poisson_stat"},
        "series": {"replace_cc": "current_nonstat", "t_sim": 510},
    },
    "backend": "cpu",
}


def write(folder: Path, content: dict[str, Any]) -> str:
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(content))
    return str(path)


def inputs(outcome: Outcome, output: str) -> list[str]:
    found = re.search(rf"input: (.*)\n +output: {re.escape(output)}\n", outcome.output)
    assert found, outcome.output
    return found[1].split(", ")


def test_networks_wait_for_the_run_that_they_take_rates_from(snakemake: Snakemake) -> None:
    outcome = snakemake("--dry-run", "--printshellcmds", "--configfile", str(ROOT / "config" / "subsets.yaml"))
    assert outcome.status == 0, outcome.output
    assert outcome.jobs["tabulate_rates"] == 1
    assert outcome.jobs["plot_subset_rasters"] == 1
    run = "results/subsets/resting/seed-1/cpu"
    for state in ("resting_10_areas", "resting_v1"):
        assert inputs(outcome, f"results/subsets/{state}/network.nc")[-1] == f"{run}/rates.json"
        assert f"parameters.yaml --run resting={run} --out results/subsets/{state}/network.nc" in outcome.output
    assert not [path for path in inputs(outcome, "results/subsets/resting/network.nc") if "rates" in path]


@pytest.mark.parametrize(
    ("states", "finding"),
    [
        ({"a": SUBSET}, "states.a.connection_params.replace_cc_input_source: is state:all, but there is no such state"),
        (None, "states.default.connection_params.replace_cc_input_source: is state:all, but there is no such state"),
        ({"all": SUBSET, "b": {}}, "but that state needs this one (all <- all)"),
    ],
)
def test_dependencies_that_cannot_be_end_at_once(snakemake: Snakemake, tmp_path: Path, states: Any, finding: str) -> None:
    outcome = snakemake("--dry-run", "--configfile", write(tmp_path, SUBSET | {"states": states} if states is None else {"states": states}))
    assert outcome.status == 2
    assert finding in outcome.output
    assert not re.search(r"Traceback|\.smk", outcome.output)


def test_stimuli_within_the_simulation_have_a_figure(snakemake: Snakemake, tmp_path: Path) -> None:
    window = {"populations": ["V1"], "amplitude": 5, "start": 300, "stop": 310}
    states = {"seen": {"dc_stimuli": [window]}, "late": {"dc_stimuli": [window | {"start": 980, "stop": 990}]}, "none": {}}
    config = write(tmp_path, {"states": states, "t_sim": 1000, "figures": ["stimulus-response"], "seeds": [1, 2], "backend": "cpu"})
    outcome = snakemake("--dry-run", "--configfile", config)
    assert outcome.status == 0, outcome.output
    assert outcome.jobs["plot_stimulus_response"] == 1
    found = inputs(
        outcome, "results/default/figures/stimulus_response_seen_cpu.svg, results/default/figures/stimulus_response_seen_cpu.png"
    )
    assert [path.rpartition("/")[2] for path in found] == ["series.nc", "series.nc", "network.nc", "anatomy.nc"]


def test_a_stimulus_after_the_end_of_a_state_without_a_duration_of_its_own(snakemake: Snakemake, tmp_path: Path) -> None:
    config = tmp_path / "late.yaml"
    config.write_text("dc_stimuli: [{populations: [V1], amplitude: 5, start: 10500}]\n")
    outcome = snakemake("--dry-run", "--configfile", str(config))
    assert outcome.status == 2
    assert (
        "error: states.default.input_params.dc_stimuli[0].start: is 10500 ms, but the simulation ends at 10500 ms (t_sim)" in outcome.output
    )


@pytest.mark.slow
def test_a_small_experiment_builds_states_from_the_run_of_another(snakemake: Snakemake, tmp_path: Path) -> None:
    config = write(tmp_path, SMALL)
    wanted = [f"results/small/{state}/network.nc" for state in ("rates", "series")]
    outcome = snakemake(*CORES, config, "--", *wanted)
    assert outcome.status == 0, outcome.output
    run = tmp_path / "results/small/both/seed-1/cpu"
    rates = json.loads((run / "rates.json").read_text())
    assert set(rates) == {"V1", "V2"}
    networks = {state: read_network(tmp_path / f"results/small/{state}/network.nc") for state in ("both", "rates", "series")}
    assert networks["series"].attrs["longest_t_sim"] == 520.0
    labels = labels_of(networks["both"])
    V2 = [label for label in labels if label.startswith("V2")]
    indegree, weight = (pair_matrix(networks["both"], name).sel(target="V1-5E", source=V2).values for name in ("indegree", "weight_mean"))
    charge = indegree * weight
    mean = {
        state: (stream_matrix(network, "stream_rate") * stream_matrix(network, "stream_weight"))[labels.index("V1-5E")].sum()
        for state, network in networks.items()
    }
    by_rates = charge @ np.array([rates["V2"][label.partition("-")[2]] for label in V2])
    assert float(mean["rates"] - mean["both"]) == pytest.approx(by_rates, rel=1e-9)
    counts = read_series(run / "series.nc").sel(target=V2)
    total = (counts["counts"].sum("time") / counts["neurons"]).values  # spikes of a neuron
    sent = float(networks["series"]["current"].sel(population="V1-5E").values.sum())
    assert sent == pytest.approx(0.5 * charge @ total, rel=0.05)  # pA ms: all but what is on its way at the end
    longer = write(tmp_path, SMALL | {"t_sim": 530})
    again = snakemake("--dry-run", "--configfile", longer, "--", *wanted)
    assert {"simulate_network", "count_series", "tabulate_rates"} <= set(again.jobs), again.output
    assert again.jobs["build_network"] == 2
