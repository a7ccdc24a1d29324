from __future__ import annotations

import re
import shlex
from importlib.resources import files
from pathlib import Path

import pytest
from kept import kept

from hiss.experiment.notation import dump, override, parse
from hiss.library.presets import GROUPS, find
from hiss.store.history import find as find_study
from hiss.store.owner import Owner
from hiss.store.parcel import export_study
from hiss.store.place import store_folder
from hiss.store.queue import Ticket
from hiss.store.records import Order, read
from hiss.studies.orders import search_of
from hiss.tui.console.app import HissApp
from hiss.tui.screens.lab import LabScreen

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^hiss .*?(?=\s*(?:#|$))", README, re.MULTILINE)


def test_each_of_the_two_lines_has_its_set_up_in_it() -> None:
    lines = [line for line in README.splitlines() if line.startswith("python3 -m venv")]
    assert [line.split(" && ")[-1] for line in lines] == [
        ".venv/bin/hiss",
        ".venv/bin/python -m pytest",
    ]
    assert all(".venv/bin/pip install" in line for line in lines)


def test_ci_runs_the_line_that_the_readme_gives() -> None:
    script = (Path(__file__).parents[1] / ".ci" / "run").read_text(encoding="utf-8")
    (pattern,) = re.findall(r"grep -m 1 '(.*)' README.md", script)
    assert len(re.findall(pattern, README, re.MULTILINE)) == 1


def test_ci_runs_the_line_that_starts_ray_and_submitit() -> None:
    script = (Path(__file__).parents[1] / ".ci" / "run").read_text(encoding="utf-8")
    (pattern,) = re.findall(r"sed -n '/(.*)/p' README.md", script)
    (line,) = [line for line in README.splitlines() if pattern in line]
    assert line.startswith(".venv/bin/pip install '.[ray,slurm]' && ")


@pytest.fixture
def flowers(tmp_path: Path) -> Path:
    """A folder with the tables, the network and the preset that the README speaks of."""
    iris = files("sklearn.datasets").joinpath("data", "iris.csv").read_text(encoding="utf-8")
    table = iris.replace("150,4,setosa,versicolor,virginica", "a,b,c,d,species")
    (tmp_path / "flowers.csv").write_text(table, encoding="utf-8")
    (tmp_path / "spring.csv").write_text(table, encoding="utf-8")
    clinic = (f"{n // 4},{'fm'[n % 2]},{n % 7 or ''},{n % 3 > 1:d}" for n in range(80))
    (tmp_path / "messy.csv").write_text("\n".join(["patient,sex,lab,y", *clinic]))
    (tmp_path / "network.py").write_text(NETWORK, encoding="utf-8")
    (preset,) = find("article/hidden-before")
    (tmp_path / "mine.toml").write_text(dump(preset), encoding="utf-8")
    return tmp_path


NETWORK = """\
import keras


def build():
    layer = keras.layers.Dense(3, activation="softmax")
    return keras.Sequential([keras.Input((4,)), layer])
"""


def _asked(order: Order, *how: object) -> int:
    """Look up what a command asks to be trained, and train nothing."""
    if order.kind == "sweep":
        search_of(order).study()
    return 0


def _pretend_background(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    """Have the study of the store train, or wait, in the background where a command needs that."""
    study = "261126-k7qp"
    states = iter([Owner.here()])
    monkeypatch.setattr("hiss.store.queue.waiting", lambda store: [Ticket(study, 1.0)])
    monkeypatch.setattr("hiss.store.queue.move", lambda store, study, to: None)
    if line.split()[1] in ("attach", "stop"):
        monkeypatch.setattr("hiss.store.history.latest", lambda store, _: find_study(store, study))
        monkeypatch.setattr("hiss.store.owner.living_owner", lambda folder: next(states, None))


@pytest.fixture
def lab(home: Path, flowers: Path) -> None:
    """A store with the study that the README speaks of, and the file that it is exported to."""
    record = kept(store_folder(), state="stopped")
    named = record.folder.rename(record.folder.with_name("261126-k7qp"))
    export_study(read(named), flowers / "sent.hiss", replace=False)


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_has_verbs_and_options_that_there_are(
    line: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    flowers: Path,
    lab: None,
) -> None:
    from hiss.tui.cli.main import app

    monkeypatch.chdir(flowers)
    monkeypatch.setattr("hiss.tui.cli.kept.train_order", _asked)
    monkeypatch.setattr("hiss.tui.cli.kept.resume_record", lambda record, delivery: 0)
    monkeypatch.setattr("hiss.store.agreement.differences", lambda record: ())
    _pretend_background(monkeypatch, line)
    if "import" in line:
        (flowers / "sent.hiss").rename(flowers / "study.hiss")
    monkeypatch.setattr("hiss.tui.cli.doctor.find_all", lambda device: {})
    with pytest.raises(SystemExit) as ending:
        app(shlex.split(line)[1:])
    assert not ending.value.code


def test_every_key_in_the_table_is_bound() -> None:
    (table,) = re.findall(r"^\| in the lab .*?\n\n", README, re.MULTILINE | re.DOTALL)
    cells = [line.split("|")[1] for line in table.splitlines()[2:-1]]
    named = [key for cell in cells for key in re.findall(r"`(\S+?)`", cell)]
    bound = {
        key
        for kind in (*LabScreen.__mro__, HissApp)
        for binding in vars(kind).get("BINDINGS", ())
        for key in binding.key.split(",")
    }
    assert len(named) > 20
    assert {"question_mark" if key == "?" else key for key in named} <= bound


def test_the_preset_is_one() -> None:
    (text,) = re.findall(r"^```toml\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert len(parse(text, "README.md", "readme").layers) == 3


PLACES = {
    "a noise layer": "layers.1.{}",
    "a `WeightNoise`": "layers.0={{class_name = 'WeightNoise', stddev = 0.1, {}}}",
    "a layer": "layers.0.{}",
    "`[data]`": "data.{}",
    "`[training]`": "training.{}",
}
KEYS = re.findall(r"^\| `(\w+ = .+?)` in (.+?) \|", README, re.MULTILINE)


@pytest.mark.parametrize(("key", "place"), KEYS)
def test_every_key_beside_those_of_keras_can_be_set(key: str, place: str) -> None:
    (text,) = re.findall(r"^```toml\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    preset = parse(text, "README.md", "readme")
    assert override(preset, [PLACES[place].format(key)]) != preset


def test_the_table_of_keys_is_found() -> None:
    assert {place for _, place in KEYS} == PLACES.keys()


def test_every_group_is_named() -> None:
    presets = README[README.index("## Presets") :]
    places = [presets.index(f"`{group}`") for group in GROUPS]
    assert places == sorted(places)
