"""The conda environments and the locked requirements name the same packages, and every locked version lies within the bounds."""

from __future__ import annotations

import re
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tests.helpers.paths import ROOT

NOT_FROM_PIP = {"python", "pip", "cxx-compiler", "make", "cuda-nvcc", "cuda-cudart-dev"}
ONLY_PIP = {"hatchling", "editables"}
"""Builders of the library, which pip fetches by itself in conda's environment."""
LIBRARY = "--editable"
NAMES_ON_CONDA = {"matplotlib-base": "matplotlib", "python-neo": "neo"}
LOCKS = ("base.txt", "dev.txt", "gpu.txt", "slurm.txt")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


def requirements(name: str) -> dict[str, Requirement]:
    lines = (line.partition(" #")[0].strip(" \\") for line in (ROOT / "requirements" / name).read_text().splitlines())
    found = [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]
    return {canonicalize_name(requirement.name): requirement for requirement in found}


def conda_bounds() -> dict[str, SpecifierSet]:
    files = [yaml.safe_load((ROOT / name).read_text()) for name in ("environment.yml", "environment-gpu.yml")]
    entries = [entry for file in files for entry in file["dependencies"]]
    specs = [spec for entry in entries for spec in (entry["pip"] if isinstance(entry, dict) else [entry]) if not spec.startswith(LIBRARY)]
    pairs = (re.fullmatch(r"([\w.-]+)\s*(.*)", spec) for spec in specs)
    return {NAMES_ON_CONDA.get(pair[1], pair[1]): SpecifierSet(pair[2]) for pair in pairs if pair}


def test_conda_and_pip_name_the_same_packages() -> None:
    assert set(conda_bounds()) - NOT_FROM_PIP == (set(requirements("base.in")) | set(requirements("gpu.in"))) - ONLY_PIP


def test_conda_without_a_gpu_needs_no_cuda() -> None:
    assert "cuda" not in (ROOT / "environment.yml").read_text().partition("dependencies:")[2]


def test_every_environment_installs_the_library_as_it_lies_here() -> None:
    assert "--editable ./simulator" in (ROOT / "environment.yml").read_text()
    (line,) = [line for line in (ROOT / "Makefile").read_text().splitlines() if "--editable simulator" in line]
    assert "--no-index --no-deps --no-build-isolation" in line
    library = tomllib.loads((ROOT / "simulator" / "pyproject.toml").read_text())["project"]
    needed = {canonicalize_name(Requirement(text).name) for text in library["dependencies"]}
    assert needed <= set(requirements("base.in"))


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
        assert {name: other[name].specifier for name in base} == {name: requirement.specifier for name, requirement in base.items()}


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
    assert len(installs) == 4
    assert all("--require-hashes" in line or "--no-index" in line for line in installs)
