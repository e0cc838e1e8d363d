"""Tables of the report, a module each."""
