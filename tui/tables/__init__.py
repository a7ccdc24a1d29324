"""From results to rich tables, for the console and the command alike."""
