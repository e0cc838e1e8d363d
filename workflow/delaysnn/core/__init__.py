"""Files in open formats, errors, and what every script shares."""
