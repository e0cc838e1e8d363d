// WVU, "weight value useful": a row an axon, bit d set where any post-neuron has a weight at delay d.
module wvu #(
    parameter AXON_BITS = 6,
    parameter AXONS = 48,
    parameter LEVELS = 60
) (
    input wire clk,
    input wire write,
    input wire [AXON_BITS-1:0] write_axon,
    input wire [LEVELS-1:0] write_row,
    input wire [AXON_BITS-1:0] axon,
    output wire [LEVELS-1:0] row
);
  reg [LEVELS-1:0] rows[0:AXONS-1];

  assign row = rows[axon];

  always @(posedge clk) if (write) rows[write_axon] <= write_row;
endmodule
