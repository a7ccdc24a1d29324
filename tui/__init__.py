"""The console and the command of hiss."""
