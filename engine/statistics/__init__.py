"""Statistics of repeated scores: pure functions on numpy and scipy.

Importing this package imports numpy only; scipy is imported by the functions that need it.
"""

from hiss.statistics.paired import Difference, PairedTest, compare_pairs, holm
from hiss.statistics.rope import Rope, rope
from hiss.statistics.settling import ALPHA, MOST, SURE, chance_to_settle, repeats_to_settle
from hiss.statistics.summary import Summary, summarize

__all__ = [
    "ALPHA",
    "MOST",
    "SURE",
    "Difference",
    "PairedTest",
    "Rope",
    "Summary",
    "chance_to_settle",
    "compare_pairs",
    "holm",
    "repeats_to_settle",
    "rope",
    "summarize",
]
