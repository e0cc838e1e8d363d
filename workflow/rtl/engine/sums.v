// What arrives at a layer's neurons in the present time step: one sum a neuron, LANES of them a cycle.
//
// All sums move round by LANES in every beat, so that those of the beat's group stand first; an EOT takes them out.
module sums #(
    parameter LANES = 48,
    parameter GROUPS = 1,
    parameter WEIGHT_BITS = 8,
    parameter SUM_BITS = 16
) (
    input wire clk,
    input wire rst,

    input wire beat,
    input wire eot,
    input wire [LANES*WEIGHT_BITS-1:0] weights,
    output wire [LANES*SUM_BITS-1:0] group  // before the beat
);
  reg  [GROUPS*LANES*SUM_BITS-1:0] all;
  wire [LANES*SUM_BITS-1:0] added;
  assign group = all[LANES*SUM_BITS-1:0];

  add_lanes #(
      .LANES(LANES),
      .WEIGHT_BITS(WEIGHT_BITS),
      .SUM_BITS(SUM_BITS)
  ) add_lanes (
      .sums(group),
      .weights(weights),
      .added(added)
  );

  wire [LANES*SUM_BITS-1:0] after = eot ? {LANES * SUM_BITS{1'b0}} : added;
  wire [GROUPS*LANES*SUM_BITS-1:0] moved;
  generate
    if (GROUPS > 1) begin : round
      assign moved = {after, all[GROUPS*LANES*SUM_BITS-1:LANES*SUM_BITS]};
    end else begin : one
      assign moved = after;
    end
  endgenerate

  always @(posedge clk) begin
    if (rst) all <= 0;
    else if (beat) all <= moved;
  end
endmodule
