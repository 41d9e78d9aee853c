"""What surrounds our commands and must not change what they do: the user's modules and Python paths."""

from __future__ import annotations

import os
import sys
from importlib.machinery import PathFinder
from pathlib import Path

from procortex.utilities.errors import InputError

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = (ROOT, ROOT / "simulator")
"""Where the stages of the workflow lie, and the library."""

CUSTOMIZE = ("sitecustomize", "usercustomize")
"""Modules that every Python runs at its start, where it finds them."""


def command_environment() -> dict[str, str]:
    """Environment variables with which ``python -m model`` and the other commands run this checkout's code in any working directory.

    `PYTHONSAFEPATH` keeps modules of the working directory out. The checkout and its library come before the other folders of
    `PYTHONPATH`; an empty entry there, and one that names the working directory, would bring its modules back.
    """
    entries = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    others = [entry for entry in entries if entry and not _is_one_of(entry, *FOLDERS, Path.cwd())]
    return {"PYTHONPATH": os.pathsep.join([*map(str, FOLDERS), *others]), "PYTHONSAFEPATH": "1"}


def forget_working_directory() -> None:
    """Import from the checkout first and from the working directory no more, in this process."""
    sys.path[:] = [*map(str, FOLDERS), *(entry for entry in sys.path if not _is_one_of(entry or ".", *FOLDERS, Path.cwd()))]


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
