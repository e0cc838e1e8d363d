"""Costs room: what both chips' cost models share. Lines through published cells, and what such a line is worth."""
