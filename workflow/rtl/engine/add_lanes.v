// A weight to each of LANES sums. Sums wrap; what they are in the end must fit, not what they are on the way.
module add_lanes #(
    parameter LANES = 48,
    parameter WEIGHT_BITS = 8,
    parameter SUM_BITS = 16
) (
    input wire [LANES*SUM_BITS-1:0] sums,
    input wire [LANES*WEIGHT_BITS-1:0] weights,
    output wire [LANES*SUM_BITS-1:0] added
);
  genvar lane;
  generate
    for (lane = 0; lane < LANES; lane = lane + 1) begin : lanes
      wire [WEIGHT_BITS-1:0] weight = weights[lane*WEIGHT_BITS+:WEIGHT_BITS];
      assign added[lane*SUM_BITS+:SUM_BITS] = sums[lane*SUM_BITS+:SUM_BITS]
          + {{(SUM_BITS - WEIGHT_BITS) {weight[WEIGHT_BITS-1]}}, weight};
    end
  endgenerate
endmodule
