from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from hiss.statistics.resampling import wilcoxon_p
from hiss.statistics.signed_ranks import SAMPLES, STRENGTH, signed_rank_rope

SPREAD = 4 * 0.5 / SAMPLES**0.5
"""Four standard errors of a share at most."""

C45 = (0.763, 0.599, 0.954, 0.628, 0.882, 0.936, 0.661, 0.583, 0.775, 1.000, 0.940, 0.619, 0.972,
       0.957)  # fmt: skip
C45M = (0.768, 0.591, 0.971, 0.661, 0.888, 0.931, 0.668, 0.583, 0.838, 1.000, 0.962, 0.666, 0.981,
        0.978)  # fmt: skip
"""AUC of C4.5 and C4.5 with tuned m on 14 data sets: Demšar, 2006, "Statistical comparisons of
classifiers over multiple data sets", table 2. With R⁺ = 93 and R⁻ = 12 he rejects at 0.05."""


def demsar() -> np.ndarray:
    return np.round(np.array(C45M) - C45, 3)


def test_demsars_table_has_the_rank_sums_that_he_published() -> None:
    gains = demsar()
    ranks = stats.rankdata(abs(gains))
    zeros = ranks[gains == 0].sum() / 2
    assert ranks[gains > 0].sum() + zeros == 93
    assert ranks[gains < 0].sum() + zeros == 12


def test_the_signed_rank_p_of_demsars_table_is_that_of_all_sign_flips() -> None:
    gains = demsar()[demsar() != 0]
    ranks = stats.rankdata(abs(gains))
    observed = abs((np.sign(gains) * ranks).sum())
    flips = np.array(list(itertools.product((-1, 1), repeat=len(gains)))) @ ranks
    p = wilcoxon_p(demsar())
    assert p == pytest.approx((abs(flips) >= observed - 1e-9).mean(), abs=1e-12)
    assert p is not None and p < 0.05


@pytest.mark.parametrize("count", [1, 3, 8])
def test_gains_far_above_the_rope_have_their_closed_posterior(count: int) -> None:
    # every pair but (z₀, z₀) is above: better is the largest where w₀² < 1/2, w₀ ~ Beta(s, n)
    found = signed_rank_rope(np.full(count, 5.0), 1.0)
    assert found.worse == 0
    assert found.better == pytest.approx(stats.beta(STRENGTH, count).cdf(0.5**0.5), abs=SPREAD)
    assert found.same == pytest.approx(1 - found.better)


@pytest.mark.parametrize("count", [1, 3, 8])
def test_gains_just_above_the_rope_count_only_with_one_another(count: int) -> None:
    # zᵢ + z₀ = 1.5 lies within 2 · width: better is the largest where (1 - w₀)² > 1/2
    found = signed_rank_rope(np.full(count, -1.5), 1.0)
    expected = stats.beta(STRENGTH, count).cdf(1 - 0.5**0.5)
    assert found.worse == pytest.approx(expected, abs=SPREAD)
    assert found.better == 0


def test_two_data_sets_on_either_side_have_the_posterior_of_an_integral() -> None:
    # z = 5, -5: better has (1 - w₀ - w₂)(1 - w₀ - w₂ + 2 w₀), worse likewise, the rest is the same
    w0 = np.linspace(0, 1, 2001)[1:-1]
    share = np.linspace(0, 1, 2001)[1:-1]
    first, part = np.meshgrid(w0, share, indexing="ij")
    w1 = (1 - first) * part
    w2 = 1 - first - w1
    better, worse = w1 * (w1 + 2 * first), w2 * (w2 + 2 * first)
    same = 1 - better - worse
    density = stats.beta(STRENGTH, 2).pdf(first)
    wins = (better > worse) & (better > same)
    expected = (density * wins).sum() / density.sum()
    found = signed_rank_rope(np.array([5.0, -5.0]), 1.0)
    assert found.better == pytest.approx(expected, abs=0.01)
    assert found.worse == pytest.approx(found.better, abs=2 * SPREAD)


def test_gains_and_drops_mirror_each_other() -> None:
    gains = demsar()
    there, back = signed_rank_rope(gains, 0.01), signed_rank_rope(-gains, 0.01)
    assert (there.worse, there.same, there.better) == pytest.approx(
        (back.better, back.same, back.worse)
    )


def test_a_difference_on_the_edge_of_the_rope_is_the_same() -> None:
    assert signed_rank_rope(np.full(9, 1.0), 1.0).same == 1
