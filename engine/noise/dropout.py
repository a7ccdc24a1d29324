"""Units, whole feature maps, or all that a layer passes on, dropped at random."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from hiss.keras_names.schemas import PROBABILITY
from hiss.noise.kind import RATES, Draws, LayerNoise

if TYPE_CHECKING:
    from hiss.noise.random import Shape, Tensor

LOWEST = -1.0507009873554805 * 1.6732632423543772
"""The limit of selu towards -∞: -scale · alpha."""


def _drop(
    draws: Draws, inputs: Tensor, rate: Tensor, noise_shape: Sequence[int | None] | None = None
) -> Tensor:
    """Return inputs · kept / (1 - rate), where kept is 1 with probability 1 - rate, else 0.

    Along axes of size 1 in `noise_shape` all values are dropped together.
    Source: Srivastava et al., 2014, "Dropout: a simple way to prevent neural networks from
    overfitting".
    """
    return inputs * draws.keep(rate, _mask_shape(draws, inputs, noise_shape)) / (1.0 - rate)


def _drop_maps(
    draws: Draws, inputs: Tensor, rate: Tensor, data_format: str | None = "channels_last"
) -> Tensor:
    """Return the inputs with whole feature maps set to 0, and the others scaled up.

    A `data_format` of None stands for Keras' setting.
    Source: Tompson et al., 2014, arXiv:1411.4280.
    """
    if data_format is None:
        import keras

        data_format = keras.config.image_data_format()
    shape = draws.shape_of(inputs)
    ones = (1,) * (len(shape) - 2)
    first = data_format == "channels_first"
    mask = (*shape[:2], *ones) if first else (shape[0], *ones, shape[-1])
    return inputs * draws.keep(rate, mask) / (1.0 - rate)


def _saturate(
    draws: Draws, inputs: Tensor, rate: Tensor, noise_shape: Sequence[int | None] | None = None
) -> Tensor:
    """Set a share of the values to selu's lowest, then restore mean 0 and variance 1.

    With kept as in dropout and l for selu's lowest, it returns
    ((1 - rate) · (1 + rate · l²))^-½ · (inputs · kept + l · (1 - kept) - l · rate).
    Source: Klambauer et al., 2017, "Self-normalizing neural networks", arXiv:1706.02515.
    """
    import tensorflow as tf

    kept = draws.keep(rate, _mask_shape(draws, inputs, noise_shape))
    scale = tf.math.rsqrt((1.0 - rate) * (1.0 + rate * LOWEST**2))
    return scale * (inputs * kept + LOWEST * (1.0 - kept) - LOWEST * rate)


def _drop_rows(draws: Draws, inputs: Tensor, rate: Tensor) -> Tensor:
    """Return inputs · kept / (1 - rate), where kept is one draw for all values of a row.

    At the end of a residual branch it drops the branch: the row passes by the identity alone.
    Source: Huang et al., 2016, arXiv:1603.09382, where one draw is for all rows of a batch, and
    evaluation scales the branch down instead.
    """
    rows, *others = draws.shape_of(inputs)
    return inputs * draws.keep(rate, (rows, *[1] * len(others))) / (1.0 - rate)


def _mask_shape(draws: Draws, inputs: Tensor, noise_shape: Sequence[int | None] | None) -> Shape:
    shape = draws.shape_of(inputs)
    return tuple(
        size if wanted is None else wanted
        for size, wanted in zip(shape, noise_shape or [None] * len(shape), strict=True)
    )


def _as_dropout(axes: int, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the table of a `Dropout` whose `noise_shape` makes it one of whole feature maps."""
    others = {key: value for key, value in arguments.items() if key != "data_format"}
    ones = (1,) * axes
    first = arguments.get("data_format") == "channels_first"
    noise_shape = (None, None, *ones) if first else (None, *ones, None)
    return {"class_name": "Dropout", **others, "noise_shape": noise_shape}


SCHEDULED_DROPOUT = '''\
class ScheduledDropout(Scheduled):
    """Drops values, along the axes where `noise_shape` is 1 all together."""

    def __init__(self, *args, noise_shape=None, **kwargs):
        """Take a `noise_shape` as Dropout does."""
        super().__init__(*args, **kwargs)
        self.noise_shape = noise_shape

    def noisy(self, inputs, rate):
        """Drop values, and scale the others up."""
        return keras.ops.where(self.kept(inputs, rate), inputs / (1 - rate), 0.0)

    def kept(self, inputs, rate):
        """Draw which values are kept."""
        sizes, seed = keras.ops.shape(inputs), self.seed_generator
        given = self.noise_shape or [None] * len(sizes)
        shape = [size if n is None else n for n, size in zip(given, sizes)]
        return keras.random.uniform(shape, seed=seed) >= rate'''

DROPOUT = LayerNoise(
    name="Dropout",
    strength="rate",
    arguments={"rate": PROBABILITY, "noise_shape": {}},
    apply=_drop,
    start=0.2,
    grid=RATES,
    scheduled=(SCHEDULED_DROPOUT,),
)

SPATIAL_DROPOUT_1D = LayerNoise(
    name="SpatialDropout1D",
    strength="rate",
    arguments={"rate": PROBABILITY},
    apply=_drop_maps,
    start=0.2,
    grid=RATES,
    dimensions=3,
    in_terms_of=partial(_as_dropout, 1),
)

SPATIAL_DROPOUT_2D = LayerNoise(
    name="SpatialDropout2D",
    strength="rate",
    arguments={"rate": PROBABILITY, "data_format": {}},
    apply=_drop_maps,
    start=0.2,
    grid=RATES,
    dimensions=4,
    in_terms_of=partial(_as_dropout, 2),
)

ALPHA_DROPOUT = LayerNoise(
    name="AlphaDropout",
    strength="rate",
    arguments={"rate": PROBABILITY, "noise_shape": {}},
    apply=_saturate,
    start=0.2,
    grid=RATES,
    scheduled=(
        SCHEDULED_DROPOUT,
        '''\
class ScheduledAlphaDropout(ScheduledDropout):
    """Drops values to the lowest of selu, and keeps mean and variance."""

    def noisy(self, inputs, rate):
        """Drop values, then scale and shift all."""
        lowest = -1.75809934
        scale = ((1 - rate) * (1 + rate * lowest**2)) ** -0.5
        dropped = keras.ops.where(self.kept(inputs, rate), inputs, lowest)
        return scale * (dropped - rate * lowest)''',
    ),
)

STOCHASTIC_DEPTH = LayerNoise(
    name="StochasticDepth",
    strength="rate",
    arguments={"rate": PROBABILITY},
    apply=_drop_rows,
    start=0.2,
    grid=RATES,
    body='''\
    """Drops all values of a row together: a residual branch that ends with it."""

    def noisy(self, inputs, rate):
        """Drop rows, and scale the others up."""
        rows, *others = keras.ops.shape(inputs)
        shape, seed = (rows, *[1] * len(others)), self.seed_generator
        kept = keras.random.uniform(shape, seed=seed) >= rate
        return keras.ops.where(kept, inputs / (1 - rate), 0.0)''',
)
