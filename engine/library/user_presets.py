"""The user's own presets as files: written whole or not at all, never over another by chance."""

from __future__ import annotations

from pathlib import Path

from hiss.data.spec import Data
from hiss.errors import PresetError, did_you_mean
from hiss.experiment.notation import dump
from hiss.experiment.spec import Experiment
from hiss.files import rename_to_new, write_atomically
from hiss.library.drafting import assigned
from hiss.library.presets import OWN_GROUP, built_in, find, user_directory, user_presets


def full_name(name: str) -> str:
    """Return the name under which a preset is listed: `mine/circles` for `circles`.

    Raises:
        PresetError: if no file can be called so, or the name is a built-in preset's.
    """
    plain = name.strip().removesuffix(".toml")
    parts = plain.split("/")
    if not plain.isprintable() or any(part.strip() in ("", ".", "..") for part in parts):
        hint = "For example circles, which is listed as mine/circles, or exam/circles."
        raise PresetError(f"expected NAME or GROUP/NAME, received {name!r}.", hint)
    full = plain if len(parts) > 1 else f"{OWN_GROUP}/{plain}"
    if any(full == each for each, _ in built_in()):
        raise PresetError(f"{full} is a built-in preset.", "Choose another name.")
    return full


def file_of(name: str) -> Path:
    """Return the file that holds a preset of the user's, or that a new one would be written to."""
    group, _, last = name.rpartition("/")
    folder = user_directory() if group == OWN_GROUP else user_directory() / group
    return dict(user_presets()).get(name, folder / f"{last}.toml")


def source(experiment: Experiment) -> str:
    """Return the text to edit an experiment by: its own file's, or else a copy's.

    A copy of a built-in preset goes without the scores published for the original.
    """
    files = dict(user_presets())
    if experiment.name not in files:
        return dump(without_foreign_partner(experiment.model_copy(update={"published": None})))
    text = files[experiment.name].read_text(encoding="utf-8")
    path = experiment.data.arguments.get("path")
    return text if path is None else assigned(text, "data.path", path)


def without_foreign_partner(experiment: Experiment) -> Experiment:
    """Return an experiment to be kept in a file, without a partner that is none for its rows."""
    partner = experiment.study.partner
    if partner is None or _has_preset(partner, experiment.data):
        return experiment
    study = experiment.study.model_copy(update={"partner": None})
    return experiment.model_copy(update={"study": study})


def _has_preset(name: str, data: Data) -> bool:
    """Whether there is a preset of a name, and on these rows."""
    known = {name for name, _ in (*built_in(), *user_presets())}
    try:
        return name in known and find(name)[0].data.has_rows_of(data)
    except PresetError:
        return False


def save(text: str, name: str, replace: bool = False) -> Path:
    """Write a preset of the user's and return its file.

    Raises:
        PresetError: if the file cannot be written, or is there and is not to be replaced.
    """
    path = file_of(full_name(name))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, text, replace=replace)
    except OSError as error:
        if isinstance(error, FileExistsError) and path.exists():
            raise PresetError(f"{path} is there already.", "Choose another name.") from error
        raise PresetError(f"{path} cannot be written: {error.strerror}.") from error
    return path


def rename(old: str, new: str) -> str:
    """Give a preset of the user's another name and return that.

    Raises:
        PresetError: if it is not the user's, or the new name will not do.
    """
    full = full_name(new)
    before, after = _own_file(old), file_of(full)
    try:
        after.parent.mkdir(parents=True, exist_ok=True)
        rename_to_new(before, after)
    except OSError as error:
        if isinstance(error, FileExistsError) and after.exists():
            raise PresetError(f"{full} is there already.", "Choose another name.") from error
        raise PresetError(f"{old} cannot be renamed: {error.strerror}.") from error
    return full


def delete(name: str) -> None:
    """Take a preset of the user's off the disk.

    Raises:
        PresetError: if it is not the user's, or cannot be deleted.
    """
    path = _own_file(name)
    try:
        path.unlink()
    except OSError as error:
        raise PresetError(f"{path} cannot be deleted: {error.strerror}.") from error


def _own_file(name: str) -> Path:
    files = dict(user_presets())
    if name not in files:
        raise PresetError(f"{name} is not a preset of yours.{did_you_mean(name, files)}")
    return files[name]
