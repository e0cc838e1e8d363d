"""Lava processes. Lava executes every module beside a process, so nothing else lives here."""
