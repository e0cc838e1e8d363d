// SCDQ for delays that are a stride apart, as a delay unit: an event is touched only in steps in which a level is due.
//
// All events stand in one ring of words, in the order in which their steps come: first those whose next level is due in
// this step, then those of the next one, up to STRIDE steps ahead. A step takes its own from the front. Each is
// returned where its level is useful, and goes to the end of the ring, its level one higher, while a later level is
// useful. A spike that arrives is treated likewise at level 0, before or between them. So the ring holds what one queue
// of scdq.v does, and has no second one.
//
// Four stages: ring, row of useful levels, a register, and what becomes of the event.
module delay_strided #(
    parameter N_PRE = 48,
    parameter LEVELS = 30,
    parameter STRIDE = 2,
    parameter DEPTH = 2048,  // events
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

    output reg out_valid,
    input wire out_ready,
    output reg out_eot,
    output reg [PRE_BITS-1:0] out_neuron,
    output reg [LEVEL_BITS-1:0] out_level,

    output reg overflow
);
  localparam EVENT_BITS = PRE_BITS + LEVEL_BITS;
  localparam INDEX_BITS = DEPTH > 1 ? $clog2(DEPTH) : 1;
  localparam COUNT_BITS = $clog2(DEPTH + 1);
  localparam [INDEX_BITS-1:0] LAST_INDEX = DEPTH[INDEX_BITS-1:0] - 1'b1;
  localparam [COUNT_BITS-1:0] FULL = DEPTH[COUNT_BITS-1:0];
  localparam STEP_BITS = $clog2(TIME_STEPS + 1);
  localparam [STEP_BITS-1:0] LAST = TIME_STEPS[STEP_BITS-1:0] - 1'b1;

  reg [STEP_BITS-1:0] step;
  reg closing;  // EOT was taken, the step's events are still on their way
  reg ending;  // and it follows the last of them
  reg [INDEX_BITS-1:0] head, tail;
  reg [COUNT_BITS-1:0] used;  // words of the ring
  reg [COUNT_BITS-1:0] left;  // of these, events of this step that are still to come
  reg [COUNT_BITS-1:0] kept;  // events that went to the end in this step
  wire [COUNT_BITS-1:0] next;  // events of the next step

  wire advance = !out_valid || out_ready;
  assign in_ready = advance && !closing;
  wire arrives = in_valid && in_ready && !in_eot;
  wire pop = advance && !arrives && left != 0;
  wire close = advance && closing && !ending && left == 0;

  reg valid1, valid2, valid3;
  reg eot1, eot2, eot3;
  reg arrived1;
  reg [PRE_BITS-1:0] in_neuron1, neuron2, neuron3;
  reg [LEVEL_BITS-1:0] level2, level3;
  wire [EVENT_BITS-1:0] word1;
  wire [PRE_BITS-1:0] neuron1;
  wire [LEVEL_BITS-1:0] level1;
  assign {neuron1, level1} = arrived1 ? {in_neuron1, {LEVEL_BITS{1'b0}}} : word1;
  wire [LEVELS-1:0] row2;
  reg  [LEVELS-1:0] row3;

  wire due = row3[level3];
  wire [LEVELS-1:0] later = row3 >> level3 >> 1;
  wire keep = advance && valid3 && !eot3 && later != 0;
  wire push = keep && used != FULL;
  wire step_ends = advance && valid3 && eot3;

  memory #(
      .WIDTH(EVENT_BITS),
      .WORDS(DEPTH)
  ) ring (
      .clk(clk),
      .write(push),
      .write_index(tail),
      .write_word({neuron3, level3 + 1'b1}),
      .read(pop),
      .read_index(head),
      .read_word(word1)
  );

  memory #(
      .WIDTH(LEVELS),
      .WORDS(N_PRE)
  ) rows (
      .clk(clk),
      .write(useful_write),
      .write_index(useful_neuron),
      .write_word(useful),
      .read(advance),
      .read_index(neuron1),
      .read_word(row2)
  );

  generate
    if (STRIDE > 1) begin : strided
      reg [(STRIDE-1)*COUNT_BITS-1:0] waiting;  // events of the coming steps, the next one's first
      assign next = waiting[COUNT_BITS-1:0];
      wire [STRIDE*COUNT_BITS-1:0] longer = {kept, waiting};
      always @(posedge clk) begin
        if (rst) waiting <= 0;
        else if (step_ends) waiting <= step == LAST ? 0 : longer[STRIDE*COUNT_BITS-1:COUNT_BITS];
      end
    end else begin : adjacent
      assign next = kept;
    end
  endgenerate

  always @(posedge clk) begin
    if (rst) begin
      step <= 0;
      closing <= 1'b0;
      ending <= 1'b0;
      head <= 0;
      tail <= 0;
      used <= 0;
      left <= 0;
      kept <= 0;
      valid1 <= 1'b0;
      valid2 <= 1'b0;
      valid3 <= 1'b0;
      out_valid <= 1'b0;
      overflow <= 1'b0;
    end else if (advance) begin
      if (in_valid && in_ready && in_eot) closing <= 1'b1;
      if (close) ending <= 1'b1;
      if (pop) head <= head == LAST_INDEX ? 0 : head + 1'b1;
      if (push) tail <= tail == LAST_INDEX ? 0 : tail + 1'b1;
      if (push != pop) used <= push ? used + 1'b1 : used - 1'b1;
      if (pop) left <= left - 1'b1;
      if (push) kept <= kept + 1'b1;
      if (keep && !push) overflow <= 1'b1;
      if (step_ends) begin
        closing <= 1'b0;
        ending <= 1'b0;
        kept <= 0;
        left <= next;
        step <= step + 1'b1;
        if (step == LAST) begin
          step <= 0;
          left <= 0;
          used <= 0;
          tail <= head;
        end
      end
      valid1 <= arrives || pop || close;
      valid2 <= valid1;
      valid3 <= valid2;
      out_valid <= valid3 && (eot3 || due);
    end
    if (advance) begin
      eot1 <= close;
      arrived1 <= arrives;
      in_neuron1 <= in_neuron;
      eot2 <= eot1;
      neuron2 <= neuron1;
      level2 <= level1;
      eot3 <= eot2;
      neuron3 <= neuron2;
      level3 <= level2;
      row3 <= row2;
      out_eot <= eot3;
      out_neuron <= neuron3;
      out_level <= level3;
    end
  end
endmodule
