"""Training room: from binned spikes to trained, pruned and quantised networks."""
