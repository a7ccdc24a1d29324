"""What repeated scores say, and how sure it is: pure functions on numpy and scipy.

Importing this package imports numpy only; scipy is imported by the functions that need it.
"""

from engine.statistics.bands import Band, Kind, band
from engine.statistics.describe import Summary, summarize
from engine.statistics.multiplicity import holm
from engine.statistics.paired import Difference, compare_pairs
from engine.statistics.posterior import Rope, rope
from engine.statistics.power import MOST, more_repeats, power, repeats_for, smallest_dz

__all__ = [
    "MOST",
    "Band",
    "Difference",
    "Kind",
    "Rope",
    "Summary",
    "band",
    "compare_pairs",
    "holm",
    "more_repeats",
    "power",
    "repeats_for",
    "rope",
    "smallest_dz",
    "summarize",
]
