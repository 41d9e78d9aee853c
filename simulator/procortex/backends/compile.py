"""Compile the cpu kernels on first use with the compiler at hand, and keep the result."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shlex
import shutil
import sys
from functools import partial
from pathlib import Path

from procortex.backends.cache import COMPILE_S, VERSION_S, cache_folder, check_object, failure, kept_kernels, run_compiler
from procortex.utilities.errors import InputError

KERNELS = Path(__file__).resolve().parent.parent / "kernels"
SOURCE = KERNELS / "cpu" / "simulator.cpp"
FLAGS = ("-std=c++17", "-O3", "-march=native", "-ffp-contract=off", "-fno-math-errno", "-fPIC", "-shared", "-pthread")
"""``-ffp-contract=off``: only the multiply-adds that the kernels write are fused, so that every machine gives the same bits."""
CANDIDATES = ("c++", "g++", "clang++")
TRIAL = """
import ctypes, sys
library = ctypes.CDLL(sys.argv[1])
words, zeros = (ctypes.c_uint32 * 4)(), (ctypes.c_uint32 * 4)()
library.procortex_philox(zeros, zeros, words)
assert list(words) == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8], "wrong random numbers"
rows = (ctypes.c_uint32 * 10)()
library.procortex_row_lengths(1, 0, ctypes.c_int64(1000), 10, rows)
assert sum(rows) == 1000, "wrong row lengths"
"""
"""Program that runs some kernels of a library; the words are a known answer of Philox4x32-10."""


def compiler_command() -> list[str]:
    """Command of the C++ compiler: the environment variable CXX, or the first of c++, g++, clang++ on the path.

    Raises
    ------
    InputError
        If there is none.
    """
    chosen = os.environ.get("CXX")
    if chosen and chosen.strip():
        try:
            command = shlex.split(chosen)
        except ValueError as error:
            raise InputError(f"CXX={chosen}: {error}; name a C++17 compiler, its options behind it") from None
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


def cpu_library() -> Path:
    """Path of the compiled cpu kernels; compiles them if this machine has not yet.

    Raises
    ------
    InputError
        If there is no compiler, it fails, or what it makes does not run here.
    """
    command = compiler_command()
    return kept_kernels(cache_folder(), f"cpu-{_fingerprint(command)}", ".so", partial(_compile, command), partial(_check, command))


def _compile(command: list[str], path: Path) -> None:
    run = run_compiler([*command, *FLAGS, str(SOURCE), "-o", str(path)], COMPILE_S)
    if run.returncode != 0:
        raise InputError(
            f"{shlex.join(command)} cannot compile {SOURCE.name}: " + failure(run, "; a C++17 compiler is needed (g++ >= 9, clang++ >= 10)")
        )


def _check(command: list[str], path: Path) -> None:
    """See in a process of its own, which may crash, whether a library can be loaded and its kernels run on this processor."""
    names = sorted(set(re.findall(r"\b(procortex_\w+)\(", SOURCE.read_text())))
    wrong = check_object(path, names)
    if not wrong:
        run = run_compiler([sys.executable, "-I", "-c", TRIAL, str(path)], VERSION_S)
        if run.returncode != 0:
            why = (run.stderr.strip().splitlines() or [failure(run)])[-1]
            wrong = f"made a library that does not run here ({why}; if its folder allows no programs, set XDG_CACHE_HOME)"
    if wrong:
        raise InputError(f"{shlex.join(command)} {wrong}: name a C++17 compiler for this machine in CXX, or unset it")


def _fingerprint(command: list[str]) -> str:
    """Hash of all that the compiled file depends on: sources, flags, compiler, C library, and the processor, for -march=native."""
    version = run_compiler([*command, "--version"], VERSION_S).stdout
    system = [platform.machine(), *platform.libc_ver(), _processor()]
    digest = hashlib.sha256("\0".join([*command, *FLAGS, version, *system]).encode())
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
