"""The engine thread, background jobs, and the messages that they post."""
