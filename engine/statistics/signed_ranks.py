"""The Bayesian signed-rank test over data sets, with a region of practical equivalence (ROPE)."""

from __future__ import annotations

import numpy as np

from hiss.statistics.rope import Rope
from hiss.statistics.summary import Floats

STRENGTH = 0.5
"""Of the prior: it counts as half a data set without a difference."""
SAMPLES = 50_000
SEED = 20_140_621
"""Of the samples: the same differences have the same posterior."""


def signed_rank_rope(improvements: Floats, width: float) -> Rope:
    """Return the probability that worse, the same or better is what most data sets like these show.

    The improvements z₁ … zₙ and a pseudo-observation z₀ = 0 have weights w ~ Dirichlet(s, 1, …, 1),
    s = 0.5. The share of the pairs (i, j) with (zᵢ + zⱼ)/2 above the ROPE,
    θ = Σ wᵢ wⱼ [zᵢ + zⱼ > 2 · width], and those within and below it are drawn; each probability is
    how often its share is the largest. A standard error is at most 0.0023.

    Args:
        improvements: one a data set, positive where the arm is better; shape (n,), n ≥ 1.
        width: half the width of the ROPE, at least 0, in the unit of the improvements.

    Source: Benavoli et al., 2014, "A Bayesian Wilcoxon signed-rank test based on the Dirichlet
    process"; with a ROPE, Benavoli et al., 2017, "Time for a change", section 4.2.
    """
    values = np.concatenate([[0.0], improvements])
    sums = values[:, None] + values[None, :]
    draw = np.random.default_rng(SEED)
    concentration = np.concatenate([[STRENGTH], np.ones(len(improvements))])
    weights = draw.dirichlet(concentration, SAMPLES)
    worse, better = (_shares(weights, where) for where in (sums < -2 * width, sums > 2 * width))
    largest = np.argmax([1.0 - worse - better, worse, better], axis=0)
    same, below, above = np.bincount(largest, minlength=3) / SAMPLES
    return Rope(float(below), float(same), float(above))


def _shares(weights: Floats, where: Floats) -> Floats:
    """Return Σ wᵢ wⱼ over the pairs in `where`, for each row of weights."""
    shares: Floats = np.einsum("si,si->s", weights @ where.astype(float), weights)
    return shares
