"""The user's presets as files: naming, saving, renaming and deleting them."""

from __future__ import annotations

from pathlib import Path

from hiss.data.spec import Data
from hiss.errors import PresetError, did_you_mean
from hiss.experiment.notation import dump
from hiss.experiment.spec import Experiment
from hiss.files import rename_to_new, write_atomically
from hiss.library.drafting import with_value
from hiss.library.presets import USER_GROUP, built_in, find, user_directory, user_presets


def full_name(name: str) -> str:
    """Return the name under which a preset is listed: `mine/circles` for `circles`.

    Raises:
        PresetError: if it is not a file's name, or it is the name of a built-in preset.
    """
    plain = name.strip().removesuffix(".toml")
    parts = plain.split("/")
    if not plain.isprintable() or any(part.strip() in ("", ".", "..") for part in parts):
        hint = "For example circles, which is listed as mine/circles, or exam/circles."
        raise PresetError(f"expected NAME or GROUP/NAME, received {name!r}.", hint)
    full = plain if len(parts) > 1 else f"{USER_GROUP}/{plain}"
    if any(full == each for each, _ in built_in()):
        raise PresetError(f"{full} is a built-in preset.", "Choose another name.")
    return full


def file_of(name: str) -> Path:
    """Return the file of a user's preset, also of one that does not exist yet.

    Raises:
        PresetError: if there is no home to keep presets in.
    """
    if not user_directory().is_absolute():
        raise PresetError("There is no home folder to keep presets in.", "Set HOME.")
    group, _, last = name.rpartition("/")
    folder = user_directory() if group == USER_GROUP else user_directory() / group
    return dict(user_presets()).get(name, folder / f"{last}.toml")


def source(experiment: Experiment) -> str:
    """Return the TOML to edit: the file's of a user's preset, or else that of a copy.

    A copy of a built-in preset has no published scores: they belong to the original.
    """
    files = dict(user_presets())
    if experiment.name not in files:
        return dump(without_foreign_partner(experiment.model_copy(update={"published": None})))
    text = files[experiment.name].read_text(encoding="utf-8")
    for key in ("path", "test_path"):
        if path := experiment.data.arguments.get(key):
            text = with_value(text, f"data.{key}", path)
    return text


def without_foreign_partner(experiment: Experiment) -> Experiment:
    """Return an experiment without its partner where that is no preset on the same data set."""
    partner = experiment.study.partner
    if partner is None or _has_preset(partner, experiment.data):
        return experiment
    study = experiment.study.model_copy(update={"partner": None})
    return experiment.model_copy(update={"study": study})


def _has_preset(name: str, data: Data) -> bool:
    """Return whether a preset has this name and this data set."""
    known = {name for name, _ in (*built_in(), *user_presets())}
    try:
        return name in known and find(name)[0].data.is_same_source(data)
    except PresetError:
        return False


def save(text: str, name: str, replace: bool = False) -> Path:
    """Write a user's preset and return its file.

    Args:
        text: TOML.
        name: `NAME` or `GROUP/NAME`.
        replace: whether a file that exists is replaced.

    Raises:
        PresetError: if the file cannot be written, or exists and must not be replaced.
    """
    path = file_of(full_name(name))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, text, replace=replace)
    except OSError as error:
        if isinstance(error, FileExistsError) and path.exists():
            raise PresetError(f"{path} exists already.", "Choose another name.") from error
        raise PresetError(f"{path} cannot be written: {error.strerror}.") from error
    return path


def rename(old: str, new: str) -> str:
    """Rename a user's preset and return its new full name.

    Raises:
        PresetError: if it is not a user's preset, or the new name is invalid or taken.
    """
    full = full_name(new)
    before, after = _existing_file(old), file_of(full)
    try:
        after.parent.mkdir(parents=True, exist_ok=True)
        rename_to_new(before, after)
    except OSError as error:
        if isinstance(error, FileExistsError) and after.exists():
            raise PresetError(f"{full} exists already.", "Choose another name.") from error
        raise PresetError(f"{old} cannot be renamed: {error.strerror}.") from error
    return full


def delete(name: str) -> None:
    """Delete a user's preset.

    Raises:
        PresetError: if it is not a user's preset, or cannot be deleted.
    """
    path = _existing_file(name)
    try:
        path.unlink()
    except OSError as error:
        raise PresetError(f"{path} cannot be deleted: {error.strerror}.") from error


def _existing_file(name: str) -> Path:
    files = dict(user_presets())
    if name not in files:
        raise PresetError(f"{name} is not a preset of yours.{did_you_mean(name, files)}")
    return files[name]
