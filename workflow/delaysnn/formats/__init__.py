"""The files that rooms exchange: events (HDF5), spike trains (npz), networks (safetensors + JSON), metrics (JSON)."""
