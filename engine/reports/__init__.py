"""Results as columns of text, JSON, CSV, Markdown and sentences."""
