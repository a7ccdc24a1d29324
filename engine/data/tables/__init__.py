"""The user's own table: reading its file, choosing its columns, checking their values."""
