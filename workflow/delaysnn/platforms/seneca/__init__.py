"""Seneca room: from a network and its spikes to simulated delay queues and cost estimates."""
