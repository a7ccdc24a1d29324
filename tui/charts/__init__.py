"""From numbers to pictures, as lines of rich text."""
