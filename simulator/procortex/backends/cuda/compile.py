"""Compile the cuda kernels once for each architecture and choice of number formats, and keep the result."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from procortex.backends.cache import COMPILE_S, VERSION_S, cache_folder, check_object, failure, kept_kernels, run_compiler
from procortex.backends.compile import KERNELS
from procortex.utilities.errors import InputError

SOURCE = KERNELS / "cuda" / "module.cu"
FLAGS = ("-O3", "-std=c++17", "-fmad=false")
"""``-fmad=false``: only the multiply-adds that the kernels write are fused, as in the cpu backend."""
ENTRY_POINTS = (
    "update_neurons",
    "plan_delivery",
    "generate_events",
    "count_row_lengths",
    "draw_initial_potentials",
    "replay_spikes",
    "watch_neurons",
)
"""Kernels that the host calls."""
OLDEST = 75
"""Compute capability 7.5: CUDA 13 compiles for nothing older."""


def nvcc_command() -> str:
    """Path of nvcc: the environment variable NVCC, on the path, or where CUDA_HOME or /usr/local/cuda point.

    Raises
    ------
    InputError
        If there is none.
    """
    candidates = [os.environ.get("NVCC"), shutil.which("nvcc")]
    candidates += [str(Path(home) / "bin" / "nvcc") for home in (os.environ.get("CUDA_HOME"), "/usr/local/cuda") if home]
    for candidate in candidates:
        if candidate and shutil.which(candidate):
            return candidate
    raise InputError(
        "no nvcc found (looked for $NVCC, the path, $CUDA_HOME, /usr/local/cuda): install the CUDA toolkit, or use --backend cpu"
    )


def compile_module(architecture: int, macros: Mapping[str, str | int], folder: Path | None = None) -> Path:
    """Path of the compiled kernels for one architecture.

    Parameters
    ----------
    architecture
        Compute capability times ten (90 for an H200).
    macros
        Number formats and sizes (see kernels/cuda/network.cuh).
    folder
        Where compiled kernels are kept.

    Raises
    ------
    InputError
        If there is no nvcc, the architecture is too old, or compilation fails.
    """
    if architecture < OLDEST:
        raise InputError(
            f"the GPU has compute capability {architecture / 10}; the cuda backend needs {OLDEST / 10} or newer: use --backend cpu"
        )
    nvcc = nvcc_command()
    flags = [*FLAGS, f"-arch=sm_{architecture}", *(f"-D{name}={value}" for name, value in sorted(macros.items()))]
    version = run_compiler([nvcc, "--version"], VERSION_S).stdout
    digest = hashlib.sha256("\0".join([*flags, version]).encode())
    for source in [*sorted(KERNELS.glob("*.h")), *sorted((KERNELS / "cuda").iterdir())]:
        digest.update(source.read_bytes())

    def compile_to(path: Path) -> None:
        run = run_compiler([nvcc, "-cubin", *flags, str(SOURCE), "-o", str(path)], COMPILE_S)
        if run.returncode != 0:
            raise InputError(f"{nvcc} cannot compile {SOURCE.name} for sm_{architecture}: {failure(run)}")

    def check(path: Path) -> None:
        if wrong := check_object(path, ENTRY_POINTS):
            raise InputError(f"{nvcc} {wrong}: name the CUDA toolkit's compiler in NVCC, or unset it")

    name = f"cuda-sm_{architecture}-{digest.hexdigest()[:16]}"
    return kept_kernels(folder or cache_folder(), name, ".cubin", compile_to, check)
