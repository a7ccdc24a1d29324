"""The private parts of Keras and TensorFlow that hiss relies on, all in one place.

Read in Keras 3.13 to 3.15 and TensorFlow 2.20 to 2.21. Check this file first when hiss
moves to a new version of either.
"""

from __future__ import annotations

from typing import Any

NEUTRAL_METHODS = (
    "assign",
    "assign_add",
    "assign_sub",
    "stateless_apply",
    "_var_key",
    "_apply_weight_decay",
    "_backend_update_step",
    "_backend_increment_gradient_accumulators",
    "_clip_by_norm",
    "_overwrite_model_variables_with_average_value",
)
"""Methods of Keras' `BaseOptimizer` that the TensorFlow mix-in overrides."""
OPTIMIZER_MIX_IN = "keras.src.backend.tensorflow"
"""The module of that mix-in, or its package."""


def stateless_optimizer(kind: type) -> type:
    """Return a subclass of a Keras optimizer whose `stateless_apply` works on TensorFlow.

    Keras raises an error there, because of `tf.distribute`. The backend-neutral methods work, but
    the mix-in `TFOptimizer` hides them.
    """
    return _NeutralOptimizer(kind.__name__, (kind,), {})


class _NeutralOptimizer(type):
    """The class of optimizers that look up the neutral methods before the TensorFlow mix-in.

    Methods that an optimizer itself overrides, as Nadam does its update, stay before both.
    """

    def mro(cls) -> list[type]:
        """Insert Keras' backend-neutral methods before the mix-in."""
        order = super().mro()
        neutral = next(base for base in order if base.__name__ == "BaseOptimizer")
        place = next(
            n for n, base in enumerate(order) if base.__module__.startswith(OPTIMIZER_MIX_IN)
        )
        methods = {name: getattr(neutral, name) for name in NEUTRAL_METHODS}
        return [*order[:place], type("Neutral", (), methods), *order[place:]]


def producing_layer(tensor: Any) -> Any:
    """Return the layer, or operation, that a symbolic tensor (`KerasTensor`) is the output of."""
    return tensor._keras_history.operation
