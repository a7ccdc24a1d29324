"""Runs the function in the user's Python file, and reports its errors with their line."""

from __future__ import annotations

import importlib.util
import inspect
import os
import re
import sys
import traceback
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from hiss.errors import EngineError, did_you_mean, escaped
from hiss.files import expanded

LIBRARIES = ("keras", "tensorflow")
"""Packages that run a user's layers."""
EXAMPLE = "For example --model network.py:build, where build() returns a keras.Model."


def split_reference(reference: str) -> tuple[Path, str]:
    """Split `network.py:build` into the file and the name of the function.

    Raises:
        EngineError: if it is not of that form, or there is no such file.
    """
    path, colon, function = reference.rpartition(":")
    if not (colon and path.endswith(".py") and function.isidentifier()):
        wanted = "expected FILE.py:FUNCTION"
        raise EngineError(f"--model: {wanted}, received {reference!r}.", EXAMPLE)
    file = expanded(path).absolute()
    if not os.path.isfile(file):
        raise EngineError(f"--model: {file}: no such file.", EXAMPLE)
    return file, function


def changed(reference: str) -> int:
    """Return when the file of a reference was last modified, in ns since 1970."""
    return split_reference(reference)[0].stat().st_mtime_ns


def call(reference: str) -> Any:
    """Run the user's function and return what it returns.

    Raises:
        EngineError: if the file or the function fails, with the line that failed.
    """
    file, name = split_reference(reference)
    with blamed(file, entirely=True):
        module = _module(file, changed(reference))
        function = _function(module, file, name)
        return function()


@contextmanager
def blamed(file: Path, entirely: bool = False) -> Iterator[None]:
    """Report errors that the user's file raises as the user's, with the last line that ran there.

    What the file prints goes to stderr, because stdout holds the result alone.

    Args:
        file: the user's.
        entirely: whether nothing but the file runs; otherwise, errors that hiss itself raises stay.

    Raises:
        EngineError: for any exception raised while a line of the file was running, or by Keras or
            TensorFlow, which run the file's model.
    """
    try:
        with _stdout_on_stderr(), redirect_stdout(sys.stderr), _neighbours_importable(file):
            yield
    except EngineError:
        raise
    except (Exception, SystemExit) as error:
        place = _place(error, str(file))
        if place is None and not (entirely or _is_raised_by(error, LIBRARIES)):
            raise
        where = place or ("it cannot be run" if entirely else "its model cannot be trained")
        reason = f"{type(error).__name__}: {escaped(telling_line(error))}"
        raise EngineError(f"{file}: {where}: {reason}") from error


@contextmanager
def _stdout_on_stderr() -> Iterator[None]:
    """Send descriptor 1 to descriptor 2, for native code and processes that write to it."""
    try:
        original = os.dup(1)
    except OSError:  # it is closed
        yield
        return
    sys.stdout.flush()
    try:
        with suppress(OSError):
            os.dup2(2, 1)
        yield
    finally:
        os.dup2(original, 1)
        os.close(original)


def _is_raised_by(error: BaseException, packages: Collection[str]) -> bool:
    """Return whether the code that raised an error belongs to one of some packages."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return bool(frames) and str(frames[-1].f_globals["__name__"]).split(".")[0] in packages


@lru_cache(maxsize=4)
def _module(file: Path, changed: int) -> ModuleType:
    """Run a file as a module; again only if it has changed."""
    spec = importlib.util.spec_from_file_location(f"hiss_user_{file.stem}", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@contextmanager
def _neighbours_importable(file: Path) -> Iterator[None]:
    """Let code import the files beside `file`, as Python does for a script."""
    folder = str(file.parent)
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.path.remove(folder)


def _function(module: ModuleType, file: Path, name: str) -> Callable[[], Any]:
    function = getattr(module, name, None)
    if callable(function):
        _check_arguments(function, file, name)
        return function  # type: ignore[no-any-return]
    known = [each for each, value in vars(module).items() if _is_defined_in(value, module)]
    raise EngineError(f"{file}: there is no function `{name}`.{did_you_mean(name, known)}")


def _check_arguments(function: Callable[..., Any], file: Path, name: str) -> None:
    with suppress(ValueError):  # functions of C have no signature
        try:
            inspect.signature(function).bind()
        except TypeError as error:
            wanted = f"expected a function that can be called as {name}()"
            raise EngineError(
                f"{file}: {wanted}: {error}.", "Give every argument a default."
            ) from None


def _is_defined_in(value: object, module: ModuleType) -> bool:
    return callable(value) and getattr(value, "__module__", None) == module.__name__


def telling_line(error: BaseException) -> str:
    """Return the most informative line of an error's message.

    Keras puts a line before it, and TensorFlow, for a graph, all frames of a traceback.
    """
    plain = re.sub(r"\x1b\[\d*m", "", str(error))
    lines = [line for line in plain.splitlines() if line.strip()]
    if not lines:
        return "no message"
    if lines[0].startswith("Graph execution error"):
        return next(line for line in reversed(lines) if not line[0].isspace())
    wrapped = len(lines) > 1 and lines[0].startswith("Exception encountered when calling")
    return lines[wrapped]


def _place(error: BaseException, file: str) -> str | None:
    """Return where in a file an error arose: `line 3, in build`; None if it was elsewhere."""
    if isinstance(error, SyntaxError) and error.filename == file:
        return f"line {error.lineno}"
    frames = [one for one in traceback.extract_tb(error.__traceback__) if one.filename == file]
    return f"line {frames[-1].lineno}, in {frames[-1].name}" if frames else None
