"""What hiss finds on this machine, and the choices that it would make on it."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files

from hiss.errors import EngineError
from hiss.library.presets import load_presets, user_directory
from hiss.training import backend, cgroups, machine
from hiss.training.gpu_load import GPU, gpu_load

PACKAGES = (
    "hiss",
    "keras",
    "tensorflow",
    "numpy",
    "scipy",
    "scikit-learn",
    "pydantic",
    "textual",
    "rich",
    "plotext",
    "typer",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact, or one choice that would be made, with the reason for it."""

    name: str
    value: str
    why: str = ""


Findings = Mapping[str, tuple[Finding, ...]]
"""Findings by subject: `versions`, `machine`, `devices`, `presets`."""


def examine(device: str | None = None) -> Findings:
    """Examine the machine.

    Imports TensorFlow on the calling thread.

    Args:
        device: `cpu`, `gpu:0` …; None leaves the choice to the engine.
    """
    return {
        "versions": (Finding("python", platform.python_version()), *map(_package, PACKAGES)),
        "machine": _machine(),
        "devices": _devices(device),
        "presets": _presets(),
    }


def _package(name: str) -> Finding:
    try:
        return Finding(name, version(name))
    except PackageNotFoundError:
        return Finding(name, "not installed")


def _machine() -> tuple[Finding, ...]:
    quota, limit = cgroups.cpu_quota(), cgroups.memory_limit()
    cores = "available to this process" + (f"; CPU quota {quota:.4g}" if quota else "")
    memory = f"{machine.available_memory() / 2**30:.1f} GiB available"
    limited = "; limited by a control group" if machine.memory() == limit else ""
    return (
        Finding("system", platform.platform()),
        Finding("cores", str(machine.cores()), cores),
        Finding("memory", f"{machine.memory() / 2**30:.1f} GiB", memory + limited),
    )


def _devices(device: str | None) -> tuple[Finding, ...]:
    try:
        chosen = backend.load(device)
    except (EngineError, ImportError) as error:
        return (Finding("device", "none", str(error)),)
    return (
        Finding("cpu", chosen.cpu),
        Finding("available", ", ".join(backend.devices())),
        Finding("device", chosen.device, "as requested" if device else "a GPU before the CPU"),
        *_gpu(chosen.device),
        Finding("engine", "fused", "unless --engine reference selects Keras' own `fit`"),
    )


def _gpu(device: str) -> tuple[Finding, ...]:
    if not device.startswith(GPU):
        return ()
    load = gpu_load(device)
    if load is None:
        return (Finding("load", "not known", "nvidia-ml-py is not installed, or has no driver"),)
    return (Finding("load", load.words, f"of {load.name}, as hiss starts"),)


def _presets() -> tuple[Finding, ...]:
    library = load_presets()
    broken = f"{len(library.problems)} cannot be read" if library.problems else ""
    return (
        Finding("built-in", str(files("hiss.presets"))),
        Finding("your own", str(user_directory())),
        Finding("found", str(len(library.experiments)), broken),
    )
