"""Registered files from a local folder, checked in place, or from the public repository, downloaded once and checked."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection
from pathlib import Path

from procortex.utilities.atomic import whole_file
from procortex.utilities.errors import InputError
from procortex.utilities.progress import Progress
from sources.checksums import SourceFolder, check_folder, difference, source_url
from sources.receive import RefusedError, UnreachableError, receive
from sources.registry import PUBLISHED, RAW, Registry


def raw_folder(raw_dir: Path | None = None, cache: Path = Path("resources/raw"), uses: Collection[str] | None = None) -> SourceFolder:
    """Open the raw anatomical files of the multi-area model.

    Parameters
    ----------
    raw_dir
        Folder with the files, used in place. The environment variable ``PROCORTEX_RAW_DIR`` goes before it.
    cache
        Where files are downloaded to if there is no folder.
    uses
        Kinds of files that must be there (those the model reads, if None).

    Raises
    ------
    InputError
        If a file is missing, differs from the published one, or cannot be downloaded: one line for each finding.
    """
    return open_folder(RAW, raw_dir, cache, uses)


def published_folder(
    published_dir: Path | None = None, cache: Path = Path("resources/published"), uses: Collection[str] | None = None
) -> SourceFolder:
    """Open the published NEST and GeNN statistics, as `raw_folder`; the environment variable is ``PROCORTEX_PUBLISHED_DIR``."""
    return open_folder(PUBLISHED, published_dir, cache, uses)


def open_folder(registry: Registry, folder: Path | None, cache: Path, uses: Collection[str] | None = None) -> SourceFolder:
    """Check a registry's files in a folder, or download them; see `raw_folder`."""
    given = os.environ.get(registry.variable)
    if given:
        return check_folder(registry, Path(given), uses)
    if folder is not None:
        return check_folder(registry, folder, uses)
    return download(registry, cache, uses)


def download(registry: Registry, cache: Path, uses: Collection[str] | None = None) -> SourceFolder:
    """Download a registry's files into a cache folder; valid files that are already there are kept.

    Raises
    ------
    InputError
        With one line for each file that could not be had.
    """
    entries = registry.select(registry.needed if uses is None else uses)
    missing = [entry for entry in entries if not (cache / entry.file).is_file() or difference(cache / entry.file, entry)]
    findings = []
    if missing:
        with Progress(f"downloading {registry.repository}", sum(entry.bytes for entry in missing), "bytes") as progress:
            for entry in missing:
                url = source_url(registry, entry)
                try:
                    receive(url, cache / entry.file, entry)
                except RefusedError as error:
                    findings.append(f"{url}: {error}")
                except UnreachableError as error:  # the other files would fail alike
                    findings.append(_unreachable(registry, url, error, len(missing)))
                    break
                else:
                    progress.update(entry.bytes)
    if findings:
        raise InputError("\n".join(findings))
    return SourceFolder(cache, {entry.file: cache / entry.file for entry in entries})


def copy_files(folder: SourceFolder, out: Path) -> None:
    """Copy checked files into a folder, under their registered names."""
    for file, path in folder.files.items():
        with whole_file(out / file) as temporary:
            shutil.copyfile(path, temporary)


def _unreachable(registry: Registry, url: str, error: UnreachableError, files: int) -> str:
    return (
        f"{url}: cannot be reached ({error}); {files} {registry.name} files are still needed: connect to the internet, "
        f"or set {registry.option} or {registry.variable} to a folder that holds them"
    )
