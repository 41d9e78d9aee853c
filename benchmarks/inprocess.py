"""One simulation in this process, without its warm-up and without the cost of recording; kernels timed in between."""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.simulate import Case, base_row
from procortex.backends.base import Engine, Options
from procortex.backends.choose import resolve, set_up
from procortex.formats.network import labels_of, read_network
from procortex.threads import number_of_threads
from procortex.usage import NOTHING, Usage
from procortex.utilities.errors import InputError
from procortex.utilities.progress import Progress
from procortex.utilities.repository import repository_version

NOT_PHASES = frozenset({"compile", "set_up", "simulate", "record"})
BUSY = {"processors": "processor_s", "processors_of_others": "others_s"}
PROFILED_EVERY = 5
"""One chunk in so many is for timing kernels, if any is."""


@dataclass
class Stretch:
    """What a stretch of a simulation took and did; seconds and steps are those of the chunks that were not profiled."""

    spikes: NDArray[np.int64]
    seconds: float = 0.0
    steps: int = 0
    kernel_ms: dict[str, float] = field(default_factory=dict)
    profiled_steps: int = 0


def measure_here(case: Case) -> dict[str, Any]:
    """Simulate a case in this process and give its row of results, without the machine.

    Raises
    ------
    procortex.utilities.errors.InputError
        If the backend cannot do without recording, or nothing is left after the warm-up.
    """
    backend = resolve(case.backend)
    if backend == "nest":
        raise InputError("--record-none: NEST always records here; use --backend cpu or cuda")
    begin = time.perf_counter()
    network = read_network(case.network)
    dt = float(network.attrs["dt"])
    n_steps, n_warm_up = round(case.t_sim / dt), round(case.warm_up / dt)
    if not 0 <= n_warm_up < n_steps:
        raise InputError(f"a warm-up of {case.warm_up:g} ms leaves nothing of t_sim = {case.t_sim:g} ms")
    case = replace(case, backend=backend, threads=number_of_threads(case.threads or 0, network, backend))
    memory_bytes = None if case.memory_gb is None else round(case.memory_gb * 1e9)
    simulation = set_up(backend, network, Options(case.seed, case.threads or 1, memory_bytes=memory_bytes))
    first_step_s = time.perf_counter() - begin
    try:
        sizes = network["neurons"].values.astype(np.int64)
        with Progress(f"{case.name} ({backend}, seed {case.seed})", case.t_sim, "ms") as progress:
            warm_up = _advance(simulation, n_warm_up, dt, sizes, False, progress)
            before = _counters(simulation)
            usage, start = Usage(), time.perf_counter()
            counted = _advance(simulation, n_steps - n_warm_up, dt, sizes, case.phases, progress)
        elapsed, used = time.perf_counter() - start, usage.totals(NOTHING)
        after = _counters(simulation)
        times = simulation.wall_times()
        device_memory_bytes = getattr(simulation, "device_memory_bytes", 0)
    finally:
        simulation.close()
    done = {name: value - before[name] for name, value in after.items()}
    seconds_per_step = counted.seconds / counted.steps
    whole_s = warm_up.seconds + seconds_per_step * (n_steps - n_warm_up)
    spikes = dict(zip(labels_of(network), (int(count) for count in counted.spikes), strict=True))
    events = int(done["events"]) if "events" in done else None
    return base_row(case, network, spikes, events) | {
        "device": simulation.device,
        "recorded": 0,
        "compile_s": round(times.get("compile", 0.0), 3),
        "set_up_s": round(times["set_up"], 3),
        "file_to_first_step_s": round(first_step_s, 3),  # compilation included: the first run on a machine is slower
        "wall_time_s": {phase: round(seconds, 3) for phase, seconds in times.items()},
        "real_time_factor": round(seconds_per_step * 1e3 / dt, 4),
        "real_time_factor_with_warm_up": round(whole_s * 1e3 / case.t_sim, 4),
        **{name: None if used[key] is None else round(used[key] / elapsed, 2) for name, key in BUSY.items()},
        "phases_us_per_step": _phases(counted, done, n_steps - n_warm_up),
        "spilled_share": round(done["spilled_events"] / max(done["events"], 1), 6) if "spilled_events" in done else None,
        "spilled_rows": int(done["spilled_rows"]) if "spilled_rows" in done else None,
        "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "device_memory_bytes": int(device_memory_bytes),
        "versions": {"procortex": repository_version(), **simulation.versions},
    }


def _advance(simulation: Engine, n_steps: int, dt: float, sizes: NDArray[np.int64], profile: bool, progress: Progress) -> Stretch:
    stretch = Stretch(np.zeros(len(sizes), np.int64))
    ends = np.cumsum(sizes)
    device = getattr(simulation, "_device", None) if profile else None
    chunk_steps = max(1, round(simulation.chunk_ms / dt))
    for number, first in enumerate(range(0, n_steps, chunk_steps)):
        steps = min(chunk_steps, n_steps - first)
        profiled = device is not None and number % PROFILED_EVERY == PROFILED_EVERY // 2
        if device is not None:
            device.profile = profiled
        begin = time.perf_counter()
        _, neurons = simulation.advance(steps)
        seconds = time.perf_counter() - begin
        if device is not None and profiled:
            device.synchronize()
            for kernel, ms in device.kernel_ms.items():
                stretch.kernel_ms[kernel] = stretch.kernel_ms.get(kernel, 0.0) + sum(ms)
            device.kernel_ms.clear()
            device.profile = False
            stretch.profiled_steps += steps
        else:
            stretch.seconds += seconds
            stretch.steps += steps
        stretch.spikes += np.bincount(np.searchsorted(ends, neurons, side="right"), minlength=len(sizes))
        progress.update(steps * dt, f"{len(neurons) / (steps * dt) * 1e3:.3g} spikes/s")
    return stretch


def _counters(simulation: Engine) -> dict[str, float]:
    """Read what a simulation counts from its begin: events, and those that went through the spill ring; seconds of a cpu's phases."""
    events = simulation.events()
    counters: dict[str, float] = {} if events is None else {"events": events}
    statistics = getattr(simulation, "statistics", None)
    if statistics is not None:
        counters |= statistics()
    return counters | {f"{name}_s": seconds for name, seconds in simulation.wall_times().items() if name not in NOT_PHASES}


def _phases(stretch: Stretch, done: dict[str, float], n_steps: int) -> dict[str, float]:
    """Mean microseconds of each phase in a step; a phase is named by the first word of its kernels."""
    phases: dict[str, float] = {}
    for kernel, ms in stretch.kernel_ms.items():
        phase = kernel.split("_")[0]
        phases[phase] = phases.get(phase, 0.0) + ms * 1e3 / stretch.profiled_steps
    phases |= {name.removesuffix("_s"): value * 1e6 / n_steps for name, value in done.items() if name.endswith("_s")}
    return {name: round(value, 2) for name, value in phases.items()}
