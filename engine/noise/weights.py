"""Noise on the weights of a layer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from hiss.keras_names.schemas import NOT_NEGATIVE
from hiss.noise.kind import Draws, LayerNoise

if TYPE_CHECKING:
    from hiss.noise.random import Tensor


def _apply_noisy(draws: Draws, inputs: Tensor, stddev: Tensor, layer: Any) -> Tensor:
    """Return the outputs of a Keras `layer` whose kernels have Gaussian noise of SD `stddev`.

    The noise is drawn once for all rows. The gradient at the noisy weights moves the weights
    themselves; biases have no noise.
    Source: Graves, 2011, "Practical variational inference for neural networks".
    """
    import keras

    from hiss.compatibility import without_autocast

    others = layer.non_trainable_variables
    with without_autocast():
        pairs = [
            *zip(layer.trainable_variables, noisy_weights(draws, stddev, layer), strict=True),
            *((variable, variable.value) for variable in others),
        ]
        # not by `stateless_call`, which does not follow the layer's own dtype policy
        with keras.StatelessScope(pairs) as scope:
            outputs = layer(inputs)
        for variable in others:
            variable.assign(scope.get_current_value(variable))
    return outputs


def noisy_weights(draws: Draws, stddev: Tensor, layer: Any) -> list[Tensor]:
    """Return the values of the trainable variables of a layer, with noise on the kernels."""
    import tensorflow as tf

    from hiss.noise.random import add_widened

    variables = layer.trainable_variables
    sizes = [math.prod(each.shape) * is_kernel(each) for each in variables]
    drawn = tf.split(draws.normal(stddev, (sum(sizes),)), sizes)
    return [
        add_widened(each.value, stddev * tf.reshape(part, each.shape)) if size else each.value
        for each, part, size in zip(variables, drawn, sizes, strict=True)
    ]


def is_kernel(variable: Any) -> bool:
    """Return whether a variable of a layer is a kernel; recurrent layers have two."""
    return bool(variable.name.endswith("kernel"))


_METHODS = '''\
    def noisy(self, inputs, stddev):
        """Apply the layer with noise on its kernels."""
        values = [self.value(each, stddev) for each in self.layer.trainable_variables]
        others = self.layer.non_trainable_variables
        outputs, _ = self.layer.stateless_call(values, others, inputs)
        return outputs

    def value(self, weight, stddev):
        """Return the value of a weight, with noise if it is a kernel."""
        if not weight.name.endswith("kernel"):
            return weight.value
        normal = keras.random.normal(weight.shape, seed=self.seed_generator)
        return weight + stddev * normal'''

WEIGHT_NOISE = LayerNoise(
    name="WeightNoise",
    strength="stddev",
    arguments={"layer": {"$ref": "#/$defs/layers"}, "stddev": NOT_NEGATIVE},
    apply=_apply_noisy,
    start=0.1,
    definition=f'''\
class WeightNoise(layers.Wrapper):
    """Adds Gaussian noise to the kernels of a layer, new at each training step."""

    def __init__(self, layer, stddev, seed=None, **kwargs):
        """Wrap a layer."""
        super().__init__(layer, **kwargs)
        self.stddev = stddev
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=False):
        """Apply the layer."""
        return self.noisy(inputs, self.stddev) if training else self.layer(inputs)

{_METHODS}

    def get_config(self):
        """Return the arguments of the constructor."""
        return {{**super().get_config(), "stddev": self.stddev}}''',
    scheduled=(
        f'''\
class ScheduledWeightNoise(Scheduled):
    """Adds Gaussian noise to the kernels of a layer, new at each training step."""

    def __init__(self, layer, stddev, **kwargs):
        """Wrap a layer."""
        super().__init__(stddev, **kwargs)
        self.layer = layer

    def build(self, input_shape):
        """Build the layer."""
        self.layer.build(input_shape)

    def call(self, inputs, training=False):
        """Apply the layer."""
        return super().call(inputs, training) if training else self.layer(inputs)

{_METHODS}''',
    ),
)
