"""What figures with a single input share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from procortex.utilities.errors import InputError

File = TypeVar("File")


def one_file(inputs: Sequence[Path], figure: str, what: str, read: Callable[[Path], File]) -> File:
    """Read the one file that a figure draws.

    Raises
    ------
    InputError
        If there are several inputs, or the reader refuses the file.
    """
    if len(inputs) != 1:
        raise InputError(f"{figure}: {len(inputs)} inputs; it draws one {what}")
    return read(inputs[0])
