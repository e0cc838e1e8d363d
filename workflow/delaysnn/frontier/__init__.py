"""The search for the most accurate network at a given memory: which are tried, which go on, which win."""
