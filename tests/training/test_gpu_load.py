from __future__ import annotations

import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from hiss.training import gpu_load as subject
from hiss.training.gpu_load import GpuLoad, gpu_load

IDS = {0: "GPU-aaaa", 1: "GPU-bbbb"}


class NVMLError(Exception):
    """What NVIDIA's library raises."""


def by_index(number: int) -> int:
    if number not in IDS:
        raise NVMLError("Invalid Argument")
    return number


def by_uuid(name: str) -> int:
    for number, known in IDS.items():
        if known == name:
            return number
    raise NVMLError("Not Found")


@pytest.fixture(autouse=True)
def library(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """NVIDIA's library on a machine with two GPUs, of which the second is busy."""
    library = SimpleNamespace(
        NVMLError=NVMLError,
        nvmlInit=lambda: None,
        nvmlDeviceGetHandleByIndex=by_index,
        nvmlDeviceGetHandleByUUID=by_uuid,
        nvmlDeviceGetName=lambda handle: f"Accelerator {handle}",
        nvmlDeviceGetMemoryInfo=lambda handle: SimpleNamespace(used=handle << 30, total=80 << 30),
        nvmlDeviceGetUtilizationRates=lambda handle: SimpleNamespace(gpu=43 * handle),
    )
    monkeypatch.setitem(sys.modules, "pynvml", library)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    subject._nvml.cache_clear()
    yield library
    subject._nvml.cache_clear()


def test_the_load_of_a_gpu_is_read_and_said() -> None:
    load = gpu_load("gpu:1")
    assert load == GpuLoad("Accelerator 1", 43, 1 << 30, 80 << 30)
    assert load.words == "43 %, 1.0 of 80.0 GiB"


@pytest.mark.parametrize(
    ("visible", "device", "found"),
    [
        ("1", "gpu:0", "Accelerator 1"),
        ("1,0", "gpu:1", "Accelerator 0"),
        ("GPU-bbbb", "gpu:0", "Accelerator 1"),
        ("1", "gpu:1", None),
        ("7", "gpu:0", None),
        ("MIG-cccc", "gpu:0", None),
        ("", "gpu:0", None),
    ],
)
def test_gpus_are_numbered_among_the_visible_ones(
    monkeypatch: pytest.MonkeyPatch, visible: str, device: str, found: str | None
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    load = gpu_load(device)
    assert (load and load.name) == found


def test_a_cpu_has_no_such_load() -> None:
    assert gpu_load("cpu") is None


def test_without_the_library_there_is_no_load(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert gpu_load("gpu:0") is None


def test_without_a_driver_there_is_no_load(library: SimpleNamespace) -> None:
    def fail() -> None:
        raise NVMLError("Driver Not Loaded")

    library.nvmlInit = fail
    assert gpu_load("gpu:0") is None
