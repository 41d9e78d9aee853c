"""Compile the cpu kernels on first use with the compiler at hand, and keep the result."""

from __future__ import annotations

import hashlib
import os
import platform
import shlex
import shutil
import subprocess
from pathlib import Path

from contracts.atomic import whole_file
from contracts.errors import InputError

KERNELS = Path(__file__).resolve().parent.parent / "kernels"
SOURCE = KERNELS / "cpu" / "simulator.cpp"
FLAGS = ("-std=c++17", "-O3", "-march=native", "-ffp-contract=off", "-fno-math-errno", "-fPIC", "-shared", "-pthread")
"""``-ffp-contract=off``: only the multiply-adds that the kernels write are fused, so that every machine gives the same bits."""
CANDIDATES = ("c++", "g++", "clang++")


def compiler_command() -> list[str]:
    """Command of the C++ compiler: the environment variable CXX, or the first of c++, g++, clang++ on the path.

    Raises
    ------
    InputError
        If there is none.
    """
    chosen = os.environ.get("CXX")
    if chosen:
        command = shlex.split(chosen)
        if shutil.which(command[0]) is None:
            raise InputError(f"CXX={chosen}: no such compiler; name a C++17 compiler, or unset CXX to use c++, g++ or clang++")
        return command
    for name in CANDIDATES:
        if shutil.which(name):
            return [name]
    raise InputError(
        "no C++ compiler found (looked for $CXX, c++, g++, clang++): install one, "
        "for example `apt install g++`, `dnf install gcc-c++` or `conda install cxx-compiler`"
    )


def cache_folder() -> Path:
    """Where compiled kernels are kept: ``procortex`` in $XDG_CACHE_HOME, or in ``~/.cache``."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "procortex"


def cpu_library() -> Path:
    """Path of the compiled cpu kernels; compiles them if this machine has not yet.

    Raises
    ------
    InputError
        If there is no compiler, or it fails.
    """
    command = compiler_command()
    path = cache_folder() / f"cpu-{_fingerprint(command)}.so"
    if path.is_file():
        return path
    with whole_file(path) as temporary:
        run = subprocess.run([*command, *FLAGS, str(SOURCE), "-o", str(temporary)], capture_output=True, text=True, check=False)
        if run.returncode != 0:
            first = next((line for line in run.stderr.splitlines() if "error" in line.lower()), run.stderr.strip() or "no message")
            raise InputError(
                f"{shlex.join(command)} cannot compile {SOURCE.name}: {first}; a C++17 compiler is needed (g++ >= 9, clang++ >= 10)"
            )
    return path


def _fingerprint(command: list[str]) -> str:
    """Hash of all that the compiled file depends on: sources, flags, compiler, and the processor, for -march=native."""
    version = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False).stdout
    digest = hashlib.sha256("\0".join([*command, *FLAGS, version, platform.machine(), _processor()]).encode())
    for header in [*sorted(KERNELS.rglob("*.h")), SOURCE]:
        digest.update(header.read_bytes())
    return digest.hexdigest()[:16]


def _processor() -> str:
    return "".join(next((line for line in _processor_lines() if line.startswith(key)), "") for key in ("model name", "flags", "Features"))


def processor_name() -> str:
    """Model name of the processor, for reports."""
    for line in _processor_lines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _processor_lines() -> list[str]:
    try:
        return Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return []
