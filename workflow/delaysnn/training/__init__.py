"""Training room: binned spikes in; trained, pruned and quantised networks out."""
