"""The configuration: keys, checks, and what it asks for."""
