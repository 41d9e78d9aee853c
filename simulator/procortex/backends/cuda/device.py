"""The GPU behind a small face: memory, kernels, copies. PyCUDA is imported here only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from procortex.backends.cuda.claim import claim
from procortex.backends.cuda.partition import Shape
from procortex.utilities.errors import InputError


@dataclass(frozen=True)
class Memory:
    """A piece of device memory."""

    address: int
    size: int


class Device:
    """One GPU, of those in CUDA_VISIBLE_DEVICES one that no other simulation has claimed, with a context of its own.

    Raises
    ------
    InputError
        If PyCUDA, the driver or a GPU is missing.
    """

    def __init__(self) -> None:
        try:
            import pycuda
            import pycuda.driver as driver
        except ImportError as error:
            raise InputError(
                f"--backend cuda needs PyCUDA and an NVIDIA driver ({error}): pip install -r requirements/gpu.txt, or use --backend cpu"
            ) from None
        try:
            driver.init()
            visible = [driver.Device(ordinal) for ordinal in range(driver.Device.count())]
        except driver.Error as error:
            raise InputError(f"--backend cuda found no usable GPU ({error}); use --backend cpu") from None
        if not visible:
            raise InputError("--backend cuda sees no GPU; set CUDA_VISIBLE_DEVICES to one, or use --backend cpu")
        self._claim = claim([str(device.pci_bus_id()) for device in visible])
        self._device = visible[self._claim.ordinal]
        self._driver = driver
        self._context = self._device.make_context()
        self._held: list[Any] = []
        self.held_bytes = 0
        self._functions: dict[str, Any] = {}
        self.profile = False
        self.kernel_ms: dict[str, list[float]] = {}
        self._marks: list[tuple[str, Any, Any]] = []
        attribute = driver.device_attribute
        self.name = str(self._device.name())
        self.pci_bus_id = str(self._device.pci_bus_id())
        major, minor = self._device.compute_capability()
        self.architecture = 10 * major + minor
        self.shape = Shape(
            multiprocessors=int(self._device.get_attribute(attribute.MULTIPROCESSOR_COUNT)),
            shared_bytes=int(self._device.get_attribute(attribute.MAX_SHARED_MEMORY_PER_BLOCK_OPTIN)),
        )
        self.shared_bytes_total = int(self._device.get_attribute(attribute.MAX_SHARED_MEMORY_PER_MULTIPROCESSOR))
        self.versions: Mapping[str, str] = {"pycuda": pycuda.VERSION_TEXT, "cuda driver": str(driver.get_driver_version())}

    def load(self, cubin: Path) -> None:
        """Load compiled kernels."""
        self._module = self._driver.module_from_file(str(cubin))

    def free_bytes(self) -> int:
        """Free memory of the device."""
        return int(self._driver.mem_get_info()[0])

    def allocate(self, size: int) -> Memory:
        """Allocate memory; its content is undefined."""
        try:
            held = self._driver.mem_alloc(max(int(size), 16))
        except self._driver.MemoryError:
            free, total = self._driver.mem_get_info()
            raise InputError(
                f"the GPU has no {size / 1e9:.2f} GB left ({free / 1e9:.1f} of {total / 1e9:.1f} GB free); "
                "give a smaller --memory, or use a larger GPU"
            ) from None
        self._held.append(held)
        self.held_bytes += int(size)
        return Memory(int(held), int(size))

    def upload(self, array: NDArray[Any]) -> Memory:
        """Copy an array to the device."""
        array = np.ascontiguousarray(array)
        memory = self.allocate(array.nbytes)
        if array.nbytes:
            self._driver.memcpy_htod(memory.address, array)
        return memory

    def overwrite(self, memory: Memory, array: NDArray[Any]) -> None:
        """Copy an array over what stands in a piece of memory, after all that was launched before."""
        if array.nbytes:
            self._driver.memcpy_htod(memory.address, np.ascontiguousarray(array))

    def download(self, memory: Memory, count: int, kind: type) -> NDArray[Any]:
        """Copy the first `count` numbers back, after all that was launched before."""
        out: NDArray[Any] = np.empty(count, kind)
        if count:
            self._driver.memcpy_dtoh(out, memory.address)
        return out

    def fill(self, memory: Memory, byte: int) -> None:
        """Set every byte."""
        self._driver.memset_d8(memory.address, byte, max(memory.size, 1))

    def set_constant(self, name: str, value: NDArray[Any]) -> None:
        """Write a constant of the module."""
        address, size = self._module.get_global(name)
        if size != value.nbytes:
            raise RuntimeError(f"{name} has {size} bytes on the device, {value.nbytes} here")
        self._driver.memcpy_htod(address, value)

    def download_constant(self, name: str, count: int, kind: type) -> NDArray[Any]:
        """Read a constant of the module."""
        out: NDArray[Any] = np.empty(count, kind)
        self._driver.memcpy_dtoh(out, self._module.get_global(name)[0])
        return out

    def launch(self, name: str, grid: int, threads: int, shared: int, *arguments: int | Memory) -> None:
        """Launch a kernel; arguments are 32-bit numbers and memory."""
        function = self._functions.get(name)
        if function is None:
            function = self._module.get_function(name)
            function.prepare("".join("P" if isinstance(argument, Memory) else "I" for argument in arguments))
            if shared > 48 << 10:
                function.set_attribute(self._driver.function_attribute.MAX_DYNAMIC_SHARED_SIZE_BYTES, shared)
            self._functions[name] = function
        values = [argument.address if isinstance(argument, Memory) else argument for argument in arguments]
        if self.profile:
            begin, end = self._driver.Event(), self._driver.Event()
            begin.record()
            function.prepared_async_call((grid, 1), (threads, 1, 1), None, *values, shared_size=shared)
            end.record()
            self._marks.append((name, begin, end))
        else:
            function.prepared_async_call((grid, 1), (threads, 1, 1), None, *values, shared_size=shared)

    def synchronize(self) -> None:
        """Wait for all that was launched; with `profile` on, note how long each kernel took."""
        self._context.synchronize()
        for name, begin, end in self._marks:
            self.kernel_ms.setdefault(name, []).append(begin.time_till(end))
        self._marks.clear()

    def close(self) -> None:
        """Free everything."""
        if self._context is not None:
            self._functions.clear()
            self._held.clear()
            self._context.pop()
            self._context = None
            self._claim.release()
