"""How busy the GPU that trains is, as NVIDIA's library says where `nvidia-ml-py` is installed."""

from __future__ import annotations

import contextlib
import functools
import os
from typing import Any, NamedTuple

GPU = "gpu:"
"""Begins the name of a GPU; its number among the visible ones follows."""


class GpuLoad(NamedTuple):
    """The load of one GPU."""

    name: str
    """The model, such as `NVIDIA H100 80GB HBM3`."""
    busy: int
    """Percentage of the last moments in which a kernel ran on it, from 0 to 100."""
    used: int
    """Bytes of its memory that are taken, by whatever process."""
    memory: int
    """Bytes of memory that it has."""

    @property
    def words(self) -> str:
        """The load in words: `43 %, 1.2 of 79.6 GiB`."""
        return f"{self.busy} %, {self.used / 2**30:.1f} of {self.memory / 2**30:.1f} GiB"


def gpu_load(device: str) -> GpuLoad | None:
    """Return the load of a device now.

    Args:
        device: `cpu`, `gpu:0`, `gpu:1` …, numbered as TensorFlow does: among the GPUs that
            `CUDA_VISIBLE_DEVICES` leaves, in the order of their places on the bus.

    Returns:
        Its load; None for a CPU, without `nvidia-ml-py`, and where the driver does not say.
    """
    nvml = _nvml() if device.startswith(GPU) else None
    if nvml is None:
        return None
    with contextlib.suppress(nvml.NVMLError, ValueError, IndexError):
        handle = _handle(nvml, int(device.removeprefix(GPU)))
        memory = nvml.nvmlDeviceGetMemoryInfo(handle)
        busy = nvml.nvmlDeviceGetUtilizationRates(handle).gpu
        return GpuLoad(nvml.nvmlDeviceGetName(handle), busy, memory.used, memory.total)
    return None


@functools.cache
def _nvml() -> Any:
    """Return NVIDIA's library, ready for questions; None where it cannot be had."""
    try:
        import pynvml
    except ImportError:
        return None
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return None
    return pynvml


def _handle(nvml: Any, number: int) -> Any:
    """Return the library's handle of a GPU that TensorFlow sees under a number."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is None:
        return nvml.nvmlDeviceGetHandleByIndex(number)
    chosen = visible.split(",")[number].strip()
    if chosen.isdecimal():
        return nvml.nvmlDeviceGetHandleByIndex(int(chosen))
    return nvml.nvmlDeviceGetHandleByUUID(chosen)
