"""Figures of the analysis, by name."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from analysis.figures.catalogue import FIGURES
from procortex.utilities.errors import InputError
from procortex.utilities.matplotlib_defaults import load_matplotlib


def draw(name: str, inputs: Sequence[Path], state: str | None, svg: Path, png: Path) -> None:
    """Draw a figure and write it as SVG and PNG; equal inputs give equal SVG bytes.

    Parameters
    ----------
    name
        One of `FIGURES`.
    inputs
        Files and folders as the catalogue says.
    state
        State to draw; may be None where the inputs hold one.

    Raises
    ------
    InputError
        If there is no such figure, or the inputs do not serve.
    """
    if name not in FIGURES:
        nearest = difflib.get_close_matches(name, FIGURES, n=1, cutoff=0.0)[0]
        raise InputError(f"no figure is called {name!r}; did you mean {nearest!r}? There are {', '.join(FIGURES)}")
    load_matplotlib()
    from analysis.figures.style import save, styled

    with styled():
        save(import_module(f"analysis.figures.{FIGURES[name].module}").draw(inputs, state), svg, png)
