"""A new noise is one object: registered, it is trained, checked, swept, offered and written."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from trainings import run

from hiss.data.replicate_data import ReplicateData
from hiss.data.seeds import Seeds
from hiss.errors import EngineError
from hiss.experiment.notation import override
from hiss.experiment.sites import find_site, with_strengths
from hiss.experiment.spec import Experiment, Study
from hiss.experiment.training import Keras as Table
from hiss.experiment.user_model import UserModel, parse_insertion
from hiss.keras_names.lookup import classes, new_layer
from hiss.library.presets import find
from hiss.network.build import make_layer
from hiss.network.user_model import build_user_model, user_network
from hiss.noise.kind import Draws, LayerNoise
from hiss.noise.registry import NOISE_LAYERS, register, unregister
from hiss.scripts.script import script
from hiss.studies.baselines import has_noise
from hiss.studies.search import Grid
from hiss.training.program_cache import structure
from hiss.tui.screens.dialogs.choose import offered


def add_uniform(draws: Draws, inputs: Any, width: Any, center: float = 0.0) -> Any:
    return inputs + width * (draws.uniform(width, draws.shape_of(inputs)) - 0.5 + center)


UNIFORM = LayerNoise(
    name="OffCenterNoise",
    strength="width",
    arguments={"width": {"type": "number", "minimum": 0, "maximum": 2}, "center": {}},
    apply=add_uniform,
    start=0.25,
    grid=(0.0, 0.5, 1.0),
    definition='''\
class OffCenterNoise(layers.Layer):
    """Adds uniform noise."""

    def __init__(self, width, seed=None, **kwargs):
        """Take the width of the noise."""
        super().__init__(**kwargs)
        self.width = width
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=False):
        """Add the noise."""
        shape, seed = keras.ops.shape(inputs), self.seed_generator
        drawn = keras.random.uniform(shape, -0.5, 0.5, seed=seed)
        return inputs + self.width * drawn if training else inputs''',
    scheduled=(
        '''\
class ScheduledOffCenterNoise(Scheduled):
    """Adds uniform noise."""

    def noisy(self, inputs, width):
        """Add the noise."""
        shape, seed = keras.ops.shape(inputs), self.seed_generator
        return inputs + width * keras.random.uniform(shape, -0.5, 0.5, seed=seed)''',
    ),
)


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    register(UNIFORM)
    yield
    unregister(UNIFORM)


def noisy(*more: str) -> Experiment:
    layer = 'layers.0={class_name = "OffCenterNoise", width = 0.5}'
    return override(find("article/input-noise")[0], [layer, "training.epochs=3", *more])


def test_its_noise_is_that_of_its_mathematics() -> None:
    layer = make_layer(Table(class_name="OffCenterNoise", width=2.0, seed=5), "layers.0")
    zeros = np.zeros((1000, 50), np.float32)
    added = np.asarray(layer(zeros, training=True))
    assert added.std() == pytest.approx(2 / np.sqrt(12), rel=0.02)
    assert np.abs(added).max() == pytest.approx(1, abs=0.01)
    np.testing.assert_array_equal(layer(zeros), zeros)
    again = keras.layers.deserialize(keras.layers.serialize(layer))
    assert again.get_config() == layer.get_config()


def test_it_is_trained_and_all_its_strengths_share_one_program() -> None:
    weak, strong, off = (noisy(f"layers.0.width={width}") for width in (0.5, 1.5, 0.0))
    curves = [run(each, repeats=2).curves.values for each in (weak, strong, off)]
    assert not np.array_equal(curves[0], curves[2])
    assert not np.array_equal(curves[0], curves[1])
    samples = ReplicateData(weak.data, "article", 1)
    assert structure(weak, samples) == structure(strong, samples)


@pytest.mark.parametrize(
    ("assignment", "said"),
    [
        ("layers.0.width=3", r"layers\.0\.width: expected a number from 0 to 2, received 3"),
        ("layers.0.widht=1", "Did you mean `width`"),
    ],
)
def test_a_preset_that_has_it_is_checked(assignment: str, said: str) -> None:
    with pytest.raises(EngineError, match=said):
        noisy(assignment)


@pytest.mark.parametrize("name", ["input", "width", "offcenternoise"])
def test_it_is_a_site_that_is_swept_over_its_own_grid(name: str) -> None:
    experiment = noisy()
    site = find_site(experiment, name)
    assert (site.key, site.owner, site.accepts) == ("layers.0.width", UNIFORM.name, UNIFORM.accepts)
    assert Grid(site=name).search(Study(arms=(experiment,))).axes[0].strengths == UNIFORM.grid
    assert with_strengths(experiment, [(site, 1.5)]).layers[0].arguments["width"] == 1.5
    assert has_noise(experiment)
    assert not has_noise(with_strengths(experiment, [(site, 0.0)]))


def test_the_editor_offers_it_with_its_starting_strength() -> None:
    assert new_layer("OffCenterNoise") == {"class_name": "OffCenterNoise", "width": 0.25}
    assert set(classes("layer")["OffCenterNoise"]["properties"]) >= {"width", "center", "schedule"}
    assert "OffCenterNoise" in offered()[: len(NOISE_LAYERS)]


def test_it_is_inserted_into_a_users_model(tmp_path: Path) -> None:
    site = parse_insertion("first:before:0.5:OffCenterNoise")
    assert site.argument == "width"
    file = tmp_path / "network.py"
    file.write_text(
        "import keras\n\ndef build():\n"
        "    return keras.Sequential([keras.layers.Dense(3, name='first')])\n"
    )
    model = UserModel(reference=f"{file}:build", noise=(site,))
    (noise,) = user_network(build_user_model(model, (2,), Seeds(1, 0))).noise
    assert type(noise).__name__ == "OffCenterNoise"
    assert noise.peak == 0.5


@pytest.mark.parametrize("schedule", ["", 'layers.0.schedule="linear"'])
def test_a_script_defines_it_with_a_schedule_or_without(schedule: str) -> None:
    experiment = noisy("layers.0.width=2.0", *filter(None, [schedule]))
    scope: dict[str, Any] = {}
    exec(script(experiment, seed=1).partition("keras.utils.set_random_seed")[0], scope)
    layer, zeros = scope["build_model"]().layers[0], np.zeros((2000, 2), np.float32)
    added = [float(np.std(layer(zeros, training=True))) for _ in range(3)]
    factors = [1, 2 / 3, 1 / 3] if schedule else [1, 1, 1]
    np.testing.assert_allclose(added, np.multiply(factors, 2 / np.sqrt(12)), rtol=0.05)


def test_the_registry_imports_nothing_heavy() -> None:
    code = "import sys, hiss.noise.registry; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"numpy", "pydantic", "keras", "tensorflow", "sklearn"}
