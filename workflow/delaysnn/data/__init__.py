"""Data room: speech or archives in, binned spike trains out."""
