"""Noise on the gradients: what hiss knows of it; the optimizer itself is in `optimizer.py`."""

from __future__ import annotations

from hiss.keras_names.schemas import NOT_NEGATIVE, SEED
from hiss.noise.kind import VARIANCES, NoiseKind

GRADIENT_NOISE = NoiseKind(
    name="GradientNoise",
    strength="eta",
    arguments={
        "optimizer": {"$ref": "#/$defs/optimizers"},
        "eta": NOT_NEGATIVE,
        "gamma": NOT_NEGATIVE,
        "seed": SEED,
        "name": {},
    },
    grid=VARIANCES,
    definition='''\
class GradientNoise(keras.optimizers.{parent}):
    """Adds Gaussian noise of variance eta / (1 + t)^gamma to step t."""

    def __init__(self, eta=0.01, gamma=0.55, **kwargs):
        """Take the other arguments of the optimizer by name."""
        super().__init__(**kwargs)
        self.eta = eta
        self.gamma = gamma
        self.seed_generator = keras.random.SeedGenerator()

    def apply(self, grads, trainable_variables=None):
        """Apply the noisy gradients."""
        time = keras.ops.cast(self.iterations, "float32")
        stddev = (self.eta / (1 + time) ** self.gamma) ** 0.5
        seed = self.seed_generator
        noisy = [g + stddev * keras.random.normal(g.shape, seed=seed) for g in grads]
        super().apply(noisy, trainable_variables)''',
)
"""An optimizer that wraps another one and adds noise to the gradients that it receives."""
