"""NEST as a witness: our neuron is its iaf_psc_exp, and its backend runs the same file."""

import numpy as np
import pytest

from procortex.backends.base import Options
from procortex.formats.network import read_network, write_network
from procortex.formats.series import COUNTED_NAME, read_series
from procortex.formats.spike_meta import read_meta
from procortex.formats.spikes import read_spikes
from procortex.run import Outputs, run
from procortex.tables import propagators
from tests.networks import UNIT, small_network

pytestmark = pytest.mark.nest
nest = pytest.importorskip("nest", reason="PyNEST is not installed")


def nest_trace(inputs, drive, v0):
    """Membrane potential, synaptic current and spike steps of NEST's neuron, with a generator for each input weight."""
    nest.ResetKernel()
    nest.set_verbosity("M_ERROR")
    nest.set(resolution=0.1)
    parameters = {
        "E_L": -65.0,
        "V_th": -50.0,
        "V_reset": -65.0,
        "C_m": 250.0,
        "tau_m": 10.0,
        "tau_syn_ex": 0.5,
        "tau_syn_in": 0.5,
        "t_ref": 2.0,
    }
    neuron = nest.Create("iaf_psc_exp", params={**parameters, "I_e": drive, "V_m": v0})
    steps = np.flatnonzero(inputs) + 1  # input k arrives at grid point k + 1
    sent = nest.Create("spike_generator", params={"spike_times": steps * 0.1, "spike_weights": inputs[steps - 1] * UNIT})
    nest.Connect(sent, neuron, syn_spec={"delay": 0.1, "weight": 1.0})
    recorder = nest.Create("spike_recorder")
    nest.Connect(neuron, recorder)
    meter = nest.Create("multimeter", params={"interval": 0.1, "record_from": ["V_m", "I_syn_ex", "I_syn_in"]})
    nest.Connect(meter, neuron)
    nest.Simulate(len(inputs) * 0.1 + 0.3)
    events = meter.get("events")
    spikes = np.rint(recorder.get("events")["times"] / 0.1).astype(int)
    return events["V_m"] + 65.0, events["I_syn_ex"] + events["I_syn_in"], spikes


@pytest.mark.parametrize("v0", [-150.0, -65.0, -49.0])
def test_trajectory_equals_nest(kernels, v0):
    """float64, the same quantised weights: potentials and currents to 1e-12 of their scale, spikes at the same steps."""
    random = np.random.default_rng(5)
    n = 20_000
    inputs = (random.poisson(1.3, n) * round(87.8 / UNIT) - random.poisson(0.02, n) * round(966 / UNIT)).astype(np.int32)
    step = propagators(0.1, 10.0, 0.5, 250.0)
    constants = np.array([step.P11, step.P21, step.P22, 15.0, 0.0, UNIT])
    # NEST's generator reaches the neuron one step later than the input of the same number: shift ours
    shifted = np.concatenate([[0], inputs[:-1]]).astype(np.int32)
    v, i, spiked = kernels.trace(constants, 20, step.P20 * 40.0, v0 + 65.0, shifted)
    nest_v, nest_i, nest_spikes = nest_trace(inputs[:-1], 40.0, v0)
    count = min(len(v), len(nest_v))
    assert np.abs(v[:count] - nest_v[:count]).max() < 1e-12 * max(15.0, abs(v0 + 65.0))
    assert np.abs(i[:count] - nest_i[:count]).max() < 1e-12 * np.abs(nest_i).max()
    ours = np.flatnonzero(spiked) + 1
    assert len(ours) > 20
    assert ours[ours <= count].tolist() == nest_spikes[nest_spikes <= count].tolist()


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The same small network on both backends, three seeds each."""
    folder = tmp_path_factory.mktemp("both")
    network = folder / "network.nc"
    write_network(small_network({"V1-23E": 800, "V1-23I": 200, "V2-4E": 500, "V2-4I": 125}, indegree=60, rate=9500), network)
    metas = {}
    for backend in ("cpu", "nest"):
        for seed in (1, 2, 3):
            metas[backend, seed] = run(network, backend, 1000.0, folder / f"{backend}-{seed}", Options(seed=seed, threads=2))
    return folder, metas


def test_rates_of_both_backends_agree(both):
    """Mean rate of each population: difference of the means over seeds against their spread, at a family-wise level of 1e-3."""
    _, metas = both
    for label, size in metas["cpu", 1].populations.items():
        rates = {backend: np.array([metas[backend, seed].spikes[label] / size for seed in (1, 2, 3)]) for backend in ("cpu", "nest")}
        # t distribution with 4 degrees of freedom, two-sided, 1e-3 / 4 tests
        spread = np.sqrt((rates["cpu"].var(ddof=1) + rates["nest"].var(ddof=1)) / 3)
        assert abs(rates["cpu"].mean() - rates["nest"].mean()) < 13.03 * spread, label
        assert rates["nest"].mean() > 1


def test_nest_writes_the_same_files(both):
    folder, metas = both
    meta = read_meta(folder / "nest-1")
    assert meta == metas["nest", 1]
    assert meta.backend == "nest"
    assert set(meta.wall_time_s) == {"set_up", "simulate", "record"}
    spikes = read_spikes(folder / "nest-1", "V1")
    keys = list(zip(spikes["step"], spikes["population"].cat.codes, spikes["neuron"], strict=True))
    assert keys == sorted(keys)
    assert spikes["step"].between(1, 10_000).all()
    assert len(spikes) == meta.spikes["V1-23E"] + meta.spikes["V1-23I"]


def test_nest_seeds_differ_and_repeat(two_areas, tmp_path):
    counts = [
        run(two_areas, "nest", 50.0, tmp_path / name, Options(seed=seed, threads=1)).spikes for name, seed in (("a", 1), ("b", 1), ("c", 2))
    ]
    assert counts[0] == counts[1] != counts[2]


def test_nest_makes_the_synapses_of_the_file(two_areas):
    from procortex.backends.nest import NestSimulation

    network = read_network(two_areas)
    simulation = NestSimulation(network, Options(seed=1, threads=1))
    n_drive = 2 * int(network["neurons"].sum())
    n_record = int(network["neurons"].sum())
    assert nest.num_connections == int(network["synapses"].sum()) + n_drive + n_record
    simulation.close()


def test_currents_over_time_act_in_the_same_steps(tmp_path):
    """Without noise the spikes are the same ones."""
    network = small_network({"V1-23E": 4}, indegree=0, rate=0)
    network["v0_quantiles"][:] = -65.0
    network["dc"][:] = 0.0
    network = network.drop_dims("segment").assign(
        current_start=("segment", np.array([0, 41, 200, 390])), current=(("population", "segment"), np.array([[0.0, 300.0, -50.0, 390.0]]))
    )
    write_network(network, tmp_path / "network.nc")
    spikes = {}
    for backend in ("cpu", "nest"):
        run(tmp_path / "network.nc", backend, 400.0, tmp_path / backend, Options(seed=1, threads=1, precision="float64"))
        spikes[backend] = read_spikes(tmp_path / backend, "V1")["step"].tolist()
    assert len(spikes["cpu"]) > 8
    assert spikes["cpu"] == spikes["nest"]


def test_poisson_streams_begin_and_stop_in_the_same_steps(tmp_path):
    """Synapses so strong that a neuron spikes in the step after it gets input, and not before more comes."""
    network = small_network({"V1-23E": 2000}, indegree=0, rate=1000)
    network["v0_quantiles"][:] = -65.0
    network["dc"][:] = 0.0
    network.attrs["weight_unit_pA"] = 1.0
    network["stream_weight"][:] = [60_000.0, 0.0]
    network["stream_start"][0], network["stream_stop"][0] = 301, 311
    write_network(network, tmp_path / "network.nc")
    bounds, counts = {}, {}
    for backend in ("cpu", "nest"):
        run(tmp_path / "network.nc", backend, 60.0, tmp_path / backend, Options(seed=1, threads=1))
        first = read_spikes(tmp_path / backend, "V1").groupby("neuron")["step"].min()
        bounds[backend], counts[backend] = (first.min(), first.max()), len(first)
    assert bounds["cpu"] == bounds["nest"] == (302, 311)
    assert counts["cpu"] == pytest.approx(counts["nest"], abs=5 * np.sqrt(counts["nest"]))


def test_nest_counts_all_neurons_whoevers_spikes_are_kept(two_areas, tmp_path):
    for name, first in (("all", None), ("some", 3), ("none", 0)):
        run(two_areas, "nest", 100.0, tmp_path / name, Options(seed=1, threads=1, record_first=first), Outputs(counts=True))
    series = {name: read_series(tmp_path / name / COUNTED_NAME) for name in ("all", "some", "none")}
    assert series["all"]["counts"].sum() > 0
    assert series["all"].equals(series["some"])
    assert series["all"].equals(series["none"])
    assert sum(read_meta(tmp_path / "none").spikes.values()) == 0


def test_populations_may_differ_in_their_neurons(tmp_path):
    """Without noise each population spikes as on the cpu backend, where all neurons have its parameters and initial potential."""

    def alike(row):
        return network.assign({name: ("population", np.repeat(network[name].values[row], 2)) for name in (*changes, "v0_table")})

    network = small_network({"V1-23E": 2, "V2-4E": 3}, indegree=0, rate=0)
    changes = {"tau_m": 20.0, "C_m": 300.0, "V_th": -48.0, "V_reset": -60.0, "E_L": -64.0, "t_ref": 3.0}
    for name, value in changes.items():
        network[name][1] = value
    network["dc"][:] = 600.0
    potentials = np.repeat([[-65.0], [-55.0]], network.sizes["v0_level"], axis=1)
    network = network.drop_dims("potentials").assign(v0_quantiles=(("potentials", "v0_level"), potentials))
    network["v0_table"][1] = 1
    write_network(network, tmp_path / "both.nc")
    run(tmp_path / "both.nc", "nest", 200.0, tmp_path / "nest", Options(seed=1, threads=1))
    for row, area in enumerate(("V1", "V2")):
        write_network(alike(row), tmp_path / f"{area}.nc")
        run(tmp_path / f"{area}.nc", "cpu", 200.0, tmp_path / area, Options(seed=1, threads=1, precision="float64"))
        theirs, ours = (read_spikes(folder, area)["step"].tolist() for folder in (tmp_path / "nest", tmp_path / area))
        assert theirs == ours
        assert len(ours) > 10
