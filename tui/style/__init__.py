"""The glyphs and themes of the console."""
