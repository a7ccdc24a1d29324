"""What machine this is, as far as numbers and speed depend on it."""

from __future__ import annotations

import os
import platform
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")


def cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processor() -> str:
    """Name the processor's model."""
    return _field("model name") or platform.processor() or platform.machine()


def instruction_sets() -> str:
    """List what the processor can do beyond its architecture; empty where that is not told."""
    return _field("flags")


def _field(name: str) -> str:
    try:
        lines = CPUINFO.read_text().splitlines()
    except OSError:
        return ""
    values = (line.split(":", 1)[1].strip() for line in lines if line.startswith(name))
    return next(values, "")
