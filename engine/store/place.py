"""Where studies are kept: the folder, and whether it lies on a network."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

from hiss.errors import EngineError
from hiss.files import expanded, in_home, resolved

HOME_VARIABLE = "HISS_HOME"
"""Environment variable that names the folder."""
NETWORK_TYPES = ("nfs", "cifs", "smb", "lustre", "gpfs", "beegfs", "ceph", "fuse", "9p", "afs")
"""Types of file systems, by how their names begin, on which SQLite's locks do not hold."""
MOUNTS = Path("/proc/self/mountinfo")


def store_folder(asked: Path | None = None) -> Path:
    """Return the folder in which studies are kept; it need not exist yet.

    Args:
        asked: the folder that the user names, before `HISS_HOME` and the platform's data folder.

    Raises:
        EngineError: if a folder is asked for that is a file.
    """
    named = asked or os.environ.get(HOME_VARIABLE)
    if not named:
        return in_home(lambda: user_data_path("hiss", appauthor=False))
    folder = resolved(expanded(named))
    if folder.exists() and not folder.is_dir():
        source = "--store" if asked else HOME_VARIABLE
        raise EngineError(f"{source}: {folder} is a file.", "Name a folder, new or not.")
    return folder


def studies_in(store: Path) -> Path:
    """Return the folder that holds a folder for each study."""
    return store / "studies"


def index_file(store: Path) -> Path | None:
    """Return where the index of a store can be; None where there is no place for it.

    Beside the studies, or in the user's cache where they lie on a network.
    """
    if not on_network(store):
        return store / "index.sqlite"
    cache = in_home(lambda: user_cache_path("hiss", appauthor=False))
    if not cache.is_absolute() or on_network(cache):
        return None
    return cache / f"index-{resolved(store).as_posix().strip('/').replace('/', '-')[-120:]}.sqlite"


def on_network(folder: Path, mounts: Path = MOUNTS) -> bool:
    """Return whether a folder lies on a network file system, as far as Linux says.

    Source: proc_pid_mountinfo(5): the fifth field is the mount point, the type follows " - ".
    """
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    path = resolved(folder)
    best, kind = -1, ""
    for line in lines:
        before, _, after = line.partition(" - ")
        fields = before.split()
        if len(fields) < 5 or not after:
            continue
        point = fields[4].replace("\\040", " ")
        if path.is_relative_to(point) and len(point) >= best:
            best, kind = len(point), after.split()[0]
    return kind.startswith(NETWORK_TYPES)
