"""The recorded networks of an arm as functions of rows, for all replicates at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from hiss.compatibility import logits_of
from hiss.data.arrays import Floats, Split
from hiss.data.replicate_data import ReplicateData
from hiss.network.mixing import mixing_layer
from hiss.noise.random import Tensor
from hiss.training.program import Program
from hiss.training.snapshots import Snapshots
from hiss.views.measured import has_classes

ROWS_AT_ONCE = 20_000
"""Rows × replicates that one call evaluates, so that memory stays bounded."""
SMALLEST = 1e-7
"""Probabilities nearer to 0 or 1 are taken for this where a layer hides its logits, as in Keras."""
Forward = Callable[[list[Tensor], list[Tensor], Tensor], Tensor]
"""(trainable, other, rows) → a float32 tensor, for one network."""


class Networks:
    """The networks of an arm's replicates, at every epoch at which they were recorded.

    Rows are either the same for all replicates, shape (rows, …), or one set for each, shape
    (replicates, rows, …). What is returned has the replicates first.
    """

    def __init__(self, program: Program, snapshots: Snapshots, data: ReplicateData) -> None:
        """Take an arm's program, its snapshots and its data set."""
        self.program, self.snapshots, self.data = program, snapshots, data
        self.task = data.first.task
        self._functions: dict[str, Any] = {}

    @property
    def replicates(self) -> tuple[int, ...]:
        """Their numbers."""
        return self.snapshots.replicates

    @property
    def epochs(self) -> tuple[int, ...]:
        """The epochs of the snapshots."""
        return self.snapshots.epochs

    @property
    def mixes_rows(self) -> bool:
        """Whether a layer mixes the rows of a batch with one another."""
        return mixing_layer(self.program.network) is not None

    @cached_property
    def splits(self) -> tuple[Split, ...]:
        """The rows of each replicate; the same object where all share theirs."""
        return tuple(self.data.split(number) for number in self.replicates)

    @cached_property
    def output_count(self) -> int:
        """How many outputs a network has for a row."""
        return int(self.program.network.output_shape[-1])

    def train_rows(self) -> tuple[Floats, NDArray[np.float64]]:
        """Return training rows and their targets: shapes (replicates, rows, …).

        The targets of a reconstruction have the shape of its predictions.
        """
        x = np.stack([each.x_train for each in self.splits])
        return x, np.stack([each.y_train for each in self.splits]).astype(float)

    def test_rows(self, most: int | None = None) -> tuple[Floats, NDArray[np.float64]]:
        """Return the first `most` test rows and their targets: shapes (replicates, rows, …)."""
        x = np.stack([each.x_test[:most] for each in self.splits])
        return x, np.stack([each.y_test[:most] for each in self.splits]).astype(float)

    @cached_property
    def target_sd(self) -> NDArray[np.float64]:
        """SD of the training targets of each replicate: shape (replicates,)."""
        return np.array([max(float(each.y_train.std()), 1e-12) for each in self.splits])

    def outputs(self, x: Floats, snapshot: int = -1) -> Floats:
        """Return the predictions with the noise off: shape (replicates, rows, outputs)."""
        return self.call("outputs", self._outputs, x, snapshot)

    def logits(self, x: Floats, snapshot: int = -1) -> Floats:
        """Return the logits with the noise off, or the outputs where they are quantities.

        Shape (replicates, rows, outputs): one logit of class 1 for two classes, else one for each.
        """
        return self.call("logits", self._logits, x, snapshot)

    def jacobian_norms(self, x: Floats, snapshot: int = -1) -> NDArray[np.float64]:
        """Return the Frobenius norm of ∂f/∂x at each row: shape (replicates, rows).

        f are the logits of a classification, the output of a regression in units of the SD of its
        training targets, and all values of a reconstruction; x are the features as the network
        receives them. What copies a row of n values has the norm √n.

        Source: Novak et al., 2018, "Sensitivity and generalization in neural networks: an empirical
        study", arXiv:1802.08760.
        """
        norms = self.call("jacobian", self._jacobian, x, snapshot).astype(float)
        return norms / self.target_sd[:, None] if self.task == "regression" else norms

    def noisy_outputs(self, x: Floats, passes: int, snapshot: int = -1) -> Floats:
        """Return the predictions of several passes with the noise of training on.

        Shape (replicates, passes, rows, outputs). Each pass draws other noise; what it would change
        beside that, as moving averages, is dropped.
        """

        def forward(trainable: list[Tensor], other: list[Tensor], x: Tensor) -> Tensor:
            def one(number: Tensor) -> Tensor:
                drawn = [_advanced(each, number) for each in other]
                outputs, _ = self.program.network.stateless_call(trainable, drawn, x, training=True)
                return tf.cast(outputs, tf.float32)

            return tf.map_fn(one, tf.range(passes), fn_output_signature=tf.float32)

        return self.call(f"noisy {passes}", forward, x, snapshot, row_axis=1)

    def call(
        self, name: str, forward: Forward, x: Floats, snapshot: int = -1, row_axis: int = 0
    ) -> NDArray[np.float32]:
        """Return what a function of one network and its rows returns for each, stacked.

        Args:
            name: of the function, under which its graph is kept.
            forward: the function; its result is float32.
            x: rows.
            snapshot: index of the snapshot.
            row_axis: the axis of the result that counts the rows.
        """
        own = x.ndim == 2 + len(self.data.shape)
        count = x.shape[1] if own else x.shape[0]
        step = max(1, ROWS_AT_ONCE // max(1, len(self.replicates)))
        key = f"{name} {own}"
        values = [tf.constant(each[snapshot]) for each in self.snapshots.trainable]
        others = [tf.constant(each[snapshot]) for each in self.snapshots.other]
        if key not in self._functions:
            rows = tf.TensorSpec([None] * (1 + own) + list(self.data.shape), tf.float32)
            self._functions[key] = _mapped(forward, own, values, others, rows)
        parts = [
            self._functions[key](values, others, tf.constant(part)).numpy()
            for part in (
                x[:, at : at + step] if own else x[at : at + step] for at in range(0, count, step)
            )
        ]
        return np.concatenate(parts, axis=1 + row_axis) if len(parts) > 1 else parts[0]

    def _outputs(self, trainable: list[Tensor], other: list[Tensor], x: Tensor) -> Tensor:
        outputs, _ = self.program.network.stateless_call(trainable, other, x, training=False)
        return tf.cast(outputs, tf.float32)

    def _logits(self, trainable: list[Tensor], other: list[Tensor], x: Tensor) -> Tensor:
        outputs, _ = self.program.network.stateless_call(trainable, other, x, training=False)
        if not has_classes(self.task):
            return tf.cast(outputs, tf.float32)
        logits = logits_of(outputs)
        return tf.cast(_from_probabilities(outputs) if logits is None else logits, tf.float32)

    def _jacobian(self, trainable: list[Tensor], other: list[Tensor], x: Tensor) -> Tensor:
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            outputs = self._logits(trainable, other, x)
            columns = tf.unstack(outputs, axis=-1)
        squares = [
            tf.reduce_sum(tf.square(tape.gradient(each, x)), axis=list(range(1, len(x.shape))))
            for each in columns
        ]
        return tf.sqrt(tf.add_n(squares))


def _mapped(
    forward: Forward, own: bool, trainable: list[Tensor], other: list[Tensor], rows: Any
) -> Callable[..., Tensor]:
    """Return a graph that applies a function to every network, with the same rows or each its own.

    One network after the other: on a CPU, stacking gains nothing.
    """

    def mapped(trainable: Sequence[Tensor], other: Sequence[Tensor], x: Tensor) -> Tensor:
        def one(place: Tensor) -> Tensor:
            weights, others = ([each[place] for each in part] for part in (trainable, other))
            return forward(weights, others, x[place] if own else x)

        count = tf.shape(trainable[0])[0]
        return tf.map_fn(one, tf.range(count), fn_output_signature=tf.float32)

    specs = [[tf.TensorSpec.from_tensor(each) for each in part] for part in (trainable, other)]
    made: Callable[..., Tensor] = tf.function(
        mapped, autograph=False, input_signature=[*specs, rows]
    )
    return made


def _advanced(value: Tensor, steps: Tensor) -> Tensor:
    """Return a noise stream some steps on, and any other variable as it is."""
    if value.dtype != tf.uint32 or value.shape != (3,):
        return value
    return value + tf.cast(tf.stack([0, 0, steps]), tf.uint32)


def _from_probabilities(outputs: Tensor) -> Tensor:
    """Return log-odds for one probability, and log-probabilities for one of each class."""
    kept = tf.clip_by_value(tf.cast(outputs, tf.float32), SMALLEST, 1 - SMALLEST)
    logs = tf.math.log(kept)
    return logs - tf.math.log1p(-kept) if outputs.shape[-1] == 1 else logs
