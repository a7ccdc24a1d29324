"""What training leaves behind: curves, outcomes, events, scores."""
