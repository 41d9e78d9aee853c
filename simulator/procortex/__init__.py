"""Simulate large networks of spiking neurons with procedural connectivity: synapses are regenerated, not stored.

>>> import procortex as pc
>>> pc.__version__.count(".")
2

Names are imported when they are used, so that ``import procortex`` and the commands start at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from procortex.utilities.repository import RELEASE

if TYPE_CHECKING:
    from procortex.api import open_network, open_spikes, plan, simulate
    from procortex.network import Network
    from procortex.simulation import Simulation
    from procortex.spike_data import Spikes
    from procortex.utilities.errors import InputError

__version__ = RELEASE

_PLACES = {
    "InputError": "procortex.utilities.errors",
    "Network": "procortex.network",
    "Simulation": "procortex.simulation",
    "Spikes": "procortex.spike_data",
    "open_network": "procortex.api",
    "open_spikes": "procortex.api",
    "plan": "procortex.api",
    "simulate": "procortex.api",
}

__all__ = ["InputError", "Network", "Simulation", "Spikes", "__version__", "open_network", "open_spikes", "plan", "simulate"]


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
