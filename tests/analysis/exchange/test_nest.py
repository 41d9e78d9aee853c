"""What NEST itself writes can be imported."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from analysis.exchange.importing import Request, import_spikes
from procortex.formats.spike_meta import read_meta
from procortex.formats.spikes import read_spikes
from tests.analysis.exchange.recordings import write_gids

pytestmark = pytest.mark.nest
nest = pytest.importorskip("nest", reason="PyNEST is not installed")

SIZES = {"V1-23E": 30, "V1-23I": 10}


@pytest.mark.parametrize("in_steps", [False, True])
def test_recordings_of_nest_are_its_events(tmp_path: Path, in_steps: bool) -> None:
    run = tmp_path / "run"
    starts = write_gids(run, SIZES)
    nest.ResetKernel()
    nest.set_verbosity("M_ERROR")
    nest.set(resolution=0.1, local_num_threads=2, rng_seed=5, data_path=str(run), data_prefix="mam_", print_time=False)
    neurons = {label: nest.Create("iaf_psc_exp", size, {"I_e": 500.0}) for label, size in SIZES.items()}
    assert {label: population[0].global_id for label, population in neurons.items()} == starts
    noise = nest.Create("poisson_generator", params={"rate": 8000.0})
    memory, meter = nest.Create("spike_recorder"), nest.Create("voltmeter", params={"record_to": "ascii", "label": "vm"})
    for label, population in neurons.items():
        file = nest.Create("spike_recorder", params={"record_to": "ascii", "label": label, "time_in_steps": in_steps})
        nest.Connect(noise, population, syn_spec={"weight": 80.0, "delay": 0.1})
        nest.Connect(population, file)
        nest.Connect(population, memory)
        nest.Connect(meter, population)
    nest.Simulate(200.0)
    events = memory.get("events")
    nest.ResetKernel()  # closes the files
    assert len(list(run.glob("*.dat"))) == 6  # two recorders and a voltmeter, on two threads

    import_spikes(run, tmp_path / "out", Request(200.0))
    found = read_spikes(tmp_path / "out", "V1")
    index = found["neuron"].to_numpy(np.int64) + np.where(found["population"] == "23I", SIZES["V1-23E"], 0)
    order = np.lexsort((events["senders"], np.rint(events["times"] / 0.1)))
    assert len(order) > 100
    np.testing.assert_array_equal(found["step"], np.rint(events["times"][order] / 0.1))
    np.testing.assert_array_equal(index, events["senders"][order] - 1)
    assert read_meta(tmp_path / "out").versions["nest"].startswith("3")
