"""Measured ceilings of a GPU: what the simulator's inner loops could do at most, and how much of that a simulation reaches."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from procortex.backends.cache import COMPILE_S, failure, run_compiler
from procortex.backends.compile import KERNELS
from procortex.backends.cuda.compile import nvcc_command
from procortex.backends.cuda.device import Device, Memory
from procortex.utilities.errors import InputError

SOURCE = Path(__file__).resolve().parent / "ceilings.cu"
REPEATS = 5
SMALL_BYTES = 16_500_000
"""One 32-bit sum for each neuron of the full model: fits the L2 cache."""
LARGE_BYTES = 8_000_000_000
ACCUMULATORS = 31_000
"""Sums in the shared memory of one block."""
BYTES_PER_NEURON = 20
"""Read and written in one step: potential, current (float32 each) and refractory counter."""
BYTES_PER_EVENT = 4


def compile_ceilings(architecture: int, out: Path) -> None:
    """Compile the kernels for one architecture (compute capability times ten).

    Raises
    ------
    InputError
        If there is no nvcc or compilation fails.
    """
    command = [nvcc_command(), "-cubin", "-O3", "-std=c++17", f"-arch=sm_{architecture}", "-I", str(KERNELS), str(SOURCE), "-o", str(out)]
    run = run_compiler(command, COMPILE_S)
    if run.returncode != 0:
        raise InputError(f"nvcc cannot compile {SOURCE.name} for sm_{architecture}: {failure(run)}")


def measure_ceilings() -> dict[str, Any]:
    """Measure this machine's GPU.

    Returns
    -------
    dict
        Device, and ceilings: copied bytes (read and written), adds to random places and whole synapses per second; bytes of the large
        memory and accumulators in the shared one, which are smaller on small GPUs.
    """
    device = Device()
    try:
        with tempfile.TemporaryDirectory() as folder:
            compile_ceilings(device.architecture, Path(folder) / "ceilings.cubin")
            device.load(Path(folder) / "ceilings.cubin")
        device.profile = True
        multiprocessors, blocks = device.shape.multiprocessors, 4 * device.shape.multiprocessors
        large = device.allocate(min(LARGE_BYTES, device.free_bytes() // 2) // 64 * 64)
        device.fill(large, 0)
        half = large.size // 2
        accumulators = min(ACCUMULATORS, device.shape.shared_bytes // 4)
        levels = np.arange(4096)
        tables = device.upload((levels % 40 + 1).astype(np.uint16)), device.upload((levels - 2048).astype(np.int16))
        out = device.allocate(4 * 1024 * blocks)

        copy_s = _seconds(device, "copy_memory", 2 * blocks, 512, 0, half // 16, large, Memory(large.address + half, half))
        small_s = _seconds(device, "add_global", blocks, 512, 0, 4096, min(SMALL_BYTES, large.size) // 4, large)
        large_s = _seconds(device, "add_global", blocks, 512, 0, 1024, large.size // 4, large)
        shared_s = _seconds(device, "add_shared", multiprocessors, 1024, 4 * accumulators, 1 << 16, accumulators, out)
        generate_s = _seconds(device, "generate_synapses", blocks, 512, 0, 1 << 13, 1, 30_000, *tables, out)
        return {
            "device": device.name,
            "ceilings": {
                "copy_bytes_per_s": 2 * (half // 16 * 16) / copy_s,
                "small_adds_per_s": blocks * 512 * 4096 / small_s,
                "large_adds_per_s": blocks * 512 * 1024 / large_s,
                "shared_adds_per_s": multiprocessors * 1024 * (1 << 16) / shared_s,
                "synapses_per_s": blocks * 512 * (1 << 13) * 2 / generate_s,
            },
            "small_bytes": SMALL_BYTES,
            "large_bytes": large.size,
            "accumulators": accumulators,
            "versions": dict(device.versions),
        }
    finally:
        device.close()


def _seconds(device: Device, kernel: str, grid: int, threads: int, shared: int, *arguments: int | Memory) -> float:
    """Median duration of a kernel; a first launch does not count."""
    device.kernel_ms.clear()
    for _ in range(REPEATS + 1):
        device.launch(kernel, grid, threads, shared, *arguments)
    device.synchronize()
    return statistics.median(device.kernel_ms[kernel][1:]) / 1e3


def shares(row: Mapping[str, Any], ceilings: Mapping[str, float]) -> dict[str, float]:
    """How near each phase of a simulation, and the whole of it, is to the machine's limit (1: it can be no faster).

    The limit of generation is that of regenerating the step's events; of the update, moving the neurons' state and reading the events, or
    adding the events up in shared memory, whichever takes longer. Every event is one synapse regenerated, one number read, one added.
    """
    step_s = row["dt_ms"] / 1e3
    events = row["events_per_s"] * step_s
    moved = row["neurons"] * BYTES_PER_NEURON + events * BYTES_PER_EVENT
    limits = {
        "update": max(moved / ceilings["copy_bytes_per_s"], events / ceilings["shared_adds_per_s"]),
        "generate": max(events / ceilings["synapses_per_s"], events * BYTES_PER_EVENT / ceilings["copy_bytes_per_s"]),
    }
    phases = row.get("phases_us_per_step") or {}
    reached = {phase: limit * 1e6 / phases[phase] for phase, limit in limits.items() if phases.get(phase)}
    return reached | {"whole": sum(limits.values()) / (row["real_time_factor"] * step_s)}
