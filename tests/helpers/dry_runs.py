"""Dry runs of Snakemake in a process that has loaded Snakemake and the stages once: a third of the processor time of the command.

The process forks for each dry run. A fork has the arguments, working directory, environment and output of a command of its own.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (ROOT, ROOT / "simulator")


class DryRuns:
    """The process, as its parent sees it: a request is a line of JSON, the answer is the exit status."""

    def __init__(self) -> None:
        command = [sys.executable, "-P", str(Path(__file__).resolve())]  # -P: nothing here hides a library
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, folder: Path, arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str]:
        """Exit status and output of ``snakemake *arguments`` in a folder."""
        assert self._process.stdin
        assert self._process.stdout
        with tempfile.TemporaryDirectory() as own:
            output = Path(own) / "output"
            request = {"folder": str(folder), "arguments": list(arguments), "environment": dict(environment), "output": str(output)}
            print(json.dumps(request), file=self._process.stdin, flush=True)
            answer = self._process.stdout.readline()
            assert answer, "the process of dry runs ended"
            return int(answer), output.read_text()


@cache
def dry_runs() -> DryRuns:
    """The process of these tests; it ends when its input does."""
    return DryRuns()


def _serve() -> None:
    """Answer requests; load what the forks had to load, so that the next ones find it."""
    import snakemake.cli  # noqa: F401 - for the forks

    for line in sys.stdin:
        request = json.loads(line)
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            _fork(request, writing)
        os.close(writing)
        with os.fdopen(reading) as loaded:
            names = loaded.read().split()
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        _load(names)
        print(status, flush=True)


def _fork(request: Mapping[str, Any], loaded: int) -> None:
    """Become the command, write the names of our modules that it loaded, and end."""
    from snakemake.cli import main

    status = 1
    before = set(sys.modules)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(os.open(request["output"], os.O_WRONLY | os.O_CREAT), 1)
    os.dup2(1, 2)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = ["snakemake", *request["arguments"]]
    sys.path.insert(0, str(Path(sys.executable).parent))  # as in the command
    try:
        main()
    except SystemExit as ending:
        status = ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        ours = (name for name in set(sys.modules) - before if _is_ours(getattr(sys.modules[name], "__file__", None)))
        os.write(loaded, " ".join(ours).encode())
        os._exit(status)


def _is_ours(path: str | None) -> bool:
    return path is not None and Path(path).is_relative_to(ROOT) and ".venv" not in Path(path).parts


def _load(names: Iterable[str]) -> None:
    sys.path[:0] = map(str, FOLDERS)
    for name in sorted(names):
        importlib.import_module(name)
    del sys.path[: len(FOLDERS)]


if __name__ == "__main__":
    _serve()
