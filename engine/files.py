"""Files that are written completely or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_atomically(path: Path, text: str, *, replace: bool) -> None:
    """Write a text file completely or not at all; a symbolic link stays a link.

    The text goes to a temporary file beside the target, which then takes the target's name.
    Pipes and devices such as `/dev/stdout` are written to directly.

    Args:
        path: The file to write, in UTF-8.
        text: Its whole content.
        replace: Whether an existing file may be replaced.

    Raises:
        FileExistsError: The file exists and `replace` is false.
        OSError: The file cannot be written.
    """
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8")
        return
    target = path.resolve()
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        temporary.chmod(_permissions(target))
        if replace:
            temporary.replace(target)
        else:
            os.link(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def _permissions(target: Path) -> int:
    """Return the mode of the file to be replaced, or the one that the umask gives new files."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
