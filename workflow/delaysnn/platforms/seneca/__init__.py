"""Seneca room: a network and its spikes in; delay-queue simulation and cost estimates out."""
