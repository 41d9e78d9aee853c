"""The nest backend: the same network file through NEST itself, as the statistical reference."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from procortex.backends.base import Options, Watch
from procortex.formats.network import ALWAYS, NEVER_ENDS
from procortex.memory import check_memory, nest_memory
from procortex.threads import check_startable
from procortex.utilities.errors import InputError
from procortex.utilities.matplotlib_defaults import load_matplotlib
from procortex.utilities.progress import Progress

SPIKE_LAG, CURRENT_LAG = 2, 1
"""Steps until a generator's spikes and currents, sent with the shortest delay, act on a neuron."""

METERED = ("V_m", "I_syn_ex", "I_syn_in")

WAIT_POLICY = "OMP_WAIT_POLICY"
OPENMP = ("libgomp", "libomp", "libiomp5")

NEURON_PARAMETERS = ("E_L", "V_th", "V_reset", "C_m", "tau_m", "tau_syn_ex", "tau_syn_in", "t_ref")


@contextlib.contextmanager
def _stdout_to_stderr() -> Iterator[None]:
    """NEST talks on standard output, from C++ too; results belong there, talk does not."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


def _import_nest() -> Any:
    _wait_passively()
    load_matplotlib()  # NEST loads it, and would fail with a backend of the user's that is not installed here
    with _stdout_to_stderr():
        try:
            import nest
        except ImportError as error:
            raise InputError(f"--backend nest needs PyNEST ({error}): install nest-simulator 3.10, or use --backend cpu") from None
        nest.set_verbosity("M_ERROR")
    return nest


@contextlib.contextmanager
def _refusals(nest: Any, network: xr.Dataset) -> Iterator[None]:
    """Say in one line what NEST does not take of a network."""
    try:
        yield
    except (nest.NESTError, nest.NESTErrors.KernelException) as error:
        raise InputError(f"{network.encoding.get('source', 'network')}: NEST refuses it ({' '.join(str(error).split())})") from None


def _wait_passively() -> None:
    """Have NEST's threads sleep where they wait for each other, unless the user chose otherwise.

    Spinning, as OpenMP's libraries do by default, keeps the processor from the thread that is waited for: beside another program NEST is
    slower by a factor of 4 to 8. An OpenMP library reads the variable when it is loaded, usually with NEST itself.
    """
    if WAIT_POLICY in os.environ:
        return
    os.environ[WAIT_POLICY] = "passive"
    if "nest" not in sys.modules and _openmp_is_loaded():
        print(
            f"another package has loaded OpenMP before NEST: set {WAIT_POLICY}=passive, or NEST is slow beside other programs",
            file=sys.stderr,
        )


def _openmp_is_loaded() -> bool:
    try:
        loaded = Path("/proc/self/maps").read_text()
    except OSError:
        return False
    return any(f"/{name}" in loaded for name in OPENMP)


def lognormal_projections(network: xr.Dataset) -> NDArray[np.bool_]:
    """Projections with lognormal weights, shape (n_projections,)."""
    if "weight_lognormal" not in network:
        return np.zeros(network.sizes["projection"], dtype=bool)
    marked: NDArray[np.bool_] = (network["weight_lognormal"].to_numpy() > 0)[network["weight_table"].to_numpy()]
    return marked


class NestSimulation:
    """A network in NEST: neurons, every synapse, Poisson generators and spike recorders.

    Weights and delays are drawn from the file's means and standard deviations by NEST's own generators, so the spikes equal those of
    the procedural backends in law, not one by one.

    Parameters
    ----------
    network
        As `procortex.formats.network.read_network` gives it.
    options
        Seed, threads, recording.

    Raises
    ------
    InputError
        If NEST is not installed, or threads cannot be started.
    """

    chunk_ms = 100.0  # every call to Simulate prepares all nodes anew
    device_memory_bytes = 0

    def __init__(self, network: xr.Dataset, options: Options) -> None:
        start = time.perf_counter()
        check_memory(nest_memory(network), network.encoding.get("source", "network"))
        check_startable(options.threads)  # OpenMP ends the process where it cannot start a thread
        self._nest = nest = _import_nest()
        with _stdout_to_stderr(), _refusals(nest, network):
            nest.ResetKernel()
            nest.set(resolution=float(network.attrs["dt"]), rng_seed=options.seed, local_num_threads=options.threads, print_time=False)
            self._dt = float(network.attrs["dt"])
            self._populations = self._create_neurons(network)
            self._create_drive(network)
            self._recorder = self._create_recorder(options)
            self._watch = options.watch
            if options.watch:
                self._create_meter(options.watch)
            self._create_synapses(network)
            self.device = f"NEST, {options.threads} threads"
            self.versions: Mapping[str, str] = {"nest": str(nest.__version__)}
            self._set_up_s = time.perf_counter() - start
            self._simulate_s = 0.0

    def advance(self, n_steps: int) -> tuple[NDArray[np.int32], NDArray[np.uint32]]:
        """Simulate the next steps; give time steps and network-wide neuron indices of the spikes, sorted by both."""
        start = time.perf_counter()
        with _stdout_to_stderr():
            self._nest.Simulate(n_steps * self._dt)
        events = self._recorder.get("events")
        steps = np.rint(events["times"] / self._dt).astype(np.int32)
        neurons = (events["senders"] - self._first_id).astype(np.uint32)
        self._recorder.set(n_events=0)
        if self._watch:
            self._read_meter(self._watch)
        order = np.lexsort((neurons, steps))
        self._simulate_s += time.perf_counter() - start
        return steps[order], neurons[order]

    def watched(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give what was noted in the last call of `advance`: potentials (mV) and synaptic currents (pA), each (notes, watched neurons)."""
        return self._notes

    def wall_times(self) -> dict[str, float]:
        """Wall-clock seconds by phase."""
        return {"set_up": self._set_up_s, "simulate": self._simulate_s}

    def events(self) -> None:
        """NEST does not count them."""
        return

    def energy_J(self) -> None:
        """Nobody counts a process's share of the processor's energy."""
        return

    def close(self) -> None:
        """End the simulation and free NEST's memory."""
        with _stdout_to_stderr():
            self._nest.ResetKernel()

    def _create_neurons(self, network: xr.Dataset) -> list[Any]:
        nest = self._nest
        parameters = {name: network[name].to_numpy().astype(np.float64) for name in NEURON_PARAMETERS}
        # the distribution of the initial potential is the file's, not the configuration's: draw from its quantiles
        v0, table = network["v0_quantiles"].to_numpy(), network["v0_table"].to_numpy()
        random = np.random.default_rng([int(nest.rng_seed), 0x7630])
        populations = []
        for row, (size, dc) in enumerate(zip(network["neurons"].to_numpy(), network["dc"].to_numpy(), strict=True)):
            own = {name: float(values[row]) for name, values in parameters.items()}
            population = nest.Create(str(network["model"].to_numpy()[row]), int(size), {**own, "I_e": float(dc)})
            population.V_m = v0[table[row], random.integers(v0.shape[1], size=int(size))]
            populations.append(population)
        self._first_id = min(population[0].global_id for population in populations)
        return populations

    def _create_drive(self, network: xr.Dataset) -> None:
        streams = {name: network[f"stream_{name}"].to_numpy() for name in ("target", "rate", "weight", "start", "stop")}
        segments, currents = network["current_start"].to_numpy(), network["current"].to_numpy()
        for row, population in enumerate(self._populations):
            for stream in np.flatnonzero(streams["target"] == row):
                self._create_stream(population, **{name: values[stream] for name, values in streams.items() if name != "target"})
            if currents[row].any():
                self._create_current(population, segments, currents[row])

    def _create_stream(self, population: Any, rate: float, weight: float, start: int, stop: int) -> None:
        if rate == 0 or weight == 0:
            return
        window: dict[str, float] = {}
        if start > ALWAYS:
            window["start"] = self._time_before(start, SPIKE_LAG)
        if stop < NEVER_ENDS:
            window["stop"] = self._time_before(stop, SPIKE_LAG)
        generator = self._nest.Create("poisson_generator", params={"rate": float(rate), **window})
        self._nest.Connect(generator, population, syn_spec={"weight": float(weight), "delay": self._dt})

    def _create_current(self, population: Any, segments: NDArray[np.int64], amplitudes: NDArray[np.float64]) -> None:
        """Add a current over time; NEST's generators act from the third step on."""
        times = np.array([self._time_before(segment, CURRENT_LAG) for segment in segments])
        last = np.append(times[1:] > times[:-1], True)  # of segments that begin at the same time the last one counts
        generator = self._nest.Create("step_current_generator")
        generator.set(amplitude_times=times[last].tolist(), amplitude_values=amplitudes[last].tolist())
        self._nest.Connect(generator, population, syn_spec={"weight": 1.0, "delay": self._dt})

    def _time_before(self, step: int, lag: int) -> float:
        """Time (ms) at which a generator has to change so that its target feels it in a step."""
        return float(max(int(step) - 1 - lag, 1) * self._dt)

    def _create_recorder(self, options: Options) -> Any:
        recorder = self._nest.Create("spike_recorder")
        for population in self._populations:
            recorded = len(population) if options.record_first is None else min(len(population), options.record_first)
            if recorded:
                self._nest.Connect(population[:recorded], recorder)
        return recorder

    def _create_meter(self, watch: Watch) -> None:
        watched = self._nest.NodeCollection(sorted(self._first_id + neuron for neuron in watch.neurons))
        self._meter = self._nest.Create("multimeter", params={"interval": watch.every * self._dt, "record_from": list(METERED)})
        self._nest.Connect(self._meter, watched)

    def _read_meter(self, watch: Watch) -> None:
        """Sort what the meter has noted; NEST holds back the last step until the next call."""
        events = self._meter.get("events")
        order = np.lexsort((events["senders"], np.rint(events["times"] / self._dt)))
        V_m, excitatory, inhibitory = (events[name][order].reshape(-1, len(watch.neurons)) for name in METERED)
        back = np.argsort(np.argsort(watch.neurons))  # the meter's neurons ascend
        self._notes = V_m[:, back], (excitatory + inhibitory)[:, back]
        self._meter.set(n_events=0)

    def _create_synapses(self, network: xr.Dataset) -> None:
        nest = self._nest
        synapses, lognormal = network["synapses"].to_numpy(), lognormal_projections(network)
        mean, sd = network["weight_mean"].to_numpy(), network["weight_sd"].to_numpy()
        delay_mean, delay_sd = network["delay_mean"].to_numpy(), network["delay_sd"].to_numpy()
        sources, targets, rules = (network[name].to_numpy() for name in ("source", "target", "rule"))
        with Progress("connect (nest)", float(synapses.sum()), "synapses") as progress:
            # NEST numbers a thread's connections of one synapse model with 27 bits: every target population has a model of its own
            models = [f"static_synapse_{target}" for target in range(len(self._populations))]
            for model in models:
                nest.CopyModel("static_synapse", model)
            for row in np.lexsort((sources, targets)):
                if synapses[row] == 0:
                    continue
                nest.Connect(
                    self._populations[sources[row]],
                    self._populations[targets[row]],
                    {"rule": str(rules[row]), "N": int(synapses[row]), "allow_autapses": True, "allow_multapses": True},
                    {
                        "synapse_model": models[targets[row]],
                        "weight": self._weight(mean[row], sd[row], bool(lognormal[row])),
                        "delay": self._redrawn_normal(delay_mean[row], delay_sd[row], self._dt, np.inf),
                    },
                )
                progress.update(float(synapses[row]))

    def _weight(self, mean: float, sd: float, lognormal: bool) -> Any:
        """NEST's distribution of a weight (pA): lognormal in magnitude, or normal and redrawn where it has the wrong sign."""
        if not lognormal or sd == 0 or mean == 0:
            return self._redrawn_normal(mean, sd, *((0.0, np.inf) if mean >= 0 else (-np.inf, 0.0)))
        variance = np.log1p((sd / mean) ** 2)  # of the logarithm, whose moments NEST takes
        drawn = self._nest.random.lognormal(float(np.log(abs(mean)) - variance / 2), float(np.sqrt(variance)))
        return drawn if mean > 0 else -1.0 * drawn

    def _redrawn_normal(self, mean: float, sd: float, low: float, high: float) -> Any:
        """NEST's normal distribution, redrawn until within bounds; the mean itself where nothing spreads."""
        if sd == 0:
            return float(np.clip(mean, low, high))
        return self._nest.math.redraw(self._nest.random.normal(float(mean), float(sd)), min=low, max=high)
