"""One door for all exports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path

from analysis.exchange.choice import choose
from procortex.formats.spike_meta import read_meta
from procortex.utilities.errors import InputError

WRITERS: Mapping[str, tuple[str, str]] = {
    "sonata": ("analysis.exchange.sonata", "write_sonata"),
    "neo": ("analysis.exchange.neo_files", "write_neo"),
    "nix": ("analysis.exchange.neo_files", "write_nix"),
}
"""Module and function of each format; imported when it is asked for."""


def export(
    folder: Path,
    file_format: str,
    out: Path,
    *,
    areas: Sequence[str] | None = None,
    populations: Sequence[str] | None = None,
    t_start: float = 0.0,
    t_stop: float | None = None,
    neurons: int | None = None,
    compress: bool = False,
) -> int:
    """Write spikes, or some of them, in another format.

    Parameters
    ----------
    folder
        Spike data set.
    file_format
        One of `WRITERS`.
    out
        The file.
    areas, populations, t_start, t_stop, neurons
        What to write; see `analysis.exchange.choice.choose`.
    compress
        For SONATA; see `analysis.exchange.sonata.write_sonata`.

    Returns
    -------
    int
        Number of spikes written.

    Raises
    ------
    InputError
        If there is no such part of the data set, or the format cannot hold it.
    """
    if compress and file_format != "sonata":
        raise InputError(f"--compress: goes with --format sonata, not with {file_format}")
    choice = choose(folder, read_meta(folder), areas, populations, t_start, t_stop, neurons)
    module, function = WRITERS[file_format]
    write: Callable[..., int] = getattr(import_module(module), function)
    return write(choice, out, **({"compress": True} if compress else {}))
