"""The limits that Linux' control groups set to this process: processor time and memory.

A process is subject to the limits of its own group and of all groups above it, so the smallest
counts. Version 1 has a hierarchy of groups for each controller, version 2 one for all; both may
be mounted at once.

Source: the Linux kernel's documentation, `admin-guide/cgroup-v2.rst`, `admin-guide/cgroup-v1/`
and `scheduler/sched-bwc.rst`; `man 7 cgroups`; `man 5 proc_pid_mountinfo`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path("/")
"""The root of the file system; tests have one of their own."""
UNLIMITED = 2**60
"""Bytes from which on a limit is none: version 1 writes 2⁶³ less a page."""
_MEMORY_FILES = (
    ("memory.max", "memory.current", ("inactive_file", "active_file")),
    (
        "memory.limit_in_bytes",
        "memory.usage_in_bytes",
        ("total_inactive_file", "total_active_file"),
    ),
)
"""For each version: the limit, the usage, and the parts of it that are the cache of files."""


class _Mount(NamedTuple):
    """A place where a hierarchy of groups is mounted."""

    group: str
    """The group that is mounted there, from the hierarchy's root."""
    folder: str
    controllers: frozenset[str]
    """Of version 1; empty for version 2."""


def cpu_quota() -> float | None:
    """Return how many processors' time this process may take; None where that is not limited."""
    quotas = [_cpu_quota_v1(folder) or _cpu_quota_v2(folder) for folder in _folders("cpu")]
    return min((quota for quota in quotas if quota), default=None)


def memory_limit() -> int | None:
    """Return the bytes that this process and others in its group may take; None if not limited."""
    return min((limit for limit, _ in _memory()), default=None)


def available_memory() -> int | None:
    """Return the bytes that this process may still take; None where that is not limited.

    That is limit − usage + cached files, which the kernel drops when memory is short, at least 0.
    """
    return min((available for _, available in _memory()), default=None)


def _memory() -> Iterator[tuple[int, int]]:
    """Yield the limit of each group and what is available below it."""
    for folder in _folders("memory"):
        for limit_file, usage_file, cached in _MEMORY_FILES:
            limit = _number(folder / limit_file)
            if limit is not None and limit < UNLIMITED:
                usage = _number(folder / usage_file) or 0
                stat = _statistics(folder / "memory.stat")
                files = sum(stat.get(name, 0) for name in cached)
                yield limit, max(0, min(limit, limit - usage + files))


def _cpu_quota_v1(folder: Path) -> float | None:
    quota, period = _number(folder / "cpu.cfs_quota_us"), _number(folder / "cpu.cfs_period_us")
    return quota / period if quota and period else None


def _cpu_quota_v2(folder: Path) -> float | None:
    words = _read(folder / "cpu.max").split()
    quota, period = map(_whole, words) if len(words) == 2 else (None, None)
    return quota / period if quota and period else None


def _folders(controller: str) -> Iterator[Path]:
    """Yield the folders of the process's groups that a controller limits, and of those above."""
    mounts = list(_mounts())
    for line in _read(ROOT / "proc/self/cgroup").splitlines():
        _, _, rest = line.partition(":")
        names, found, group = rest.partition(":")
        if not found or (names and controller not in names.split(",")):
            continue
        for mount in mounts:
            if controller in mount.controllers if names else not mount.controllers:
                yield from _with_parents(mount, group)


def _with_parents(mount: _Mount, group: str) -> Iterator[Path]:
    """Yield the folder of a group and of those above it, as far as they are mounted.

    A container that sees the groups of its host, but has only its own mounted, has it at the top.
    """
    top = ROOT / mount.folder.lstrip("/")
    inside = group.removeprefix(mount.group.rstrip("/")) if _is_below(group, mount.group) else ""
    folder = top / inside.strip("/")
    yield folder
    while folder != top:
        folder = folder.parent
        yield folder


def _is_below(group: str, above: str) -> bool:
    return ".." not in group.split("/") and f"{group}/".startswith(f"{above.rstrip('/')}/")


def _mounts() -> Iterator[_Mount]:
    """Yield the mounted hierarchies."""
    for line in _read(ROOT / "proc/self/mountinfo").splitlines():
        before, _, after = line.partition(" - ")
        fields, source = before.split(), after.split()
        if len(fields) >= 5 and len(source) >= 3 and source[0] in ("cgroup", "cgroup2"):
            group, folder = map(_unescaped, fields[3:5])
            controllers = source[2].split(",") if source[0] == "cgroup" else ()
            yield _Mount(group, folder, frozenset(controllers))


def _unescaped(path: str) -> str:
    """Return a path of `mountinfo`, which writes a blank as a backslash and `040`."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), path)


def _statistics(path: Path) -> dict[str, int]:
    """Return the lines `name number` of a file."""
    lines = (line.split() for line in _read(path).splitlines())
    return {line[0]: _whole(line[1]) or 0 for line in lines if len(line) == 2}


def _number(path: Path) -> int | None:
    """Return the number in a file; None where there is none."""
    return _whole(_read(path).strip())


def _whole(text: str) -> int | None:
    """Return a whole number; None for `max` and −1, which are no limit, and for nonsense."""
    return int(text) if text.isdecimal() and len(text) < 20 else None


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except (OSError, ValueError):
        return ""
