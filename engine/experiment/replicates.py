"""The rows that the replicates of an arm are trained and tested on."""

from __future__ import annotations

from hiss.data.replicate_data import ReplicateData
from hiss.experiment.spec import Experiment, Study


def replicate_data(study: Study, experiment: Experiment) -> ReplicateData:
    """Load the rows that the replicates of one arm of a study are trained and tested on.

    Raises:
        DataError: if the data set cannot be loaded or split.
    """
    stopping = experiment.training.early_stopping
    held_out = stopping.validation_size if stopping else None
    weights = experiment.training.class_weight
    return ReplicateData(experiment.data, study.mode, study.seed, held_out, weights)
