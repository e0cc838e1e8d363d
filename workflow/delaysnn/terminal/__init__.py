"""The lines that a run writes to a terminal."""
