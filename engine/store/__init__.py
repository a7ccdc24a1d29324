"""Studies on disk: one folder for each, whose blocks are the truth about it."""
