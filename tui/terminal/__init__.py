"""The terminal below the console: options, captured output, latency, signals."""
