"""Training beyond one process: blocks planned, sent to Ray or SLURM, and kept as they come back."""
