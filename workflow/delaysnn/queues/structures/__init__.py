"""Delay structures, one file each: the file's ``STRUCTURE`` is all that the rest of the house asks for."""
