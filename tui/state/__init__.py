"""Frozen values and pure transitions: all that the console knows."""
