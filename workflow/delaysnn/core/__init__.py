"""Files in open formats, errors, and the parts that every script shares."""
