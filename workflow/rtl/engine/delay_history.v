// Spike history as a delay unit: for every pre-neuron a bit a step, set where it fired.
//
// A step's spikes are gathered as one bit a neuron. At its EOT the histories are read one after the other, shifted by
// that bit and written back, and what is due of each is returned. The next step's spikes are gathered meanwhile.
module delay_history #(
    parameter N_PRE = 48,
    parameter LEVELS = 30,
    parameter STRIDE = 2,
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
    output wire [LEVEL_BITS-1:0] out_level
);
  localparam PAST = (LEVELS - 1) * STRIDE;  // steps that are remembered, without the present one
  localparam SLOT_BITS = $clog2(N_PRE + 1);  // the EOT comes behind the last neuron
  localparam [SLOT_BITS-1:0] EOT = N_PRE[SLOT_BITS-1:0];
  localparam STEP_BITS = $clog2(TIME_STEPS + 1);
  localparam [STEP_BITS-1:0] LAST = TIME_STEPS[STEP_BITS-1:0] - 1'b1;

  reg [N_PRE-1:0] arrived;  // in the step that is being gathered
  reg [N_PRE-1:0] fired;  // in the step that is being read; its next neuron first
  reg scanning;
  reg [SLOT_BITS-1:0] slot;  // of the next read
  reg [STEP_BITS-1:0] step;
  assign in_ready = !in_eot || !scanning;
  wire begins = in_valid && in_eot && !scanning;

  reg read_valid, read_fired;
  reg [SLOT_BITS-1:0] read_slot;
  wire levels_ready;
  wire advance = !read_valid || levels_ready;
  wire read_eot = read_slot == EOT;
  wire [PRE_BITS-1:0] read_neuron = read_slot[PRE_BITS-1:0];

  wire [PAST-1:0] stored;
  wire [PAST:0] history = {step == 0 ? {PAST{1'b0}} : stored, read_fired};
  memory #(
      .WIDTH(PAST),
      .WORDS(N_PRE)
  ) histories (
      .clk(clk),
      .write(read_valid && levels_ready && !read_eot),
      .write_index(read_neuron),
      .write_word(history[PAST-1:0]),
      .read(advance && scanning && slot != EOT),
      .read_index(slot[PRE_BITS-1:0]),
      .read_word(stored)
  );

  wire [LEVELS-1:0] row;
  memory #(
      .WIDTH(LEVELS),
      .WORDS(N_PRE)
  ) rows (
      .clk(clk),
      .write(useful_write),
      .write_index(useful_neuron),
      .write_word(useful),
      .read(advance && scanning && slot != EOT),
      .read_index(slot[PRE_BITS-1:0]),
      .read_word(row)
  );

  wire [LEVELS-1:0] due;
  genvar level;
  generate
    for (level = 0; level < LEVELS; level = level + 1) begin : each
      assign due[level] = history[level*STRIDE] && row[level];
    end
  endgenerate

  levels #(
      .PRE_BITS(PRE_BITS),
      .LEVELS  (LEVELS)
  ) levels (
      .clk(clk),
      .rst(rst),
      .in_valid(read_valid),
      .in_ready(levels_ready),
      .in_eot(read_eot),
      .in_neuron(read_neuron),
      .in_mask(due),
      .out_valid(out_valid),
      .out_ready(out_ready),
      .out_eot(out_eot),
      .out_neuron(out_neuron),
      .out_level(out_level)
  );

  always @(posedge clk) begin
    if (rst) begin
      arrived <= 0;
      scanning <= 1'b0;
      read_valid <= 1'b0;
      step <= 0;
    end else begin
      if (in_valid && !in_eot) arrived[in_neuron] <= 1'b1;
      if (begins) begin
        arrived <= 0;
        fired <= arrived;
        scanning <= 1'b1;
        slot <= 0;
      end
      if (advance) begin
        read_valid <= scanning;
        if (scanning) begin
          read_slot <= slot;
          read_fired <= fired[0];
          fired <= fired >> 1;
          slot <= slot + 1'b1;
          if (slot == EOT) scanning <= 1'b0;
        end
        if (read_valid && read_eot) step <= step == LAST ? 0 : step + 1'b1;
      end
    end
  end
endmodule
