"""Energy that an NVIDIA GPU has taken, as its driver counts it."""

from __future__ import annotations

import ctypes

LIBRARY = "libnvidia-ml.so.1"
SUCCESS = 0


class EnergyCounter:
    """The energy counter of one GPU: joules since some moment in the past, for the whole card, whoever uses it.

    Parameters
    ----------
    pci_bus_id
        The GPU's place on the bus: the driver's own numbers do not follow CUDA_VISIBLE_DEVICES.
    library
        NVIDIA's management library, part of the driver.
    """

    def __init__(self, pci_bus_id: str, library: str = LIBRARY) -> None:
        self._device = ctypes.c_void_p()
        driver = _load(library)
        found = (
            driver is not None
            and driver.nvmlInit_v2() == SUCCESS
            and driver.nvmlDeviceGetHandleByPciBusId_v2(pci_bus_id.encode(), ctypes.byref(self._device)) == SUCCESS
        )
        self._driver = driver if found else None

    def joules(self) -> float | None:
        """Read the counter (J); None where driver or card has none. A reading takes milliseconds and may be a hundred of them old."""
        millijoules = ctypes.c_ulonglong()
        if self._driver is None or self._driver.nvmlDeviceGetTotalEnergyConsumption(self._device, ctypes.byref(millijoules)) != SUCCESS:
            return None
        return millijoules.value * 1e-3


def _load(library: str) -> ctypes.CDLL | None:
    """Load the library if it is there and new enough to count energy (graphics cards since Volta have a counter)."""
    try:
        loaded = ctypes.CDLL(library)
        for name in ("nvmlInit_v2", "nvmlDeviceGetHandleByPciBusId_v2", "nvmlDeviceGetTotalEnergyConsumption"):
            getattr(loaded, name)
    except (OSError, AttributeError):
        return None
    return loaded
