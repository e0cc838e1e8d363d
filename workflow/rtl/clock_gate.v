// The clock-gating cell as Verilog: the one cell that Yosys cannot take from the liberty file.
module CLKGATE_X1 (
    input  wire CK,
    input  wire E,
    output wire GCK
);
  reg open;

  always @* if (!CK) open = E;
  assign GCK = CK && open;
endmodule
