"""Runs the user's Python file or loads their model, and reports errors with their line."""

from __future__ import annotations

import importlib.util
import inspect
import os
import re
import sys
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout, suppress
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, NamedTuple

from hiss.errors import EngineError, did_you_mean, escaped
from hiss.experiment.user_model import KERAS_FILE
from hiss.files import expanded

LIBRARIES = ("keras", "tensorflow")
"""Packages that run a user's layers."""
NOT_LOADED = re.compile(r"Could not locate class '[^']+'|Requested the deserialization of a [^.]+")
"""What Keras has against a saved model, which it says among much else."""
EXAMPLE = "For example --model network.py:build, where build() returns a keras.Model."

Form = Literal["function", "class", "object", "file"]
"""What makes a user's model: a function or a subclass that is called for each replicate, or a
model that is there already, in a Python file or saved."""


class Made(NamedTuple):
    """What the user's code made, which is a `keras.Model` unless they erred."""

    model: Any
    form: Form
    seeded: bool = False
    """Whether a function or class was given a `seed`."""

    @property
    def shared(self) -> bool:
        """Whether it is the same object each time."""
        return self.form in ("object", "file")


def split_reference(reference: str) -> tuple[Path, str]:
    """Split `network.py:build` into the file and the name; that of `net.keras` is empty.

    Raises:
        EngineError: if it is of another form, or there is no such file.
    """
    path, colon, name = reference.rpartition(":")
    if reference.endswith(KERAS_FILE):
        path, name = reference, ""
    elif not (colon and path.endswith(".py") and name.isidentifier()):
        wanted = f"expected FILE.py:NAME or FILE{KERAS_FILE}"
        raise EngineError(f"--model: {wanted}, received {reference!r}.", EXAMPLE)
    file = expanded(path).absolute()
    if not os.path.isfile(file):
        raise EngineError(f"--model: {file}: no such file.", EXAMPLE)
    return file, name


def changed(reference: str) -> int:
    """Return when the file of a reference was last modified, in ns since 1970."""
    return split_reference(reference)[0].stat().st_mtime_ns


def make(reference: str, seed: int) -> Made:
    """Return the user's model: made now by their function or class, or there already.

    Args:
        reference: `FILE.py:NAME` or `FILE.keras`.
        seed: the value of the argument `seed`, where the function or class has one.

    Raises:
        EngineError: if the file or the function fails, with the line that failed.
    """
    from hiss.compatibility import layer_names_after

    file, name = split_reference(reference)
    with blamed(file, entirely=True):
        if not name:
            return Made(_saved_model(file, changed(reference)), "file")
        module, counts = _module(file, changed(reference))
        found, form = _named(module, file, name)
        if form == "object":
            return Made(found, form)
        given = _arguments(found, file, name, {"seed": seed})
        with layer_names_after(counts):
            return Made(found(**given), form, bool(given))


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
        saved = file.suffix == KERAS_FILE
        whole = "it cannot be loaded" if saved else "it cannot be run"
        where = place or (whole if entirely else "its model cannot be trained")
        reason = f"{type(error).__name__}: {escaped(telling_line(error))}"
        hint = "Name a function of a Python file that defines its classes and loads it."
        raise EngineError(f"{file}: {where}: {reason}", hint * (saved and entirely)) from error


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
def _module(file: Path, changed: int) -> tuple[ModuleType, Mapping[str, int]]:
    """Run a file as a module, again only if it has changed; also count the layers that it makes."""
    from hiss.compatibility import layer_names_after

    spec = importlib.util.spec_from_file_location(f"hiss_user_{file.stem}", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    with layer_names_after({}) as counts:
        spec.loader.exec_module(module)
    return module, counts


@lru_cache(maxsize=4)
def _saved_model(file: Path, changed: int) -> Any:
    """Load a saved model, again only if it has changed."""
    import keras

    return keras.models.load_model(file)


@contextmanager
def _neighbours_importable(file: Path) -> Iterator[None]:
    """Let code import the files beside `file`, as Python does for a script."""
    folder = str(file.parent)
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.path.remove(folder)


def _named(module: ModuleType, file: Path, name: str) -> tuple[Any, Form]:
    import keras

    found = getattr(module, name, None)
    if isinstance(found, keras.layers.Layer):  # a layer can be called, but makes no model
        return found, "object"
    if callable(found):
        return found, "class" if inspect.isclass(found) else "function"
    known = [
        each
        for each, value in vars(module).items()
        if isinstance(value, keras.Model) or _is_defined_in(value, module)
    ]
    message = f"{file}: there is no function, class or model `{name}`."
    raise EngineError(message + did_you_mean(name, known))


def _arguments(
    called: Callable[..., Any], file: Path, name: str, offered: Mapping[str, Any]
) -> dict[str, Any]:
    """Return those of the offered arguments that a function, or a class, has.

    Raises:
        EngineError: if it needs others.
    """
    is_class = inspect.isclass(called)
    with suppress(ValueError):  # functions of C have no signature
        signature = inspect.signature(called.__init__ if is_class else called)
        given = {key: value for key, value in offered.items() if key in signature.parameters}
        try:
            signature.bind(*[called] * is_class, **given)
        except TypeError as error:
            kind = "class" if is_class else "function"
            wanted = f"expected a {kind} that can be called as {name}(): {error}."
            hint = "Give every argument but `seed` a default."
            raise EngineError(f"{file}: {wanted}", hint) from None
        return given
    return {}


def _is_defined_in(value: object, module: ModuleType) -> bool:
    return callable(value) and getattr(value, "__module__", None) == module.__name__


def telling_line(error: BaseException) -> str:
    """Return the most informative line of an error's message.

    Keras puts a line before it, and TensorFlow, for a graph, all frames of a traceback.
    """
    return _telling_line(re.sub(r"\x1b\[\d*m", "", str(error)))


def _telling_line(plain: str) -> str:
    if refused := NOT_LOADED.search(plain):
        return refused[0]
    _, inferring, reason = plain.partition("Error encountered:")
    if inferring:  # the output of a model that only its code knows
        return _telling_line(reason)
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
