"""environment.yml and the locked requirements name the same packages, and every locked version lies within the bounds."""

from __future__ import annotations

import re

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tests.helpers.paths import ROOT

NOT_FROM_PIP = {"python", "pip", "cxx-compiler", "make"}
LOCKS = ["base.txt", "dev.txt", "gpu.txt", "slurm.txt"]
NAMES_ON_CONDA = {"matplotlib-base": "matplotlib", "python-neo": "neo"}
LOCKS = ("base.txt", "dev.txt", "gpu.txt")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


def requirements(name: str) -> dict[str, Requirement]:
    lines = (line.partition(" #")[0].strip(" \\") for line in (ROOT / "requirements" / name).read_text().splitlines())
    found = [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]
    return {canonicalize_name(requirement.name): requirement for requirement in found}


def conda_bounds() -> dict[str, SpecifierSet]:
    entries = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    specs = [spec for entry in entries for spec in (entry["pip"] if isinstance(entry, dict) else [entry])]
    pairs = (re.fullmatch(r"([\w.-]+)\s*(.*)", spec) for spec in specs)
    return {NAMES_ON_CONDA.get(pair[1], pair[1]): SpecifierSet(pair[2]) for pair in pairs if pair}


def test_conda_and_pip_name_the_same_packages() -> None:
    assert set(conda_bounds()) - NOT_FROM_PIP == set(requirements("base.in")) | set(requirements("gpu.in"))


@pytest.mark.parametrize("lock", LOCKS)
def test_locked_versions_lie_within_the_bounds(lock: str) -> None:
    locked = requirements(lock)
    bounds = {**conda_bounds(), **{name: requirement.specifier for name, requirement in requirements(lock.replace("txt", "in")).items()}}
    outside = [
        f"{locked[name]} is not {bound}"
        for name, bound in bounds.items()
        if name in locked and next(iter(locked[name].specifier)).version not in bound
    ]
    assert not outside
    assert set(requirements("base.in")) <= set(locked)


def test_all_locks_agree() -> None:
    base = requirements("base.txt")
    for lock in LOCKS:
        other = requirements(lock)
        assert {name: other[name] for name in base} == base


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_work_for_everybody(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text()
    assert "://" not in text
    assert "--" not in text.replace("    --hash=sha256:", "")
    assert not {"mpi4py", "cffconvert"} & set(requirements(lock))  # one breaks elephant without MPI, the other snakemake


@pytest.mark.parametrize("lock", [*LOCKS, "uv.txt"])
def test_every_locked_package_has_checksums(lock: str) -> None:
    """A package without a checksum, or one whose name stands alone, would make the whole lock unusable with --require-hashes."""
    bare, seen = [], 0
    blocks = re.split(r"\n(?=\S)", (ROOT / "requirements" / lock).read_text().rstrip("\n"))
    for block in blocks:
        head, *hashes = block.split("\n")
        if "==" not in head or not hashes or not all(map(HASH.fullmatch, hashes)):
            bare.append(head)
        seen += len(hashes)
    assert not bare
    assert len(blocks) == len(requirements(lock))
    assert seen >= len(blocks)


def test_the_environment_is_installed_by_checksum() -> None:
    installs = [line for line in (ROOT / "Makefile").read_text().splitlines() if "pip install" in line]
    assert len(installs) == 3
    assert all("--require-hashes" in line for line in installs)
