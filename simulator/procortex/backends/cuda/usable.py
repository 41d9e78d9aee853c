"""Whether this machine can run the cuda backend, found out without importing PyCUDA."""

from __future__ import annotations

import ctypes
import importlib.util

from procortex.backends.cuda.compile import nvcc_command
from procortex.utilities.errors import InputError


def cuda_works() -> bool:
    """Whether a driver, a GPU, PyCUDA and nvcc are there."""
    try:
        driver = ctypes.CDLL("libcuda.so.1")
        nvcc_command()
    except (OSError, InputError):
        return False
    count = ctypes.c_int(0)
    found = driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0 and count.value > 0
    return found and importlib.util.find_spec("pycuda") is not None
