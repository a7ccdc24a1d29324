from __future__ import annotations

import numpy as np
import pytest

from hiss.data.replicate_data import ReplicateData
from hiss.errors import DataError
from hiss.experiment.notation import override
from hiss.experiment.spec import Study
from hiss.library.presets import find
from hiss.studies.runner import replicate_data


def samples(preset: str, *assignments: str, **options: object) -> ReplicateData:
    experiment = override(find(preset)[0], assignments)
    study = Study(arms=(experiment,), **options)
    return replicate_data(study, experiment)


@pytest.mark.parametrize("preset", ["article/baseline", "classification/digits"])
@pytest.mark.parametrize("share", [0.1, 0.5])
def test_a_share_of_the_training_labels_is_another_class(preset: str, share: float) -> None:
    clean, noisy = samples(preset).first, samples(preset, f"data.label_noise={share}").first
    wrong = clean.y_train != noisy.y_train
    assert wrong.sum() == round(share * len(wrong))
    assert set(noisy.y_train) <= set(range(len(clean.classes)))
    np.testing.assert_array_equal(clean.y_test, noisy.y_test)
    np.testing.assert_array_equal(clean.x_train, noisy.x_train)


def test_each_replicate_has_other_wrong_labels_and_every_arm_the_same() -> None:
    noisy = samples("article/baseline", "data.label_noise=0.2")
    again = samples("article/baseline", "data.label_noise=0.2", "layers.0.units=3")
    assert not noisy.shared
    first, second = noisy.split(0).y_train, noisy.split(1).y_train
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(second, again.split(1).y_train)
    np.testing.assert_array_equal(second, noisy.of(1).y[:, 0])


def test_more_label_noise_leaves_no_wrong_label_right() -> None:
    clean, some, more = (
        samples("classification/digits", f"data.label_noise={share}").first.y_train
        for share in (0.0, 0.1, 0.3)
    )
    wrong = some != clean
    np.testing.assert_array_equal(more[wrong], some[wrong])


def test_a_regression_has_no_labels_to_flip() -> None:
    with pytest.raises(DataError, match="label_noise: expected classes"):
        samples("regression/sine", "data.label_noise=0.1")


STOPPING = "training.early_stopping={validation_size = 0.2, patience = 5}"


def test_rows_are_held_out_of_the_training_rows_alone() -> None:
    whole, kept = samples("article/baseline"), samples("article/baseline", STOPPING)
    rows = kept.of(0)
    assert len(rows.x_held) == 6
    assert len(rows.x) == 24
    together = np.concatenate([rows.x, rows.x_held])
    np.testing.assert_array_equal(np.sort(together, axis=0), np.sort(whole.of(0).x, axis=0))
    np.testing.assert_array_equal(rows.x_val, whole.of(0).x_val)
    np.testing.assert_array_equal(kept.split(0).x_test, whole.split(0).x_test)
    assert len(kept.split(0).x_train) == 24


def test_held_out_rows_are_the_same_for_all_replicates_on_the_articles_rows_only() -> None:
    fixed, drawn = (samples("article/baseline", STOPPING, mode=m) for m in ("article", "task"))
    np.testing.assert_array_equal(fixed.of(0).x_held, fixed.of(1).x_held)
    assert not np.array_equal(drawn.of(0).x_held, drawn.of(1).x_held)


@pytest.mark.parametrize("size", ["30", "0.01"])
def test_holding_out_all_rows_or_none_is_refused(size: str) -> None:
    with pytest.raises(DataError, match=r"validation_size: expected to hold out some of 30"):
        samples("article/baseline", STOPPING.replace("0.2", size))
