"""Files that hold the synaptic output of populations over time: which they are, and whether they are there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from contracts.rates import RUN
from procortex.formats.series import SERIES_NAME
from procortex.utilities.errors import InputError

EXPECTED = f"series.nc of `python -m analysis series`, the folder of a run ({RUN}), or PREFIX of files PREFIX-AREA-POPULATION.npy"
NO_ARRAY = "no such file; expected one for each replaced population"


def output_files(source: Path, labels: Sequence[str]) -> list[Path]:
    """List the files that hold the synaptic output of populations: one series, or one of the original's arrays for each of them."""
    if source.suffix == ".nc":
        return [source]
    if source.is_dir() and not source.name.endswith("-"):
        return [source / SERIES_NAME]
    return [source.with_name(f"{source.name.removesuffix('-')}-{label}.npy") for label in labels]


def existing_output(source: Path, labels: Sequence[str]) -> list[Path]:
    """List these files, all of which are there.

    Raises
    ------
    InputError
        If there is none, or with one line for each that is missing.
    """
    files = output_files(source, labels)
    require_output(source, files)
    if missing := [path for path in files if not path.is_file()]:
        raise InputError("\n".join(f"{path}: {NO_ARRAY}" for path in missing))
    return files


def require_output(source: Path, files: Sequence[Path]) -> None:
    """Check that a source has any of the files that would hold its output.

    Raises
    ------
    InputError
        If it has none.
    """
    if any(path.is_file() for path in files):
        return
    if files[0].suffix == ".nc":
        raise InputError(f"{files[0]}: no such series; expected {EXPECTED}")
    raise InputError(f"{source}: holds no series, and there is no {files[0].name}; expected {EXPECTED}")
