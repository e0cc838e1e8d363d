"""Loihi room: from a quantised network to its integer form, spikes from Lava and cost estimates."""
