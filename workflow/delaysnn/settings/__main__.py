"""Print the table of all keys that config/README.md shows: ``python -m delaysnn.settings``."""

from delaysnn.settings.configuration import whole
from delaysnn.settings.table import key_table

if __name__ == "__main__":
    print(key_table(whole()))
