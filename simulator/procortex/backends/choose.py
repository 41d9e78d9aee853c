"""Choose a backend by name and set a network up on it; each backend is imported only when it is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xarray as xr

    from procortex.backends.base import Engine, Options

BACKENDS: tuple[str, ...] = ("cpu", "cuda", "nest")


def resolve(name: str) -> str:
    """Backend that a name stands for: ``auto`` is the fastest one that works here."""
    if name != "auto":
        return name
    from procortex.backends.cuda.usable import cuda_works

    return "cuda" if cuda_works() else "cpu"


def set_up(name: str, network: xr.Dataset, options: Options) -> Engine:
    """Set a network up on a backend.

    Raises
    ------
    procortex.utilities.errors.InputError
        If the backend is not usable here or the network asks for what it cannot do.
    """
    backend = resolve(name)
    if backend == "nest":
        from procortex.backends.nest import NestSimulation

        return NestSimulation(network, options)
    if backend == "cuda":
        from procortex.backends.cuda.simulation import CudaSimulation

        return CudaSimulation(network, options)
    from procortex.backends.cpu import CpuSimulation

    return CpuSimulation(network, options)
