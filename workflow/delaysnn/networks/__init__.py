"""Networks of other tools, read and written."""
