"""Data room: from speech or archives to binned spike trains."""
