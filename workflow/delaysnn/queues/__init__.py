"""Ways to delay spikes: ring buffer, shared queue, SCDQ and its variants, spike history."""
