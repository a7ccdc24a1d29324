"""Studies run block by block; comparisons of their arms; sweeps over strengths."""
