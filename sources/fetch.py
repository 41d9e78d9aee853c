"""Registered files from a local folder, checked in place, or from the public repository, downloaded once and checked."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from procortex.utilities.atomic import whole_file
from procortex.utilities.errors import InputError
from procortex.utilities.progress import Progress
from sources.receive import RefusedError, UnreachableError, receive
from sources.registry import PUBLISHED, RAW, Entry, Registry

URL_BASE = "https://raw.githubusercontent.com"


@dataclass(frozen=True)
class SourceFolder:
    """Checked files of a registry.

    Attributes
    ----------
    root
        Folder they lie in.
    files
        Path of each file by its registered name.
    """

    root: Path
    files: Mapping[str, Path]

    def path(self, file: str) -> Path:
        """Give the path of a registered file.

        Raises
        ------
        InputError
            If the file was not asked for when the folder was opened.
        """
        if file not in self.files:
            raise InputError(f"{self.root}: {file} is not among the checked files here; it holds {len(self.files)} others")
        return self.files[file]


RawSources = SourceFolder
"""Checked raw anatomical files."""


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


def existing_folder(registry: Registry, folder: Path) -> None:
    """Check that a local folder is there, whatever it holds.

    Raises
    ------
    InputError
        If it is not.
    """
    if not folder.is_dir():
        raise InputError(
            f"{folder}: no such folder; set {registry.option} or {registry.variable} to a folder with the {registry.name} files, "
            f"or leave both out to download them"
        )


def check_folder(registry: Registry, folder: Path, uses: Collection[str] | None = None) -> SourceFolder:
    """Check the files of a local folder.

    Files that are not needed may be missing, but none may differ from the published one.

    Raises
    ------
    InputError
        With one line for each finding.
    """
    existing_folder(registry, folder)
    needed = set(registry.needed if uses is None else uses)
    files, findings = {}, []
    for entry in registry.entries:
        path, url = _locate(folder, entry), source_url(registry, entry)
        if path is None:
            if entry.use in needed:
                findings.append(f"{folder / entry.file}: missing; copy it there from {url} (SHA-256 {entry.sha256})")
        elif difference := _difference(path, entry):
            findings.append(f"{path}: {difference}; put the unchanged file of {url} there")
        else:
            files[entry.file] = path
    if findings:
        raise InputError("\n".join(findings))
    return SourceFolder(folder, files)


def download(registry: Registry, cache: Path, uses: Collection[str] | None = None) -> SourceFolder:
    """Download a registry's files into a cache folder; valid files that are already there are kept.

    Raises
    ------
    InputError
        With one line for each file that could not be had.
    """
    entries = registry.select(registry.needed if uses is None else uses)
    missing = [entry for entry in entries if not (cache / entry.file).is_file() or _difference(cache / entry.file, entry)]
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


def source_url(registry: Registry, entry: Entry) -> str:
    """Give the address of a file in the public repository."""
    return f"{URL_BASE}/{registry.repository}/{registry.commit}/{entry.path_in_repository}"


def _locate(folder: Path, entry: Entry) -> Path | None:
    # our own layout; the original's folder of raw data, or ours beside the other files; a clone of the public repository
    places = [folder / entry.file, folder / entry.path_in_repository]
    if entry.file.startswith("raw/"):
        places.append(folder / Path(entry.file).name)
    elif folder.name == "raw":
        places.append(folder.parent / entry.file)
    return next((place for place in places if place.is_file()), None)


def _difference(path: Path, entry: Entry) -> str:
    """Say what distinguishes a file from the published one ('' if nothing does); a file of another size is not read."""
    size = path.stat().st_size
    if size != entry.bytes:
        change = "truncated" if size < entry.bytes else "too long"
        return f"{change}: {size} bytes instead of {entry.bytes} (SHA-256 {entry.sha256})"
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    return "" if found == entry.sha256 else f"content differs from the published file: SHA-256 {found} instead of {entry.sha256}"


def _unreachable(registry: Registry, url: str, error: UnreachableError, files: int) -> str:
    return (
        f"{url}: cannot be reached ({error}); {files} {registry.name} files are still needed: connect to the internet, "
        f"or set {registry.option} or {registry.variable} to a folder that holds them"
    )
