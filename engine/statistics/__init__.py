"""Statistics of repeated scores: pure functions on numpy and scipy.

Importing this package imports numpy only; scipy is imported by the functions that need it.
"""

from hiss.statistics.paired import Difference, compare_pairs, holm
from hiss.statistics.power import MOST, more_repeats, power, repeats_for
from hiss.statistics.rope import Rope, rope
from hiss.statistics.summary import Summary, summarize

__all__ = [
    "MOST",
    "Difference",
    "Rope",
    "Summary",
    "compare_pairs",
    "holm",
    "more_repeats",
    "power",
    "repeats_for",
    "rope",
    "summarize",
]
