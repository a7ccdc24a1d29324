"""What is trained, as frozen values and as TOML."""
