from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hiss.errors import PresetError
from hiss.experiment.spec import Experiment
from hiss.library import presets
from hiss.library.presets import dump, find, load_presets, parse

BUILT_IN = load_presets().experiments
ONE_THING = ("noise", "controls")
"""Groups whose presets differ from their partner in one thing, be it no layer."""
PARTNERED = [each for each in BUILT_IN if each.study.partner and each.group not in ONE_THING]
ARTICLE = [
    # preset, published train and test accuracy, layers
    ("baseline", 1.000, 0.757, ["Dense 500 relu", "Dense 1 sigmoid"]),
    ("input-noise", 1.000, 0.771, ["GaussianNoise 0.01", "Dense 500 relu", "Dense 1 sigmoid"]),
    (
        "hidden-before",
        0.967,
        0.814,
        ["Dense 500", "GaussianNoise 0.1", "Activation relu", "Dense 1 sigmoid"],
    ),
    ("hidden-after", 0.967, 0.814, ["Dense 500 relu", "GaussianNoise 0.1", "Dense 1 sigmoid"]),
]


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory for the user's presets."""
    monkeypatch.setattr(presets, "user_directory", lambda: tmp_path)
    return tmp_path


def text_of(name: str) -> str:
    return dump(find(name)[0])


@pytest.mark.parametrize(("name", "train", "test", "layers"), ARTICLE)
def test_the_articles_experiments_are_as_published(
    name: str, train: float, test: float, layers: list[str]
) -> None:
    (experiment,) = find(f"article/{name}")
    assert experiment.published is not None
    assert (experiment.published.train_accuracy, experiment.published.test_accuracy) == (
        train,
        test,
    )
    assert [
        " ".join([each.class_name, *map(str, each.arguments.values())])
        for each in experiment.layers
    ] == layers
    assert experiment.data.name == "make_circles"
    assert experiment.data.train_size == 30
    assert experiment.data.arguments == {"n_samples": 100, "noise": 0.1, "random_state": 1}
    assert experiment.training.model_dump(exclude_none=True) == {
        "optimizer": "adam",
        "loss": "binary_crossentropy",
        "epochs": 4000,
        "batch_size": 32,
    }


def test_the_article_is_listed_first_and_in_its_own_order() -> None:
    assert [each.name for each in BUILT_IN[:4]] == [f"article/{name}" for name, *_ in ARTICLE]


def test_a_group_is_found_by_its_name() -> None:
    assert find("article") == BUILT_IN[:4]


@pytest.mark.parametrize("experiment", BUILT_IN, ids=lambda each: each.name)
def test_what_is_dumped_reads_back_as_the_same_experiment(experiment: Experiment) -> None:
    assert parse(dump(experiment), "text", experiment.name) == experiment


@pytest.mark.parametrize("experiment", PARTNERED, ids=lambda each: each.name)
def test_a_partner_differs_by_its_noise_alone(experiment: Experiment) -> None:
    assert experiment.study.partner is not None
    (partner,) = find(experiment.study.partner)
    plain = [each for each in experiment.layers if each.class_name != "GaussianNoise"]
    assert len(plain) < len(experiment.layers)
    assert partner.data == experiment.data
    assert partner.training == experiment.training
    if not experiment.name.startswith("extensions/"):
        assert list(partner.layers) == plain


@pytest.mark.parametrize(
    "experiment",
    [each for each in BUILT_IN if each.group in ONE_THING],
    ids=lambda each: each.name,
)
def test_a_noise_or_control_differs_from_its_baseline_in_one_thing(experiment: Experiment) -> None:
    assert experiment.study.partner is not None
    (partner,) = find(experiment.study.partner)
    parts = ("data", "layers", "training")
    assert sum(getattr(partner, part) != getattr(experiment, part) for part in parts) == 1


def test_every_group_but_the_article_has_partners() -> None:
    groups = {each.group for each in PARTNERED}
    assert groups == {"extensions", "patterns", "classification", "regression"}


def test_the_grid_names_the_noise_layer() -> None:
    (experiment,) = find("extensions/stddev-grid")
    sweep = experiment.study.sweep
    assert sweep is not None
    assert experiment.layers[sweep.layer].class_name == "GaussianNoise"
    assert 0 in sweep.stddev


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(PresetError, match="Did you mean `article/baseline`"):
        find("article/baselin")


def test_a_missing_file_is_named() -> None:
    with pytest.raises(PresetError, match=r"nowhere\.toml: No such file"):
        find("nowhere.toml")


def test_a_file_is_found_by_its_path(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text_of("article/baseline"), encoding="utf-8")
    (experiment,) = find(str(file))
    assert experiment.name == str(file)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(b"title = \xff\xfe")
    with pytest.raises(PresetError, match="not UTF-8"):
        find(str(file))


def test_own_presets_stand_beside_the_built_in_ones(own: Path) -> None:
    (own / "wide.toml").write_text(text_of("article/baseline"), encoding="utf-8")
    (own / "lab").mkdir()
    (own / "lab" / "deep.toml").write_text(text_of("article/baseline"), encoding="utf-8")
    names = [each.name for each in load_presets().experiments]
    assert names[-2:] == ["lab/deep", "mine/wide"]
    assert find("mine/wide")[0].name == "mine/wide"


def test_a_broken_preset_hides_no_other(own: Path) -> None:
    (own / "broken.toml").write_text("title = ", encoding="utf-8")
    (own / "good.toml").write_text(text_of("article/baseline"), encoding="utf-8")
    library = load_presets()
    assert library.experiments[-1].name == "mine/good"
    assert len(library.experiments) == len(BUILT_IN) + 1
    (problem,) = library.problems
    assert "broken.toml: this is not TOML" in problem.message


def test_an_own_preset_cannot_take_a_built_in_name(own: Path) -> None:
    (own / "article").mkdir()
    (own / "article" / "baseline.toml").write_text("title = 1", encoding="utf-8")
    library = load_presets()
    assert library.experiments == BUILT_IN
    assert "is a built-in preset" in library.problems[0].message


def test_reading_presets_imports_nothing_heavy() -> None:
    code = (
        "import sys; from hiss.experiment.diagram import diagram;"
        "from hiss.library.presets import load_presets;"
        "[diagram(each) for each in load_presets().experiments];"
        "print({'numpy', 'sklearn', 'scipy', 'keras', 'tensorflow'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def broken_files(folder: Path) -> None:
    """Files in a preset folder that are no presets, each in its own way."""
    good = text_of("article/baseline")
    (folder / "binary.toml").write_bytes(bytes(range(256)))
    (folder / "folder.toml").mkdir()
    (folder / "dangling.toml").symlink_to(folder / "nowhere")
    (folder / "loop.toml").symlink_to(folder / "loop.toml")
    os.mkfifo(folder / "pipe.toml")
    (folder / "zero.toml").symlink_to("/dev/zero")
    with (folder / "huge.toml").open("wb") as file:
        file.truncate(3_000_000_000)
    (folder / "deep.toml").write_text(f"{good}\nx = {'[' * 400}{']' * 400}\n")
    (folder / "deeper.toml").write_text(f"x = {'{a = ' * 400}1{'}' * 400}\n{good}")
    (folder / "digits.toml").write_text(good.replace("4000", "9" * 5000))
    (folder / "fewer.toml").write_text(good.replace("4000", "9" * 4000))
    (folder / "units.toml").write_text(good.replace("500", "9" * 400))
    (folder / os.fsdecode(b"\xff.toml")).write_text(good)
    (folder / "a\x1b[31mb.toml").write_text(good)
    lambda_layer = 'activation = {class_name = "Lambda", config = {}}'
    (folder / "lambda.toml").write_text(good.replace('activation = "relu"', lambda_layer))
    (folder / "surrogate.toml").write_text(good.replace('"relu"', '"\\ud800"'))


def test_any_file_in_the_folder_costs_one_problem(own: Path) -> None:
    broken_files(own)
    library = load_presets()
    assert library.experiments == BUILT_IN
    assert len(library.problems) == len(list(own.iterdir())) == 16
    for problem in library.problems:
        assert "\n" not in problem.message
        assert problem.message.isprintable()
        assert "unexpected" not in problem.message


def test_a_fault_of_hiss_on_one_file_hides_no_other(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(text: str, source: str, name: str) -> Experiment:
        if name.startswith("mine/"):
            raise KeyError("activations")
        return parse(text, source, name)

    (own / "odd.toml").write_text(text_of("article/baseline"))
    monkeypatch.setattr(presets, "parse", fail)
    library = load_presets()
    assert library.experiments == BUILT_IN
    (problem,) = library.problems
    assert (
        "odd.toml: unexpected error: KeyError: 'activations' (test_presets.py:" in problem.message
    )


def test_without_a_home_there_are_the_built_in_presets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presets, "user_directory", lambda: Path("~/.config/hiss/presets"))
    assert load_presets().experiments == BUILT_IN
