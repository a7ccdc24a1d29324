"""The engine: from a preset to curves and results, without any user interface."""
