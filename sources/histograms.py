"""Readers of the published ground-state histograms over all neurons or pairs (Knight and Nowotny 2021)."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from procortex.formats.populations import LAYER_POPULATIONS
from procortex.utilities.errors import InputError
from procortex.utilities.texts import UnreadableError, check_regular, in_short
from sources.checksums import SourceFolder
from sources.fetch import open_folder
from sources.published import STATE_FOLDERS, STATISTIC_FILES
from sources.registry import HISTOGRAMS, PUBLISHED

STATE = "ground"
"""The state whose histograms are published."""
GENN_SEEDS = (1, 2, 3)
DIGEST = "ground_pooled_histograms.npz"
"""The same in one file, ``<statistic>_<population>_edges``, ``_nest`` and ``_genn_seed<k>``; may take the place of the others."""
CACHE = Path("resources/histograms")
UNREADABLE = (
    *(UnreadableError, LookupError, TypeError, ValueError, OSError, EOFError, OverflowError, MemoryError, SyntaxError),
    *(AttributeError, RuntimeError, zipfile.BadZipFile, zlib.error),
)
"""What the readers of archives and arrays raise for files that are damaged or something else."""


@dataclass(frozen=True)
class PublishedHistogram:
    """Histograms of NEST and of the seeds of GeNN on the same bins.

    Attributes
    ----------
    edges
        Edges of the bins, shape (bins + 1,): Freedman and Diaconis' for NEST's values; the last bin is closed.
    nest
        Number of neurons or pairs in each bin, shape (bins,).
    genn
        The same for each seed of GeNN; values outside the edges are left out.
    """

    edges: NDArray[np.float64]
    nest: NDArray[np.int64]
    genn: Mapping[int, NDArray[np.int64]]


def published_histograms(folder: Path | None = None, cache: Path = CACHE) -> dict[tuple[str, str], PublishedHistogram]:
    """Read the published histograms of the ground state.

    Parameters
    ----------
    folder
        Folder of the published files, in which or beside which `DIGEST` may lie; ``PROCORTEX_PUBLISHED_DIR`` goes before it. Or the
        digest itself. Without any folder the files are downloaded.
    cache
        Where files are downloaded to.

    Returns
    -------
    dict
        By statistic (rate in spikes/s, lvr, correlation) and layer population; the correlations of 23E and 6E are not published.

    Raises
    ------
    InputError
        If the folder holds neither the files nor the digest, a file differs from the published one, or the digest is no such file.
    """
    given = os.environ.get(PUBLISHED.variable)
    root = Path(given) if given and not (folder and folder.is_file()) else folder
    digest = root and _digest(root)
    if digest:
        return _read_digest(digest)
    if root is not None and not has_histograms(root):
        raise InputError(
            f"{root}: no published histograms here; expected the files of use {HISTOGRAMS} of sources/published.tsv "
            f"(`python -m sources fetch published --use {HISTOGRAMS}`) or {DIGEST}"
        )
    return read_files(open_folder(PUBLISHED, root, cache, (HISTOGRAMS,)))


def has_histograms(folder: Path) -> bool:
    """Whether a folder of published files has histograms, be they whole or not."""
    return _digest(folder) is not None or _any_file(folder)


def _any_file(folder: Path) -> bool:
    places = ((folder / entry.file, folder / entry.path_in_repository) for entry in PUBLISHED.select((HISTOGRAMS,)))
    return any(path.is_file() for pair in places for path in pair)


def _digest(place: Path) -> Path | None:
    """Find the digest, unless the original files are there."""
    if place.is_file():
        return place
    places = (place / DIGEST, place.resolve().parent / DIGEST)
    return None if _any_file(place) else next((path for path in places if path.is_file()), None)


def _file(statistic: str, population: str, seed: int) -> str:
    return f"{STATE_FOLDERS[STATE]}/nest_seed_{seed}_{STATISTIC_FILES[statistic]}_{population}.npy"


def read_files(folder: SourceFolder) -> dict[tuple[str, str], PublishedHistogram]:
    """Read the histograms of checked files; each holds three arrays one behind the other: edges, NEST, a seed of GeNN."""
    found = {}
    for statistic in STATISTIC_FILES:
        for population in LAYER_POPULATIONS:
            genn = {}
            for seed in GENN_SEEDS:
                if (name := _file(statistic, population, seed)) not in folder.files:
                    continue
                with folder.path(name).open("rb") as file:
                    edges, nest, genn[seed] = (np.load(file, allow_pickle=False) for _ in range(3))
            if genn:
                found[statistic, population] = PublishedHistogram(edges, nest, genn)
    return found


def _read_digest(path: Path) -> dict[tuple[str, str], PublishedHistogram]:
    found = {}
    expected = f"expected a whole {DIGEST}"
    try:
        check_regular(path)
        with np.load(path, allow_pickle=False) as arrays:
            for statistic in STATISTIC_FILES:
                for population in LAYER_POPULATIONS:
                    key = f"{statistic}_{population}"
                    if f"{key}_edges" in arrays:
                        genn = {seed: arrays[f"{key}_genn_seed{seed}"] for seed in GENN_SEEDS}
                        found[statistic, population] = PublishedHistogram(arrays[f"{key}_edges"], arrays[f"{key}_nest"], genn)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except UNREADABLE as error:
        raise InputError(f"{path}: not readable as published histograms ({in_short(error)}); {expected}") from None
    if not found:
        raise InputError(f"{path}: it holds no histogram; {expected}")
    for names, each in found.items():
        if not _fits(each):
            raise InputError(f"{path}: {'_'.join(names)} has counts that do not fit its edges; {expected}")
    return found


def _fits(each: PublishedHistogram) -> bool:
    """Whether edges ascend, and there is a number of values, 0 or more, for each bin."""
    counts = (each.nest, *each.genn.values())
    edges = each.edges.dtype.kind == "f" and each.edges.ndim == 1 and np.isfinite(each.edges).all() and (np.diff(each.edges) > 0).all()
    return bool(edges) and all(part.dtype.kind in "iu" and part.shape == (len(each.edges) - 1,) and (part >= 0).all() for part in counts)
