"""Rows of results as the benchmarks write them, made up."""

from __future__ import annotations

from typing import Any

SIZES = {"default": (41_174, 24_122_642), "v1": (197_932, 379_926_539), "full": (4_129_924, 24_126_516_728)}
CEILINGS = {
    "copy_bytes_per_s": 4e12,
    "small_adds_per_s": 1e11,
    "large_adds_per_s": 1.6e10,
    "shared_adds_per_s": 1.6e12,
    "synapses_per_s": 2.6e11,
}


def row(size: str, state: str, backend: str, factor: float, seed: int = 1, **other: Any) -> dict[str, Any]:
    neurons, synapses = SIZES[size]
    gpu = backend == "cuda"
    return {
        "case": f"{size}-{state}",
        "state": state,
        "backend": backend,
        "device": "NVIDIA H200" if gpu else "A processor, 2 threads",
        "seed": seed,
        "threads": 2,
        "recording": False,
        "neurons": neurons,
        "synapses": synapses,
        "dt_ms": 0.1,
        "t_sim_ms": 10500.0,
        "warm_up_ms": 500.0,
        "events_per_s": round(2.64 * synapses),
        "set_up_s": 1.25,
        "real_time_factor": factor,
        "phases_us_per_step": {"update": 50.0, "plan": 5.0, "generate": 40.0} if gpu else {"update": 20.0, "deliver": 60.0},
        "peak_memory_bytes": 300_000_000,
        "device_memory_bytes": 12_000_000_000 if gpu else 0,
        **other,
    }


def all_rows() -> list[dict[str, Any]]:
    rows = [row("full", "ground", "cuda", factor, seed) for seed, factor in enumerate((0.9, 1.0, 1.3), 1)]
    rows += [row("full", "resting", "cuda", 3.4), row("full", "resting", "cuda", 3.6, recording=True)]
    rows += [row("v1", "ground", "cuda", 0.2), row("default", "ground", "cuda", 0.15), row("default", "resting", "cuda", 0.16)]
    return [*rows, row("v1", "ground", "cpu", 7.0), row("default", "ground", "cpu", 2.6), row("default", "resting", "cpu", 4.0)]
