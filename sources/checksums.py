"""Files of a local folder, compared with the registry: size and SHA-256 of every file that is used."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from procortex.utilities.errors import InputError
from sources.registry import Entry, Registry

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
        elif change := difference(path, entry):
            findings.append(f"{path}: {change}; put the unchanged file of {url} there")
        else:
            files[entry.file] = path
    if findings:
        raise InputError("\n".join(findings))
    return SourceFolder(folder, files)


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


def difference(path: Path, entry: Entry) -> str:
    """Say what distinguishes a file from the published one ('' if nothing does); a file of another size is not read."""
    size = path.stat().st_size
    if size != entry.bytes:
        change = "truncated" if size < entry.bytes else "too long"
        return f"{change}: {size} bytes instead of {entry.bytes} (SHA-256 {entry.sha256})"
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    return "" if found == entry.sha256 else f"content differs from the published file: SHA-256 {found} instead of {entry.sha256}"
