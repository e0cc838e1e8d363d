// The levels of a mask one by one, the shortest delay first; an end of a time step (EOT) passes in its place.
module levels #(
    parameter PRE_BITS = 6,
    parameter LEVELS = 30,
    parameter LEVEL_BITS = LEVELS > 1 ? $clog2(LEVELS) : 1
) (
    input wire clk,
    input wire rst,

    input wire in_valid,
    output wire in_ready,
    input wire in_eot,
    input wire [PRE_BITS-1:0] in_neuron,
    input wire [LEVELS-1:0] in_mask,

    output reg out_valid,
    input wire out_ready,
    output reg out_eot,
    output reg [PRE_BITS-1:0] out_neuron,
    output reg [LEVEL_BITS-1:0] out_level
);
  reg eot;
  reg [PRE_BITS-1:0] neuron;
  reg [LEVELS-1:0] left;  // levels that are still to come

  wire [LEVELS-1:0] others = left & (left - 1'b1);
  reg [LEVEL_BITS-1:0] lowest;
  integer level;
  always @* begin
    lowest = 0;
    for (level = LEVELS - 1; level >= 0; level = level - 1) if (left[level]) lowest = level[LEVEL_BITS-1:0];
  end

  wire advance = !out_valid || out_ready;
  wire holds = eot || left != 0;
  assign in_ready = !holds || advance && (eot || others == 0);

  always @(posedge clk) begin
    if (rst) begin
      eot <= 1'b0;
      left <= 0;
      out_valid <= 1'b0;
    end else begin
      if (in_ready) begin
        eot <= in_valid && in_eot;
        left <= in_valid && !in_eot ? in_mask : 0;
      end else if (advance) left <= others;
      if (advance) out_valid <= holds;
    end
    if (in_ready) neuron <= in_neuron;
    if (advance) begin
      out_eot <= eot;
      out_neuron <= neuron;
      out_level <= lowest;
    end
  end
endmodule
