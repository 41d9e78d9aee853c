"""Compile the cuda kernels once for each architecture and choice of number formats, and keep the result."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from contracts.atomic import whole_file
from contracts.errors import InputError
from simulator.backends.compile import KERNELS, cache_folder

SOURCE = KERNELS / "cuda" / "module.cu"
FLAGS = ("-O3", "-std=c++17", "-fmad=false")
"""``-fmad=false``: only the multiply-adds that the kernels write are fused, as in the cpu backend."""
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
    version = subprocess.run([nvcc, "--version"], capture_output=True, text=True, check=False).stdout
    digest = hashlib.sha256("\0".join([*flags, version]).encode())
    for source in [*sorted(KERNELS.glob("*.h")), *sorted((KERNELS / "cuda").iterdir())]:
        digest.update(source.read_bytes())
    path = (folder or cache_folder()) / f"cuda-sm_{architecture}-{digest.hexdigest()[:16]}.cubin"
    if not path.is_file():
        with whole_file(path) as temporary:
            run = subprocess.run([nvcc, "-cubin", *flags, str(SOURCE), "-o", str(temporary)], capture_output=True, text=True, check=False)
            if run.returncode != 0:
                output = run.stderr or run.stdout
                first = next((line for line in output.splitlines() if "error" in line.lower()), output.strip() or "no message")
                raise InputError(f"{nvcc} cannot compile {SOURCE.name} for sm_{architecture}: {first}")
    return path
