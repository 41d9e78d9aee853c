"""The real snakemake command on this workflow."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.helpers.dry_runs import dry_runs
from tests.helpers.paths import OFFLINE, ROOT

SNAKEMAKE = (str(Path(sys.executable).with_name("snakemake")),)
TINY = ROOT / "config" / "test" / "tiny.yaml"
CORES = ("--cores", "2", "--configfile")


@dataclass(frozen=True)
class Outcome:
    """What a call of snakemake gave."""

    status: int
    output: str

    @property
    def jobs(self) -> dict[str, int]:
        """Number of jobs of each rule, from the table of a dry run or of the start of a run."""
        table = re.search(r"^job +count\n[- ]+\n(.*?)\n\n", self.output, re.MULTILINE | re.DOTALL)
        rows = (line.split() for line in table[1].splitlines()) if table else ()
        return {name: int(count) for name, count in rows if name not in ("default", "all", "total")}

    @property
    def fetched(self) -> set[str]:
        """Rules among the jobs that bring something from outside."""
        return {name for name in self.jobs if name.startswith("fetch")}


def command(*arguments: str, snakefile: str = "Snakefile") -> list[str]:
    """Command line of snakemake on this workflow."""
    return [*SNAKEMAKE, "--snakefile", str(ROOT / snakefile), "--profile", str(ROOT / "profiles/default"), *arguments]


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """Environment of a call: caches in the folder, so that calls do not see each other; no folder of data is known and none can be had."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PROCORTEX_")}
    patient = {"OMP_WAIT_POLICY": "passive"}  # several runs share the processors: NEST's threads shall not wait by spinning
    return {**inherited, **OFFLINE, **patient, "XDG_CACHE_HOME": str(folder / ".cache"), **variables}


STAGES = (
    "model/__init__.py",
    "analysis/__init__.py",
    "contracts/__init__.py",
    "planning/__init__.py",
    "simulator.py",
    "sources.py",
    "reporting.py",
)
LIBRARIES = ("numpy.py", "xarray.py", "signal.py", "sitecustomize.py")


def lay_traps(folder: Path, *modules: str) -> None:
    """Put modules into a folder that leave a mark when they are imported, and a style of figures unlike ours."""
    for path in (folder / module for module in modules):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("open(__file__ + '.used', 'w').close()\nraise SystemExit('a module of the user')\n")
    (folder / "matplotlibrc").write_text("text.usetex: True\nimage.lut: 4\nfont.size: 20\nbackend: TkAgg\n")


def call(folder: Path, *arguments: str, snakefile: str = "Snakefile", **variables: str) -> Outcome:
    """Call snakemake in a folder, with environment variables over those of the tests.

    Dry runs are forks of one process, unless a variable changes how Python or a library starts.
    """
    if "--dry-run" in arguments and all(name.startswith("PROCORTEX_") for name in variables):
        return Outcome(*dry_runs().run(folder, command(*arguments, snakefile=snakefile)[1:], environment(folder, **variables)))
    done = subprocess.run(
        command(*arguments, snakefile=snakefile),
        cwd=folder,
        env=environment(folder, **variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Outcome(done.returncode, done.stdout)


@cache
def plan(*arguments: str) -> Outcome:
    """Dry run in an empty folder, once for all tests of this process that ask for the same."""
    with tempfile.TemporaryDirectory() as folder:
        return call(Path(folder), "--dry-run", *arguments)
