"""How tests run side by side."""

import os

# Before torch reads it. Threads that share a core spin while they wait for one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")
