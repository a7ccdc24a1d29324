"""The app: its screens, keys, palette, and the reducer of its state."""
