"""What noise did to a network: pure functions of its weights and of rows."""
