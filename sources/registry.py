"""The registries: which public files the project uses, where they come from and what their bytes hash to."""

from __future__ import annotations

import csv
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Entry:
    """One registered file.

    Attributes
    ----------
    file
        Path within a local folder.
    path_in_repository
        Path within the public repository.
    sha256, bytes
        Checksum and size.
    use
        What reads it; see `Registry`.
    """

    file: str
    path_in_repository: str
    sha256: str
    bytes: int
    use: str


@dataclass(frozen=True)
class Registry:
    """A set of files of one public repository at one commit.

    Attributes
    ----------
    name
        ``raw`` or ``published``.
    repository, commit
        Where the files come from.
    variable
        Environment variable that names a local folder and goes before every other choice.
    option
        Configuration key that names a local folder.
    needed
        Uses whose files must be there; the others are checked only where they are present.
    """

    name: str
    repository: str
    commit: str
    variable: str
    option: str
    needed: tuple[str, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All registered files."""
        return _read_entries(HERE / f"{self.name}.tsv")

    def select(self, uses: Collection[str] | None) -> tuple[Entry, ...]:
        """Files with one of the given uses (all files if None)."""
        return tuple(entry for entry in self.entries if uses is None or entry.use in uses)


ANATOMY, STABILISATION, FUNCTIONAL = "anatomy", "stabilisation", "functional"
"""Uses of raw files: what the curation reads, the published stabilised in-degrees, and the functional connectivity of recordings."""

RATES, GROUND, RESTING, HISTOGRAMS = "rates", "ground", "resting", "histograms"
"""Uses of published files: NEST's rates of the ground state, which networks take as well; all other values of each area, by state; the
ground state's histograms of NEST with each seed of GeNN."""

VALUES = {"ground": (RATES, GROUND), "resting": (RESTING,)}
"""Uses of the files with the published values of each state."""

RAW = Registry(
    name="raw",
    repository="INM-6/multi-area-model",
    commit="355d94042f4fe613e5602918082f5e667695932e",
    variable="PROCORTEX_RAW_DIR",
    option="connectivity.raw_dir",
    needed=(ANATOMY, STABILISATION),
)
"""Raw anatomical files; uses: anatomy, stabilisation (the published matrix), functional (fMRI), extra (read by nothing)."""

PUBLISHED = Registry(
    name="published",
    repository="BrainsOnBoard/procedural_paper",
    commit="76ce034b23198939742d76a40f057e1cfde8391b",
    variable="PROCORTEX_PUBLISHED_DIR",
    option="reference.published_dir",
    needed=(RATES, GROUND, RESTING),
)
"""Published statistics; uses: rates, ground, resting, histograms (20 MB), seed_pairs (of two seeds of GeNN, 24 MB; read by nothing)."""

PUBLISHED_T_SIM = {"ground": 10500.0, "resting": 100500.0}
"""Biological time (ms) of the published simulations of each state."""

REGISTRIES = {registry.name: registry for registry in (RAW, PUBLISHED)}


@cache
def _read_entries(path: Path) -> tuple[Entry, ...]:
    with path.open(newline="") as lines:
        return tuple(
            Entry(row["file"], row["path_in_repository"], row["sha256"], int(row["bytes"]), row["use"])
            for row in csv.DictReader(lines, delimiter="	")
        )
