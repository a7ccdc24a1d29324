"""Writing a file whole or not at all, without replacing another by mistake."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

UNENCODABLE = "backslashreplace"
PART = ".part"
"""How the name of a file ends that is being written."""


def write_atomically(path: Path, text: str, *, replace: bool) -> None:
    """Write a file whole or not at all, even if the process is killed meanwhile.

    A symbolic link stays one, and a replaced file's permissions stay. Pipes and devices, such as
    `/dev/stdout`, are written to directly: nothing may replace them.

    Args:
        path: of the file, in a folder that exists.
        text: the whole content; written as UTF-8, with surrogates escaped as in JSON.
        replace: whether a file that exists is replaced.

    Raises:
        FileExistsError: if the file exists and must not be replaced.
        OSError: if it cannot be written.
    """
    if is_special(path):
        path.write_text(text, encoding="utf-8", errors=UNENCODABLE)
        return
    with suppress(FileNotFoundError):
        path.stat()  # a link to itself is not to be replaced
    target = resolved(path)
    part = target.with_name(f".{target.name}.{os.urandom(4).hex()}")
    try:
        with part.open("x", encoding="utf-8", errors=UNENCODABLE) as file:
            file.write(text)
        if target.exists():
            shutil.copymode(target, part)
        if replace:
            part.replace(target)
        else:
            rename_to_new(part, target)
    finally:
        part.unlink(missing_ok=True)


def write_durably(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, so that it is there after a loss of power too.

    Args:
        path: of the file, which is replaced if it exists, in a folder that exists.
        content: the whole content.

    Raises:
        OSError: if it cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.urandom(4).hex()}{PART}")
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _sync_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make a renamed file's new name durable, where the file system can do that."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def rename_to_new(before: Path, after: Path) -> None:
    """Rename a file to a name that does not exist yet, in one step that cannot replace a file.

    Raises:
        FileExistsError: if the new name exists.
        OSError: if the file cannot be renamed.
    """
    try:
        os.link(before, after)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        after.open("x").close()
        before.replace(after)
    else:
        before.unlink()


def is_special(path: Path) -> bool:
    """Return whether a path exists and is no regular file: a pipe, a device or a folder."""
    return path.exists() and not path.is_file()


def in_home(find: Callable[[], Path]) -> Path:
    """Return a folder of the user's that platformdirs finds.

    It is not absolute where neither HOME nor the system's list of users names a home: nothing can
    be read or written there.
    """
    try:
        return find()
    except RuntimeError:  # of platformdirs from 4.4 on; before, the path begins with `~`
        return Path("~")


def expanded(path: str | Path) -> Path:
    """Return a path with `~` replaced by a home folder; unchanged where there is none.

    As in a shell, `~nosuchuser/x` is then a folder of that name, which usually does not exist.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def resolved(path: Path) -> Path:
    """Return a path as absolute, with links followed as far as they lead somewhere."""
    try:
        return Path(os.path.realpath(path))
    except ValueError:  # of a NUL byte
        return path.absolute()


def why(error: OSError | ValueError) -> str:
    """Return the reason for which a file cannot be opened: `No such file or directory`."""
    return getattr(error, "strerror", None) or str(error)
