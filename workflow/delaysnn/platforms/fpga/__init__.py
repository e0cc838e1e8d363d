"""The engine of ``workflow/rtl/engine`` as a platform: a whole network in Verilog, for an FPGA."""
