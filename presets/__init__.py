"""The experiments that come with hiss: `GROUP/NAME.toml`."""
