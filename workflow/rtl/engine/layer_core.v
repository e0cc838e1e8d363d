// One layer: delay unit, weights, sums, neurons. Spikes come in, {eot, neuron}, and go out, an EOT behind each step's.
//
//   in -> delay unit -> row of weights -> sums -> neurons -> out
//
// A spike that is due adds a row of weights, LANES of them a cycle, so GROUPS = N_POST / LANES cycles, rounded up. At an
// EOT the sums go to the neurons, which compute one a cycle while the next step's spikes are added already.
//
// Loaded are, by `load_space`: WEIGHTS, a group of a row's weights, the lowest neuron in the lowest bits, at `load_index`
// = row * GROUPS + group; USEFUL, the levels at which pre-neuron `load_index` has any weight; CONSTANTS, {kept,
// threshold} of neuron `load_index` (neurons.v); POINTERS, at which row the weights of (level, pre-neuron) are, that is
// at `load_index` = level * N_PRE + pre-neuron; SHIFT (neurons.v); and, with ADAPTIVE, ADAPTATION, {remembered, share,
// jump} of neuron `load_index` (adaptation.v). Without COMPRESSED there are no pointers, and a row for each of them. With
// it only those rows are stored that differ and are ever due.
module layer_core #(
    parameter N_PRE = 48,
    parameter N_POST = 48,
    parameter LANES = 48,
    parameter WEIGHT_BITS = 8,  // 2 to 8
    parameter SUM_BITS = 16,  // of what arrives in one step, sign included; at most 24
    parameter LEVELS = 30,  // delays 0, STRIDE, ..., (LEVELS - 1) * STRIDE; one: no delay unit
    parameter STRIDE = 2,
    parameter TIME_STEPS = 64,  // of a sample, behind which all states are zero again
    parameter STRUCTURE = 0,  // 0: SCDQ; 1: spike history; 2: ring buffer of sums; 3: shared queue; 4: strided SCDQ
    parameter DEPTH = 2048,  // events of a queue
    parameter ADAPTIVE = 0,  // 1: neurons adapt
    parameter COMPRESSED = 0,
    parameter ROWS = LEVELS * N_PRE,
    parameter LOAD_BITS = 384,
    parameter PRE_BITS = N_PRE > 1 ? $clog2(N_PRE) : 1,
    parameter POST_BITS = N_POST > 1 ? $clog2(N_POST) : 1
) (
    input wire clk,
    input wire rst,

    input wire load,
    input wire [2:0] load_space,
    input wire [15:0] load_index,
    input wire [LOAD_BITS-1:0] load_word,

    input wire in_valid,
    output wire in_ready,
    input wire in_eot,
    input wire [PRE_BITS-1:0] in_neuron,

    output wire out_valid,
    input wire out_ready,
    output wire out_eot,
    output wire [POST_BITS-1:0] out_neuron,

    output reg [31:0] weight_reads,  // words of LANES weights
    output wire overflow  // a queue was full, and a spike is lost
);
  localparam GROUPS = (N_POST + LANES - 1) / LANES;
  localparam GROUP_BITS = GROUPS > 1 ? $clog2(GROUPS) : 1;
  localparam LEVEL_BITS = LEVELS > 1 ? $clog2(LEVELS) : 1;
  localparam PAIRS = LEVELS * N_PRE;
  localparam PAIR_BITS = PAIRS > 1 ? $clog2(PAIRS) : 1;
  localparam ROW_BITS = ROWS > 1 ? $clog2(ROWS) : 1;
  localparam WORDS = ROWS * GROUPS;
  localparam WORD_BITS = WORDS > 1 ? $clog2(WORDS) : 1;
  localparam [2:0] WEIGHTS = 1, USEFUL = 2, CONSTANTS = 3, POINTERS = 4, SHIFT = 5, ADAPTATION = 6;

  // Delay unit.
  wire due_valid, due_ready, due_eot;
  wire [PRE_BITS-1:0] due_neuron;
  wire [LEVEL_BITS-1:0] due_level;
  generate
    if (LEVELS == 1) begin : undelayed
      delay_none #(
          .N_PRE(N_PRE)
      ) delay (
          .in_valid(in_valid),
          .in_ready(in_ready),
          .in_eot(in_eot),
          .in_neuron(in_neuron),
          .out_valid(due_valid),
          .out_ready(due_ready),
          .out_eot(due_eot),
          .out_neuron(due_neuron)
      );
      assign due_level = 1'b0;
      assign overflow = 1'b0;
    end else if (STRUCTURE == 1) begin : history
      delay_history #(
          .N_PRE(N_PRE),
          .LEVELS(LEVELS),
          .STRIDE(STRIDE),
          .TIME_STEPS(TIME_STEPS)
      ) delay (
          .clk(clk),
          .rst(rst),
          .useful_write(load && load_space == USEFUL),
          .useful_neuron(load_index[PRE_BITS-1:0]),
          .useful(load_word[LEVELS-1:0]),
          .in_valid(in_valid),
          .in_ready(in_ready),
          .in_eot(in_eot),
          .in_neuron(in_neuron),
          .out_valid(due_valid),
          .out_ready(due_ready),
          .out_eot(due_eot),
          .out_neuron(due_neuron),
          .out_level(due_level)
      );
      assign overflow = 1'b0;
    end else if (STRUCTURE == 2) begin : ring
      delay_copies #(
          .N_PRE (N_PRE),
          .LEVELS(LEVELS)
      ) delay (
          .clk(clk),
          .rst(rst),
          .useful_write(load && load_space == USEFUL),
          .useful_neuron(load_index[PRE_BITS-1:0]),
          .useful(load_word[LEVELS-1:0]),
          .in_valid(in_valid),
          .in_ready(in_ready),
          .in_eot(in_eot),
          .in_neuron(in_neuron),
          .out_valid(due_valid),
          .out_ready(due_ready),
          .out_eot(due_eot),
          .out_neuron(due_neuron),
          .out_level(due_level)
      );
      assign overflow = 1'b0;
    end else if (STRUCTURE == 4) begin : strided
      delay_strided #(
          .N_PRE(N_PRE),
          .LEVELS(LEVELS),
          .STRIDE(STRIDE),
          .DEPTH(DEPTH),
          .TIME_STEPS(TIME_STEPS)
      ) delay (
          .clk(clk),
          .rst(rst),
          .useful_write(load && load_space == USEFUL),
          .useful_neuron(load_index[PRE_BITS-1:0]),
          .useful(load_word[LEVELS-1:0]),
          .in_valid(in_valid),
          .in_ready(in_ready),
          .in_eot(in_eot),
          .in_neuron(in_neuron),
          .out_valid(due_valid),
          .out_ready(due_ready),
          .out_eot(due_eot),
          .out_neuron(due_neuron),
          .out_level(due_level),
          .overflow(overflow)
      );
    end else begin : queue
      delay_queue #(
          .SHARED(STRUCTURE == 3),
          .N_PRE(N_PRE),
          .LEVELS(LEVELS),
          .STRIDE(STRIDE),
          .DEPTH(DEPTH),
          .TIME_STEPS(TIME_STEPS)
      ) delay (
          .clk(clk),
          .rst(rst),
          .useful_write(load && load_space == USEFUL),
          .useful_neuron(load_index[PRE_BITS-1:0]),
          .useful(load_word[LEVELS-1:0]),
          .in_valid(in_valid),
          .in_ready(in_ready),
          .in_eot(in_eot),
          .in_neuron(in_neuron),
          .out_valid(due_valid),
          .out_ready(due_ready),
          .out_eot(due_eot),
          .out_neuron(due_neuron),
          .out_level(due_level),
          .overflow(overflow)
      );
    end
  endgenerate

  // Stage 1 has an event for as many beats as there are groups, stage 2 its weights as read, stage 3 as added.
  wire advance;
  reg valid1, valid2, valid3;
  reg eot1, eot2, eot3, last2, last3;
  reg [GROUP_BITS-1:0] group1;
  reg [LEVEL_BITS-1:0] level1;
  wire last1 = {{(32 - GROUP_BITS) {1'b0}}, group1} == GROUPS - 1;
  assign due_ready = advance && (!valid1 || last1);

  wire [31:0] pair = {{(32 - LEVEL_BITS) {1'b0}}, due_level} * N_PRE + {{(32 - PRE_BITS) {1'b0}}, due_neuron};
  wire [ROW_BITS-1:0] row1;
  generate
    if (COMPRESSED != 0) begin : compressed
      memory #(
          .WIDTH(ROW_BITS),
          .WORDS(PAIRS)
      ) pointers (
          .clk(clk),
          .write(load && load_space == POINTERS),
          .write_index(load_index[PAIR_BITS-1:0]),
          .write_word(load_word[ROW_BITS-1:0]),
          .read(due_ready),
          .read_index(pair[PAIR_BITS-1:0]),
          .read_word(row1)
      );
    end else begin : dense
      reg [ROW_BITS-1:0] row;
      assign row1 = row;
      always @(posedge clk) if (due_ready) row <= pair[ROW_BITS-1:0];
    end
  endgenerate

  wire [31:0] word1 = {{(32 - ROW_BITS) {1'b0}}, row1} * GROUPS + {{(32 - GROUP_BITS) {1'b0}}, group1};
  wire [LANES*WEIGHT_BITS-1:0] weights2;
  reg [LANES*WEIGHT_BITS-1:0] weights3;
  memory #(
      .WIDTH(LANES * WEIGHT_BITS),
      .WORDS(WORDS)
  ) weights (
      .clk(clk),
      .write(load && load_space == WEIGHTS),
      .write_index(load_index[WORD_BITS-1:0]),
      .write_word(load_word[LANES*WEIGHT_BITS-1:0]),
      .read(advance && valid1 && !eot1),
      .read_index(word1[WORD_BITS-1:0]),
      .read_word(weights2)
  );

  wire [LANES*SUM_BITS-1:0] group;
  generate
    if (LEVELS > 1 && STRUCTURE == 2) begin : later
      sums_ring #(
          .LANES(LANES),
          .GROUPS(GROUPS),
          .WEIGHT_BITS(WEIGHT_BITS),
          .SUM_BITS(SUM_BITS),
          .LEVELS(LEVELS),
          .STRIDE(STRIDE),
          .TIME_STEPS(TIME_STEPS)
      ) sums (
          .clk(clk),
          .rst(rst),
          .advance(advance),
          .next_beat(valid1),
          .next_eot(eot1),
          .next_last(last1),
          .next_level(level1),
          .next_group(group1),
          .beat(valid3),
          .eot(eot3),
          .last(last3),
          .weights(weights3),
          .group(group)
      );
    end else begin : present
      sums #(
          .LANES(LANES),
          .GROUPS(GROUPS),
          .WEIGHT_BITS(WEIGHT_BITS),
          .SUM_BITS(SUM_BITS)
      ) sums (
          .clk(clk),
          .rst(rst),
          .beat(advance && valid3),
          .eot(eot3),
          .weights(weights3),
          .group(group)
      );
    end
  endgenerate

  wire busy;
  wire ends3 = valid3 && eot3;
  assign advance = !(ends3 && busy);
  reg [3:0] shift;
  wire [42:0] adaptation_constants;
  generate
    // The word is as wide only where it is loaded.
    if (ADAPTIVE != 0) begin : adaptive
      assign adaptation_constants = load_word[42:0];
    end else begin : plain
      assign adaptation_constants = 43'd0;
    end
  endgenerate
  neurons #(
      .N_POST(N_POST),
      .LANES(LANES),
      .GROUPS(GROUPS),
      .SUM_BITS(SUM_BITS),
      .TIME_STEPS(TIME_STEPS),
      .ADAPTIVE(ADAPTIVE)
  ) neurons (
      .clk(clk),
      .rst(rst),
      .constants_write(load && load_space == CONSTANTS),
      .constants_neuron(load_index[POST_BITS-1:0]),
      .constants(load_word[29:0]),
      .shift(shift),
      .adaptation_write(load && load_space == ADAPTATION),
      .adaptation_constants(adaptation_constants),
      .load(ends3 && advance),
      .load_last(last3),
      .group(group),
      .busy(busy),
      .out_valid(out_valid),
      .out_ready(out_ready),
      .out_eot(out_eot),
      .out_neuron(out_neuron)
  );

  always @(posedge clk) begin
    if (rst) begin
      valid1 <= 1'b0;
      valid2 <= 1'b0;
      valid3 <= 1'b0;
      group1 <= 0;
      weight_reads <= 0;
    end else if (advance) begin
      valid1 <= due_valid || valid1 && !last1;
      valid2 <= valid1;
      valid3 <= valid2;
      if (valid1) group1 <= last1 ? 0 : group1 + 1'b1;
      if (valid1 && !eot1) weight_reads <= weight_reads + 1'b1;
    end
    if (load && load_space == SHIFT) shift <= load_index[3:0];
    if (due_ready) begin
      eot1 <= due_eot;
      level1 <= due_level;
    end
    if (advance) begin
      eot2 <= eot1;
      last2 <= last1;
      eot3 <= eot2;
      last3 <= last2;
      weights3 <= weights2;
    end
  end
endmodule
