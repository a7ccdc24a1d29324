from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from hiss.data.tables.selection import TableSelection
from hiss.errors import PresetError
from hiss.library import presets
from hiss.library import user_presets as user_files
from hiss.library.adaptation import adapt_to_table
from hiss.library.presets import dump, find, load_presets
from hiss.library.templates import experiments_for, table_data
from hiss.library.user_presets import (
    delete,
    file_of,
    full_name,
    rename,
    save,
    source,
    without_foreign_partner,
)

IRIS = Path(str(files("sklearn.datasets") / "data" / "iris.csv"))
TEXT = dump(find("article/hidden-after")[0])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for module in (presets, user_files):
        monkeypatch.setattr(module, "user_directory", lambda: tmp_path / "presets")
    return tmp_path / "presets"


def test_a_saved_preset_is_found_by_its_name_and_is_the_users_own(folder: Path) -> None:
    assert save(TEXT, "circles") == folder / "circles.toml"
    assert save(TEXT, "exam/circles") == folder / "exam" / "circles.toml"
    library = load_presets()
    assert library.user_presets == {"mine/circles", "exam/circles"}
    assert find("mine/circles")[0].layers == find("article/hidden-after")[0].layers
    assert [file.name for file in folder.iterdir() if file.name.startswith(".")] == []


def test_nothing_is_overwritten_unless_that_is_asked_for(folder: Path) -> None:
    path = save(TEXT, "circles")
    with pytest.raises(PresetError, match="exists already"):
        save("title = 1", "circles")
    assert path.read_text() == TEXT
    save(f"# mine\n{TEXT}", "mine/circles", replace=True)
    assert path.read_text().startswith("# mine")


@pytest.mark.parametrize("name", ["", " ", "../x", "a//b", "/etc/x", "a/../b", "a\nb"])
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(PresetError, match="expected NAME or GROUP/NAME"):
        save(TEXT, name)


def test_built_in_presets_are_never_changed() -> None:
    with pytest.raises(PresetError, match="built-in"):
        full_name("article/baseline")
    with pytest.raises(PresetError, match="not a preset of yours"):
        delete("article/baseline")
    with pytest.raises(PresetError, match="not a preset of yours"):
        rename("article/baseline", "mine/baseline")


def test_a_preset_is_renamed_and_deleted(folder: Path) -> None:
    save(TEXT, "circles")
    save(TEXT, "rings")
    assert rename("mine/circles", "exam/one") == "exam/one"
    assert file_of("exam/one").read_text() == TEXT
    assert not (folder / "circles.toml").exists()
    with pytest.raises(PresetError, match="exists already"):
        rename("exam/one", "rings")
    delete("exam/one")
    assert load_presets().user_presets == {"mine/rings"}


def test_a_folder_that_cannot_be_written_to_is_said(folder: Path) -> None:
    folder.write_text("a file where the folder should be")
    with pytest.raises(PresetError, match="cannot be written"):
        save(TEXT, "circles")


def test_a_partner_goes_only_with_the_rows_that_it_shares() -> None:
    (mlp,) = find("patterns/mlp")
    _, noisy = experiments_for(table_data(TableSelection(path=IRIS, target="target")))
    assert without_foreign_partner(mlp).study.partner == "patterns/mlp-baseline"
    assert without_foreign_partner(noisy).study.partner is None
    assert without_foreign_partner(adapt_to_table(mlp, noisy.data)).study.partner is None
    assert "partner" not in source(noisy)


def test_without_a_home_nothing_is_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (presets, user_files):
        monkeypatch.setattr(module, "user_directory", lambda: Path("~"))
    with pytest.raises(PresetError, match="no home folder"):
        save(TEXT, "circles")
