// A ring buffer of sums: what arrives at a layer's neurons in this time step and in each coming one that a delay reaches.
//
// A beat is announced two beats before its weights are there; its sums are read in between.
module sums_ring #(
    parameter LANES = 48,
    parameter GROUPS = 1,
    parameter WEIGHT_BITS = 8,
    parameter SUM_BITS = 16,
    parameter LEVELS = 30,
    parameter STRIDE = 2,
    parameter TIME_STEPS = 64,
    parameter LEVEL_BITS = LEVELS > 1 ? $clog2(LEVELS) : 1,
    parameter GROUP_BITS = GROUPS > 1 ? $clog2(GROUPS) : 1
) (
    input wire clk,
    input wire rst,
    input wire advance,

    input wire next_beat,
    input wire next_eot,
    input wire next_last,  // of the beats of its event
    input wire [LEVEL_BITS-1:0] next_level,
    input wire [GROUP_BITS-1:0] next_group,

    input wire beat,
    input wire eot,
    input wire last,
    input wire [LANES*WEIGHT_BITS-1:0] weights,
    output wire [LANES*SUM_BITS-1:0] group  // before the beat
);
  localparam SLOTS = (LEVELS - 1) * STRIDE + 1;
  localparam SLOT_BITS = $clog2(SLOTS);
  localparam [SLOT_BITS-1:0] LAST_SLOT = SLOTS[SLOT_BITS-1:0] - 1'b1;
  localparam WORD_BITS = $clog2(SLOTS * GROUPS);
  localparam STEP_BITS = $clog2(TIME_STEPS + 1);
  localparam [STEP_BITS-1:0] LAST = TIME_STEPS[STEP_BITS-1:0] - 1'b1;

  reg [SLOT_BITS-1:0] now;
  wire [31:0] ahead = {{(32 - LEVEL_BITS) {1'b0}}, next_level} * STRIDE + {{(32 - SLOT_BITS) {1'b0}}, now};
  wire [31:0] slot = next_eot ? {{(32 - SLOT_BITS) {1'b0}}, now} : ahead >= SLOTS ? ahead - SLOTS : ahead;
  wire [31:0] next_word = slot * GROUPS + {{(32 - GROUP_BITS) {1'b0}}, next_group};

  reg [WORD_BITS-1:0] read_word, word;  // of the beat that reads, and of the one that adds
  reg [SLOTS*GROUPS-1:0] used;  // others are zero, whatever they hold
  reg [STEP_BITS-1:0] step;
  wire add = advance && beat;

  wire [LANES*SUM_BITS-1:0] stored, added;
  memory #(
      .WIDTH(LANES * SUM_BITS),
      .WORDS(SLOTS * GROUPS)
  ) memory (
      .clk(clk),
      .write(add && !eot),
      .write_index(word),
      .write_word(added),
      .read(advance),
      .read_index(read_word),
      .read_word(stored)
  );

  // The word that is read may be the one that is written in the same cycle.
  reg forwarded;
  reg [LANES*SUM_BITS-1:0] written;
  assign group = !used[word] ? {LANES * SUM_BITS{1'b0}} : forwarded ? written : stored;

  add_lanes #(
      .LANES(LANES),
      .WEIGHT_BITS(WEIGHT_BITS),
      .SUM_BITS(SUM_BITS)
  ) add_lanes (
      .sums(group),
      .weights(weights),
      .added(added)
  );

  always @(posedge clk) begin
    if (rst) begin
      now <= 0;
      step <= 0;
      used <= 0;
    end else begin
      if (advance && next_beat && next_eot && next_last) now <= now == LAST_SLOT ? 0 : now + 1'b1;
      if (add) begin
        used[word] <= !eot;
        if (eot && last) begin
          step <= step == LAST ? 0 : step + 1'b1;
          if (step == LAST) used <= 0;
        end
      end
    end
    if (advance) begin
      read_word <= next_word[WORD_BITS-1:0];
      word <= read_word;
      forwarded <= beat && read_word == word;
      written <= added;
    end
  end
endmodule
