"""What surrounds our commands and must not change what they do: the user's modules, Python paths and matplotlib settings."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from importlib.machinery import PathFinder
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from contracts.errors import InputError

ROOT = Path(__file__).resolve().parents[1]
CUSTOMIZE = ("sitecustomize", "usercustomize")
"""Modules that every Python runs at its start, where it finds them."""


def command_environment() -> dict[str, str]:
    """Environment variables with which ``python -m model`` and the other commands run this checkout's code in any working directory.

    `PYTHONSAFEPATH` keeps modules of the working directory out. The checkout comes before the other folders of `PYTHONPATH`; an empty
    entry there, and one that names the working directory, would bring its modules back.
    """
    entries = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    others = [entry for entry in entries if entry and not _is_one_of(entry, ROOT, Path.cwd())]
    return {"PYTHONPATH": os.pathsep.join([str(ROOT), *others]), "PYTHONSAFEPATH": "1"}


def forget_working_directory() -> None:
    """Import from the checkout first and from the working directory no more, in this process."""
    sys.path[:] = [str(ROOT), *(entry for entry in sys.path if not _is_one_of(entry or ".", ROOT, Path.cwd()))]


def _is_one_of(entry: str, *folders: Path) -> bool:
    return Path(entry).resolve() in [folder.resolve() for folder in folders]


def check_checkout(folder: Path = ROOT) -> None:
    """Refuse modules that someone put into the checkout's top folder and that hide Python's own or a library's.

    Raises
    ------
    InputError
        With a line for each of them.
    """
    others = [entry for entry in sys.path if not _is_one_of(entry or ".", folder, Path.cwd())]
    names = {path.stem: path for path in sorted(folder.glob("*.py"))}
    hiding = [path for name, path in names.items() if name in (*CUSTOMIZE, *sys.stdlib_module_names) or PathFinder.find_spec(name, others)]
    if hiding:
        raise InputError("\n".join(f"{path}: hides the Python module {path.stem} from our commands; rename or move it" for path in hiding))


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
