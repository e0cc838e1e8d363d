// What every delay unit promises, whatever is inside: the same checks for all STRUCTUREs of ../engine/layer_core.v.
//
// One spike is followed among any others: neuron 0 fires once. It is delivered once at each useful level, in the right
// step, and never else; behind a sample's end it is forgotten. Every end of a time step (EOT) comes out once, behind
// its step's deliveries. An output that waits stays as it is. Inputs, useful levels and pauses are any; no queue
// overflows.
module delay_unit #(
    parameter STRUCTURE = 0,
    parameter N_PRE = 2,
    parameter LEVELS = 3,
    parameter STRIDE = 2,
    parameter DEPTH = 3,
    parameter TIME_STEPS = 4,
    parameter PRE_BITS = 1,
    parameter LEVEL_BITS = 2
) (
    input wire clk,
    input wire rst,
    input wire useful_write,
    input wire useful_neuron,
    input wire [LEVELS-1:0] useful,
    input wire in_valid,
    input wire in_eot,
    input wire in_neuron,
    input wire out_ready
);
  wire in_ready, out_valid, out_eot, out_neuron, overflow;
  wire [LEVEL_BITS-1:0] out_level;

  generate
    if (STRUCTURE == 1) begin : history
      delay_history #(
          .N_PRE(N_PRE),
          .LEVELS(LEVELS),
          .STRIDE(STRIDE),
          .TIME_STEPS(TIME_STEPS)
      ) unit (
          .*
      );
      assign overflow = 1'b0;
    end else if (STRUCTURE == 4) begin : strided
      delay_strided #(
          .N_PRE(N_PRE),
          .LEVELS(LEVELS),
          .STRIDE(STRIDE),
          .DEPTH(DEPTH),
          .TIME_STEPS(TIME_STEPS)
      ) unit (
          .*
      );
    end else begin : queue
      delay_queue #(
          .SHARED(STRUCTURE == 3),
          .N_PRE(N_PRE),
          .LEVELS(LEVELS),
          .STRIDE(STRIDE),
          .DEPTH(DEPTH),
          .TIME_STEPS(TIME_STEPS)
      ) unit (
          .*
      );
    end
  endgenerate

  wire taken = in_valid && in_ready;
  wire given = out_valid && out_ready;

  reg begun = 1'b0;  // the first cycle resets, and says what is useful of neuron 0
  reg [LEVELS-1:0] levels;
  reg [3:0] steps_in, steps_out;  // EOTs
  reg followed;  // the spike was taken
  reg [3:0] since;  // in this step
  reg delivered;  // in this step
  reg waits, waits_eot, waits_neuron;
  reg [LEVEL_BITS-1:0] waits_level;

  wire [3:0] age = steps_out - since;
  wire alive = followed && age < 4'(LEVELS * STRIDE) && steps_out / TIME_STEPS == since / TIME_STEPS;
  wire [LEVEL_BITS-1:0] level = LEVEL_BITS'(age / STRIDE);
  wire due = alive && age % STRIDE == 0 && levels[level];

  always @(posedge clk) begin
    begun <= 1'b1;
    if (!begun) begin
      levels <= useful;
      steps_in <= 0;
      steps_out <= 0;
      followed <= 1'b0;
      delivered <= 1'b0;
      waits <= 1'b0;
    end else begin
      if (taken && in_eot) steps_in <= steps_in + 1'b1;
      if (taken && !in_eot && in_neuron == 0) begin
        followed <= 1'b1;
        since <= steps_in;
      end
      if (given && out_eot) steps_out <= steps_out + 1'b1;
      if (given) delivered <= !out_eot && (delivered || out_neuron == 0);
      waits <= out_valid && !out_ready;
      waits_eot <= out_eot;
      waits_neuron <= out_neuron;
      waits_level <= out_level;
    end
  end

  always @* begin
    assume (rst == !begun);
    assume (useful_write == !begun);
    assume (useful_neuron == 0);
    if (begun) begin
      assume (!overflow);
      assume (!(followed && in_valid && !in_eot && in_neuron == 0));

      if (given && !out_eot && out_neuron == 0) delivery_is_due : assert (due && !delivered && out_level == level);
      if (given && out_eot) nothing_is_lost : assert (delivered == due);
      if (given && out_eot) eot_was_taken : assert (steps_out != steps_in);
      if (waits) output_stays : assert (out_valid && out_eot == waits_eot
          && (out_eot || out_neuron == waits_neuron && out_level == waits_level));
    end
  end
endmodule
