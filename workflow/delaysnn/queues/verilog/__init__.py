"""The delay queues in Verilog: simulated, synthesised, and timed cycle by cycle."""
