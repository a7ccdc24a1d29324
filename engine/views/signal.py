"""The noise itself: how strong it is against what it disturbs, at each place of the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hiss.views.along import moments_of
from hiss.views.measured import Measured

if TYPE_CHECKING:
    from hiss.noise.random import Tensor
    from hiss.views.networks import Networks


MOST_ROWS = 500
"""Training rows that are used at most."""
MOMENTS = 13
"""Snapshots at which the signal is measured at most: the first, the last and some between."""
BINS = 40
"""Of a histogram."""
ACTIVATIONS = ("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax")
"""Layers that are an activation and nothing else."""
TAILS = (0.005, 0.995)
"""Quantiles between which a histogram is drawn."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """How often values occur without the noise and with it, over rows, units and replicates."""

    edges: NDArray[np.float64]
    clean: NDArray[np.float64]
    """Share of the values in each bin, with the noise off."""
    noisy: NDArray[np.float64]
    """With the noise on."""

    def as_json(self) -> dict[str, Any]:
        """Return the histogram as plain values."""
        return {
            "edges": self.edges.tolist(),
            "clean": self.clean.tolist(),
            "noisy": self.noisy.tolist(),
        }


@dataclass(frozen=True, slots=True)
class Signal:
    """One noise layer, and the signal that reaches it with all noise off."""

    site: str
    """Name of the layer."""
    kind: str
    """Its class: `GaussianNoise`."""
    epochs: tuple[int, ...]
    """At which the ratio was measured."""
    ratios: NDArray[np.float64]
    """Variance of the signal over variance of the noise: shape (replicates, epochs).

    The variance of the signal is that over the training rows, averaged over the units; the variance
    of the noise is the mean square of what the layer adds. Infinite where the noise is 0. The ratio
    is hiss's own measure."""
    before: Histogram
    """What reaches the layer and what leaves it, at the end of training."""
    after: Histogram | None
    """Behind the activation that follows it; None where none does."""
    copies: NDArray[np.float32] | None
    """Training rows of the first replicate with this noise, where it acts on the rows: shape
    (rows, …)."""

    @property
    def last(self) -> Measured:
        """The ratio at the end of training."""
        return Measured.of(self.ratios[:, -1])

    def as_json(self) -> dict[str, Any]:
        """Return the view as plain values."""
        return {
            "site": self.site,
            "class_name": self.kind,
            "epochs": list(self.epochs),
            "signal_to_noise": {**self.last.as_json(), "by_epoch": self.ratios.tolist()},
            "before_activation": self.before.as_json(),
            "after_activation": self.after and self.after.as_json(),
        }


def signals_of(networks: Networks) -> tuple[Signal, ...]:
    """Measure the noise layers of an arm, in the network's order.

    Noise on weights, gradients or labels is no layer of its own, and not among them.
    """
    from hiss.compatibility import all_layers
    from hiss.noise.layers import NoiseLayer

    layers = (each for each in all_layers(networks.program.network) if isinstance(each, NoiseLayer))
    return tuple(_signal(networks, each) for each in layers if not each.kind.wraps_layer)


def signal_to_noise(
    clean: NDArray[np.floating[Any]], noisy: NDArray[np.floating[Any]]
) -> NDArray[np.float64]:
    """Return the variance of a signal over the variance of its noise.

    Args:
        clean: shape (…, rows, units).
        noisy: the same with noise.

    Returns:
        Shape (…,); infinite where there is no noise.
    """
    signal = clean.astype(float).var(axis=-2).mean(axis=-1)
    noise = ((noisy.astype(float) - clean) ** 2).mean(axis=(-2, -1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(noise > 0, signal / noise, np.inf))


def _signal(networks: Networks, layer: Any) -> Signal:
    x = networks.train_rows()[0][:, :MOST_ROWS]
    moments = moments_of(networks, MOMENTS)
    ratios = []
    for moment in moments:
        found = _values(networks, layer, x, moment)
        flat = found.reshape(*found.shape[:3], -1)
        ratios.append(signal_to_noise(flat[:, 0], flat[:, 1]))
    network = networks.program.network
    at_input = layer in network.layers and layer.input is network.inputs[0]
    return Signal(
        site=layer.name,
        kind=type(layer).__name__,
        epochs=tuple(networks.epochs[moment] for moment in moments),
        ratios=np.stack(ratios, axis=1),
        before=_histogram(found[:, 0], found[:, 1]),
        after=_histogram(found[:, 2], found[:, 3]) if found.shape[1] == 4 else None,
        copies=found[0, 1] if at_input else None,
    )


def _values(networks: Networks, layer: Any, x: NDArray[np.float32], moment: int) -> Any:
    """Return what reaches a layer and what leaves it, and both behind the activation after it.

    Shape (replicates, 2 or 4, rows, …).
    """
    import keras
    import tensorflow as tf

    from hiss.noise.layers import reached_by_noise

    network = networks.program.network
    activation = _activation_after(network, layer)

    def forward(trainable: list[Tensor], other: list[Tensor], x: Tensor) -> Tensor:
        variables = [*network.trainable_variables, *network.non_trainable_variables]
        mapping = list(zip(variables, [*trainable, *other], strict=True))
        with keras.StatelessScope(state_mapping=mapping), reached_by_noise() as reached:
            network(x, training=False)
            clean = reached[id(layer)]
            pair = [clean, layer.noisy(clean, layer.current())]
            if activation is not None:
                pair += [activation(each) for each in pair]
        return tf.stack([tf.cast(each, tf.float32) for each in pair])

    return networks.call(f"signal {layer.name}", forward, x, moment, row_axis=1)


def _activation_after(network: Any, layer: Any) -> Any | None:
    """Return the layer that follows as an activation, if one does."""
    if layer not in network.layers:
        return None
    follow = (each for each in network.layers if type(each).__name__ in ACTIVATIONS)
    return next((each for each in follow if each.input is layer.output), None)


def _histogram(clean: NDArray[np.float32], noisy: NDArray[np.float32]) -> Histogram:
    both = np.concatenate([clean.ravel(), noisy.ravel()])
    low, high = np.quantile(both, TAILS)
    edges = np.linspace(low, high if high > low else low + 1, BINS + 1)
    shares = [np.histogram(each, edges)[0] / each.size for each in (clean, noisy)]
    return Histogram(edges, *shares)
