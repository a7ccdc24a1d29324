from __future__ import annotations

from dataclasses import replace

import pytest
from scripted import FINGERPRINT

from hiss.errors import EngineError
from hiss.reports import doctor
from hiss.reports.doctor import Findings, examine
from hiss.training import backend
from hiss.training.gpu_load import GpuLoad


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with one GPU, known without TensorFlow."""

    def load(device: str | None = None) -> object:
        if device == "gpu:7":
            raise EngineError("There is no device `gpu:7`.", "There is cpu.")
        return FINGERPRINT

    monkeypatch.setattr(backend, "load", load)
    monkeypatch.setattr(backend, "devices", lambda: ("cpu", "gpu:0"))


def value(found: Findings, about: str, name: str) -> str:
    return next(one.value for one in found[about] if one.name == name)


def test_it_names_the_versions_of_what_numbers_depend_on() -> None:
    found = examine()
    for package in ("python", "keras", "tensorflow", "numpy"):
        assert value(found, "versions", package)[0].isdigit()


def test_it_names_what_would_be_chosen() -> None:
    found = examine()
    assert value(found, "devices", "available") == "cpu, gpu:0"
    assert value(found, "devices", "device") == "cpu"
    assert value(found, "devices", "engine") == "fused"


def test_a_device_that_is_not_there_is_a_finding() -> None:
    assert "gpu:7" in examine("gpu:7")["devices"][0].why


def test_a_tensorflow_that_cannot_be_imported_is_a_finding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def load(device: str | None = None) -> None:
        raise ImportError("libcudart.so: cannot open shared object file")

    monkeypatch.setattr(backend, "load", load)
    assert "libcudart" in examine()["devices"][0].why


def test_it_names_the_load_of_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "load", lambda device: replace(FINGERPRINT, device="gpu:0"))
    monkeypatch.setattr(doctor, "gpu_load", lambda device: GpuLoad("H100", 43, 1 << 30, 80 << 30))
    assert value(examine(), "devices", "load") == "43 %, 1.0 of 80.0 GiB"
    monkeypatch.setattr(doctor, "gpu_load", lambda device: None)
    assert value(examine(), "devices", "load") == "not known"
