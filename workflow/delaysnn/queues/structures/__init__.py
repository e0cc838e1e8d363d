"""Delay structures. Other modules use only the ``STRUCTURES`` of each file."""
