"""The search for the most accurate network within a budget: which are tried, which go on, which win."""
