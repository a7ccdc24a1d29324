"""The presets: finding, editing, saving and describing them, and making new ones for a table."""
