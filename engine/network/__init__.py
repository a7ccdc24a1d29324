"""From an experiment to a Keras network, its optimizer and its metrics."""
