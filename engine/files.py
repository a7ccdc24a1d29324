"""Writing a file whole or not at all, without replacing another by mistake."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from secrets import token_hex


def write_atomically(path: Path, text: str, *, replace: bool) -> None:
    """Write a file whole or not at all, even if the process is killed meanwhile.

    A symbolic link stays one, and a replaced file's permissions stay. Pipes and devices, such as
    `/dev/stdout`, are written to directly: nothing may replace them.

    Args:
        path: of the file, in a folder that exists.
        text: the whole content; written as UTF-8.
        replace: whether a file that exists is replaced.

    Raises:
        FileExistsError: if the file exists and must not be replaced.
        OSError: if it cannot be written.
    """
    if is_special(path):
        path.write_text(text, encoding="utf-8")
        return
    target = path.resolve()
    part = target.with_name(f".{target.name}.{token_hex(4)}")
    try:
        with part.open("x", encoding="utf-8") as file:
            file.write(text)
        if target.exists():
            shutil.copymode(target, part)
        if replace:
            part.replace(target)
        else:
            rename_to_new(part, target)
    finally:
        part.unlink(missing_ok=True)


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
