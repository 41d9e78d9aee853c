"""V1 with a series in place of the other areas and with stimuli, on our simulator and on NEST: the same rates at every stage."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from model.configuration import resolve_parameters
from model.network.build import build_network
from procortex.backends.base import Options
from procortex.formats.network import write_network
from procortex.formats.spikes import read_spikes
from procortex.run import run
from tests.helpers.series import write_periodic

pytestmark = pytest.mark.nest
pytest.importorskip("nest", reason="PyNEST is not installed")

SEEDS = (1, 2, 3, 4)
T_SIM = 300.0
STAGES = {"series alone": (50, 100), "current": (105, 150), "Poisson spikes": (155, 200), "after": (210, 300)}
"""ms; the series goes on in all of them."""


@pytest.fixture(scope="module")
def counts(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str, bool], np.ndarray]:
    """Spikes of the excitatory or inhibitory neurons of V1 in each stage, by backend, one for each seed."""
    folder = tmp_path_factory.mktemp("drive")
    write_periodic(folder / "series.nc", int(T_SIM))
    parameters = resolve_parameters(
        {
            "areas_simulated": ["V1"],
            "N_scaling": 0.005,
            "K_scaling": 0.05,
            "fullscale_rates": "theory",
            "cc_weights_factor": 1.0,
            "cc_weights_I_factor": 1.0,
            "replace_non_simulated_areas": "current_nonstat",
            "replace_cc_input_source": str(folder / "series.nc"),
            "dc_stimuli": [{"populations": ["4E", "V1-6E"], "amplitude": 150, "start": 100, "stop": 150}],
            "poisson_stimuli": [{"populations": ["4E", "4I", "6E", "6I"], "rate": 60, "indegree": 100, "start": 150, "stop": 200}],
        }
    )
    write_network(build_network(parameters), folder / "network.nc")
    found: dict[tuple[str, str, bool], list[int]] = {}
    for backend in ("cpu", "nest"):
        for seed in SEEDS:
            place: Path = folder / f"{backend}-{seed}"
            run(folder / "network.nc", backend, T_SIM, place, Options(seed=seed, threads=1))
            spikes = read_spikes(place, "V1")
            excitatory = spikes["population"].astype(str).str.endswith("E").to_numpy()
            time = spikes["step"].to_numpy() * 0.1
            for stage, (start, stop) in STAGES.items():
                inside = (time >= start) & (time < stop)
                for kind in (True, False):
                    found.setdefault((backend, stage, kind), []).append(int((inside & (excitatory == kind)).sum()))
    return {key: np.array(values) for key, values in found.items()}


def test_both_simulators_fire_alike_at_every_stage(counts) -> None:
    """Means over seeds, each with another network: Student's t with pooled variance, family-wise level 1e-3."""
    critical = stats.t.isf(1e-3 / (2 * len(STAGES)) / 2, 2 * len(SEEDS) - 2)
    for stage in STAGES:
        for kind in (True, False):
            ours, nest = counts["cpu", stage, kind], counts["nest", stage, kind]
            spread = np.sqrt((ours.var(ddof=1) + nest.var(ddof=1)) / len(SEEDS))
            assert nest.mean() > 3, (stage, kind)
            assert abs(ours.mean() - nest.mean()) < critical * spread, (stage, kind, ours, nest)


def test_stimuli_raise_the_rate_while_they_last(counts) -> None:
    rate = {stage: counts["cpu", stage, True].mean() / (stop - start) for stage, (start, stop) in STAGES.items()}
    assert rate["current"] > 1.3 * rate["series alone"]
    assert rate["Poisson spikes"] > 1.3 * rate["after"]
