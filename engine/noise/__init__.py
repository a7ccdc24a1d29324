"""Kinds of noise: one file each, one registry, and the random numbers that they draw."""
