"""Finding presets: the built-in ones, the user's, and any file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from platformdirs import user_config_path

from hiss.errors import PresetError, describe_unexpected, did_you_mean, escaped, is_plain
from hiss.experiment.notation import dump, override, parse
from hiss.experiment.spec import Experiment
from hiss.files import expanded, in_home, is_special, why

__all__ = ["Library", "dump", "find", "load_presets", "override", "parse", "user_directory"]

GROUPS = (
    *("article", "extensions", "patterns", "regression", "classification"),
    *("noise", "controls"),
)
"""Built-in groups in the order of the list; the user's groups come after them."""
ARTICLE = ("baseline", "input-noise", "hidden-before", "hidden-after")
USER_GROUP = "mine"
"""Group of the user's presets that are in no folder."""
MOST_BYTES = 1_000_000
"""Of a preset; the longest built-in one has two thousand."""


@dataclass(frozen=True, slots=True)
class Library:
    """All presets that can be read, and the errors of the others."""

    experiments: tuple[Experiment, ...]
    problems: tuple[PresetError, ...]
    user_presets: frozenset[str] = frozenset()
    """Names of the experiments from the user's presets."""

    def group(self, name: str) -> tuple[Experiment, ...]:
        """Return the experiments of a group: those whose names begin with `name/`."""
        return tuple(each for each in self.experiments if each.group == name)


def user_directory() -> Path:
    """Return the folder of the user's presets; it is not absolute where there is no home."""
    return in_home(lambda: user_config_path("hiss") / "presets")


def load_presets() -> Library:
    """Read every built-in and user preset; one that cannot be read hides no other."""
    experiments: dict[str, Experiment] = {}
    problems: list[PresetError] = []
    for name, file in (*built_in(), *user_presets()):
        try:
            if name in experiments:
                raise PresetError(f"{file}: {name} is a built-in preset.", "Rename the file.")
            experiments[name] = _read(file, name)
        except PresetError as problem:
            problems.append(problem)
        except Exception as error:
            problems.append(_unexpected(file, error))
    users = frozenset(name for name, _ in user_presets()) - {name for name, _ in built_in()}
    return Library(
        tuple(sorted(experiments.values(), key=listing_order)),
        tuple(problems),
        users & experiments.keys(),
    )


def find(target: str) -> tuple[Experiment, ...]:
    """Return the experiments that a target names.

    Args:
        target: a preset, a group, or the path of a `.toml` file.

    Raises:
        PresetError: if nothing has that name, or it cannot be read.
    """
    if target.endswith(".toml"):
        return (_read(expanded(target), target),)
    for name, file in (*built_in(), *user_presets()):
        if name == target:
            return (_read(file, name),)
    library = load_presets()
    if members := library.group(target.rstrip("/")):
        return members
    names = {each.name for each in library.experiments}
    nearest = did_you_mean(target, names | {each.group for each in library.experiments})
    raise PresetError(
        f"{target} is neither a preset, a group nor a .toml file.{nearest}",
        "`hiss list` shows all of them.",
    )


def built_in() -> Iterator[tuple[str, Traversable]]:
    """Yield the names and files of the presets that come with hiss."""
    for group in files("hiss.presets").iterdir():
        if group.is_dir():
            for file in group.iterdir():
                if file.name.endswith(".toml"):
                    yield f"{group.name}/{file.name.removesuffix('.toml')}", file


def user_presets() -> Iterator[tuple[str, Path]]:
    """Yield the names and files of the user's presets."""
    directory = user_directory()
    found = directory.rglob("*.toml") if directory.is_absolute() else ()
    for file in sorted(found):
        name = file.relative_to(directory).with_suffix("").as_posix()
        yield (name if "/" in name else f"{USER_GROUP}/{name}"), file


def listing_order(experiment: Experiment) -> tuple[object, ...]:
    """Return the sort key: group, then the article's order, others after their baseline."""
    group, _, name = experiment.name.rpartition("/")
    first = GROUPS.index(group) if group in GROUPS else len(GROUPS)
    place = ARTICLE.index(name) if name in ARTICLE else len(ARTICLE)
    stem = name.removesuffix("-baseline")
    return first, group, place, stem, stem == name, name


def _read(file: Traversable, name: str) -> Experiment:
    if not is_plain(name):
        raise PresetError(f"{escaped(name)}: a file's name holds control characters.", "Rename it.")
    try:
        if isinstance(file, Path):
            _check_file(file)
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise PresetError(f"{file}: this is not UTF-8 text ({error}).") from error
    except (OSError, ValueError) as error:
        hint = "`hiss list` shows all presets."
        raise PresetError(f"{file}: {why(error)}.", hint) from error
    return _with_absolute_path(parse(text, str(file), name), file)


def _check_file(file: Path) -> None:
    """Refuse what would never end or fill the memory: a pipe, a device, a huge file."""
    if is_special(file) and not file.is_dir():
        raise PresetError(f"{file}: this is not a regular file.")
    if (size := file.stat().st_size) > MOST_BYTES:
        raise PresetError(f"{file}: expected at most {MOST_BYTES:,} bytes, received {size:,}.")


def _unexpected(file: Traversable, error: Exception) -> PresetError:
    """Return the problem of a file on which hiss itself fails: it must hide no other preset."""
    return PresetError(f"{escaped(str(file))}: {describe_unexpected(error)}.", "Report it, please.")


def _with_absolute_path(experiment: Experiment, file: Traversable) -> Experiment:
    """Make a table's path absolute; it is relative to the preset's folder."""
    arguments, keys = experiment.data.arguments, ("path", "test_path")
    given = {key: arguments[key] for key in keys if arguments.get(key)}
    if not given or not isinstance(file, Path):
        return experiment
    folder = file.parent.absolute()
    absolute = {key: str(folder / expanded(path)) for key, path in given.items()}
    data = experiment.data.model_copy(update=absolute)
    return experiment.model_copy(update={"data": data})
