"""Delay structures: a file's ``STRUCTURES`` are all that the rest of the house asks for."""
