"""The widgets of the console; each draws one thing."""
