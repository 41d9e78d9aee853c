"""Matplotlib with its own defaults: what the user has set for other figures must not change ours, or end a simulation."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any


def load_matplotlib() -> None:
    """Import matplotlib with its own defaults: no backend of a notebook or window, no ``matplotlibrc`` of the user.

    A backend that is not installed here is an error at import. A ``matplotlibrc`` sets what no later reset reaches, such as the number
    of colours in a map. Where matplotlib has been imported before, nothing happens: figures are drawn in `own_style` in any case.
    """
    if "matplotlib" in sys.modules:
        return
    os.environ["MPLBACKEND"] = "agg"
    found = find_spec("matplotlib")
    defaults = [Path(folder) / "mpl-data" for folder in (found.submodule_search_locations if found else None) or []]
    # matplotlib takes the file in the working directory before any other, and here that is the one with its defaults
    with contextlib.chdir(defaults[0]) if defaults and defaults[0].is_dir() else contextlib.nullcontext():
        import matplotlib  # noqa: F401


@contextlib.contextmanager
def own_style(style: Mapping[str, Any]) -> Iterator[None]:
    """Draw with matplotlib's defaults and a style over them, whatever the user has set."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        settings: Any = mpl.rcParams
        settings.update(style)
        yield
