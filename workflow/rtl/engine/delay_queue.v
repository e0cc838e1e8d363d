// A delay queue as a delay unit: SCDQ (../scdq.v) or the shared queue (../shared_queue.v), begun anew with every sample.
module delay_queue #(
    parameter SHARED = 0,  // 1: the shared queue
    parameter N_PRE = 48,
    parameter LEVELS = 30,
    parameter STRIDE = 2,
    parameter DEPTH = 2048,
    parameter TIME_STEPS = 64,
    parameter PRE_BITS = N_PRE > 1 ? $clog2(N_PRE) : 1,
    parameter LEVEL_BITS = $clog2(LEVELS)
) (
    input wire clk,
    input wire rst,

    input wire useful_write,
    input wire [PRE_BITS-1:0] useful_neuron,
    input wire [LEVELS-1:0] useful,

    input wire in_valid,
    output wire in_ready,
    input wire in_eot,
    input wire [PRE_BITS-1:0] in_neuron,

    output wire out_valid,
    input wire out_ready,
    output wire out_eot,
    output wire [PRE_BITS-1:0] out_neuron,
    output wire [LEVEL_BITS-1:0] out_level,

    output reg overflow
);
  localparam DELAYS = (LEVELS - 1) * STRIDE + 1;
  localparam DELAY_BITS = $clog2(DELAYS);
  localparam STEP_BITS = $clog2(TIME_STEPS + 1);
  localparam [STEP_BITS-1:0] LAST = TIME_STEPS[STEP_BITS-1:0] - 1'b1;

  reg [STEP_BITS-1:0] step;
  wire ends = out_valid && out_eot && step == LAST;
  wire restart = rst || ends && out_ready;
  wire queue_ready, lost;
  assign in_ready = queue_ready && !ends;

  // The queue counts delays in time steps.
  wire [DELAYS-1:0] row;
  genvar age;
  generate
    for (age = 0; age < DELAYS; age = age + 1) begin : ages
      assign row[age] = age % STRIDE == 0 && useful[age/STRIDE];
    end
  endgenerate
  wire [DELAY_BITS-1:0] due;
  wire [31:0] due_level = {{(32 - DELAY_BITS) {1'b0}}, due} / STRIDE;
  assign out_level = due_level[LEVEL_BITS-1:0];

  generate
    if (SHARED != 0) begin : shared
      shared_queue #(
          .ADDRESS_BITS(PRE_BITS),
          .AXONS(N_PRE),
          .LEVELS(DELAYS),
          .DEPTH(DEPTH)
      ) queue (
          .clk(clk),
          .rst(restart),
          .wvu_write(useful_write),
          .wvu_axon(useful_neuron),
          .wvu_row(row),
          .in_valid(in_valid && !ends),
          .in_ready(queue_ready),
          .in_eot(in_eot),
          .in_address(in_neuron),
          .out_valid(out_valid),
          .out_ready(out_ready),
          .out_eot(out_eot),
          .out_address(out_neuron),
          .out_delay(due),
          .overflow(lost)
      );
    end else begin : circular
      scdq #(
          .ADDRESS_BITS(PRE_BITS),
          .AXONS(N_PRE),
          .LEVELS(DELAYS),
          .DEPTH(DEPTH)
      ) queue (
          .clk(clk),
          .rst(restart),
          .wvu_write(useful_write),
          .wvu_axon(useful_neuron),
          .wvu_row(row),
          .in_valid(in_valid && !ends),
          .in_ready(queue_ready),
          .in_eot(in_eot),
          .in_address(in_neuron),
          .out_valid(out_valid),
          .out_ready(out_ready),
          .out_eot(out_eot),
          .out_address(out_neuron),
          .out_delay(due),
          .overflow(lost)
      );
    end
  endgenerate

  always @(posedge clk) begin
    if (rst) begin
      step <= 0;
      overflow <= 1'b0;
    end else begin
      if (out_valid && out_ready && out_eot) step <= ends ? 0 : step + 1'b1;
      if (lost) overflow <= 1'b1;
    end
  end
endmodule
