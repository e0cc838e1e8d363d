"""Loihi room: a quantised network in; its integer form, spikes from Lava and cost estimates out."""
