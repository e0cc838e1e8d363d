// Leaky integrate-and-fire neurons, one a cycle, by the integers of Loihi:
//   v = trunc(v * kept / 4096) + (sum << shift), between -(2^23 - 1) and 2^23 - 1;
//   a spike where v > 64 * threshold, and v = 0 behind it. With ADAPTIVE v is less by a second state (adaptation.v).
//
// A step's sums are loaded group by group; the spikes then come out neuron by neuron, and an EOT behind them.
module neurons #(
    parameter N_POST = 48,
    parameter LANES = 48,
    parameter GROUPS = 1,
    parameter SUM_BITS = 16,
    parameter TIME_STEPS = 64,
    parameter ADAPTIVE = 0,
    parameter POST_BITS = N_POST > 1 ? $clog2(N_POST) : 1
) (
    input wire clk,
    input wire rst,

    input wire constants_write,
    input wire [POST_BITS-1:0] constants_neuron,
    input wire [29:0] constants,  // kept, 13 bits: 4096 less the decay; threshold, 17 bits
    input wire [3:0] shift,
    input wire adaptation_write,  // with ADAPTIVE, for the same neuron
    input wire [42:0] adaptation_constants,

    input wire load,
    input wire load_last,
    input wire [LANES*SUM_BITS-1:0] group,
    output reg busy,

    output reg out_valid,
    input wire out_ready,
    output reg out_eot,
    output reg [POST_BITS-1:0] out_neuron
);
  localparam SLOT_BITS = $clog2(N_POST + 1);  // the EOT comes behind the last neuron
  localparam [SLOT_BITS-1:0] EOT = N_POST[SLOT_BITS-1:0];
  localparam STEP_BITS = $clog2(TIME_STEPS + 1);
  localparam [STEP_BITS-1:0] LAST = TIME_STEPS[STEP_BITS-1:0] - 1'b1;
  localparam SUMS = GROUPS * LANES * SUM_BITS;
  localparam DRIVE_BITS = ADAPTIVE != 0 ? 25 : 24;
  localparam TOTAL_BITS = DRIVE_BITS + 1;
  localparam signed [TOTAL_BITS-1:0] MOST = {{(TOTAL_BITS - 23) {1'b0}}, {23{1'b1}}};

  wire advance = !out_valid || out_ready;
  reg running;
  reg [SLOT_BITS-1:0] slot;
  reg [STEP_BITS-1:0] step;
  reg [SUMS-1:0] sums;  // the next neuron's first

  // Read.
  wire reads = advance && running && slot != EOT;
  wire signed [23:0] stored;
  wire [12:0] kept;
  wire [16:0] threshold;
  reg [5:1] valid;
  reg [SLOT_BITS-1:0] slot1, slot2, slot3, slot4, slot5;
  reg signed [SUM_BITS-1:0] sum1;

  // Size and sign, since what is kept is rounded towards zero.
  wire signed [23:0] v1 = step == 0 ? 24'sd0 : stored;
  reg negative2, negative3;
  reg [22:0] size2;
  reg [12:0] kept2;
  reg [16:0] threshold2, threshold3, threshold4, threshold5;
  wire signed [23:0] wide = {{(24 - SUM_BITS) {sum1[SUM_BITS-1]}}, sum1};
  reg signed [23:0] drive2;
  wire signed [DRIVE_BITS-1:0] inhibited2;
  reg signed [DRIVE_BITS-1:0] drive3;
  reg [35:0] product3;

  wire signed [TOTAL_BITS-1:0] left = {{(TOTAL_BITS - 24) {1'b0}}, product3[35:12]};
  wire signed [TOTAL_BITS-1:0] arrives = {drive3[DRIVE_BITS-1], drive3};
  reg signed [TOTAL_BITS-1:0] total4;
  reg signed [23:0] v5;
  wire fires = v5 > $signed({1'b0, threshold5, 6'd0});
  wire eot5 = slot5 == EOT;
  wire ends;  // all states of the step are written

  generate
    if (ADAPTIVE != 0) begin : adaptive
      wire signed [23:0] w2;
      assign inhibited2 = {drive2[23], drive2} - {w2[23], w2};
      adaptation #(
          .N_POST(N_POST)
      ) adaptation (
          .clk(clk),
          .rst(rst),
          .advance(advance),
          .constants_write(adaptation_write),
          .constants_neuron(constants_neuron),
          .constants(adaptation_constants),
          .begins(step == 0),
          .valid1(valid[1]),
          .slot1(slot1),
          .w2(w2),
          .valid5(valid[5]),
          .slot5(slot5),
          .v5(v5),
          .fires(fires),
          .ends(ends)
      );
    end else begin : plain
      assign inhibited2 = drive2;
      assign ends = valid[5] && eot5;
    end
  endgenerate

  memory #(
      .WIDTH(24),
      .WORDS(N_POST)
  ) states (
      .clk(clk),
      .write(advance && valid[5] && !eot5),
      .write_index(slot5[POST_BITS-1:0]),
      .write_word(fires ? 24'd0 : v5),
      .read(reads),
      .read_index(slot[POST_BITS-1:0]),
      .read_word(stored)
  );
  memory #(
      .WIDTH(30),
      .WORDS(N_POST)
  ) registers (
      .clk(clk),
      .write(constants_write),
      .write_index(constants_neuron),
      .write_word(constants),
      .read(reads),
      .read_index(slot[POST_BITS-1:0]),
      .read_word({kept, threshold})
  );

  wire [SUMS-1:0] loaded;
  generate
    if (GROUPS > 1) begin : round
      assign loaded = {group, sums[SUMS-1:LANES*SUM_BITS]};
    end else begin : one
      assign loaded = group;
    end
  endgenerate

  always @(posedge clk) begin
    if (rst) begin
      busy <= 1'b0;
      running <= 1'b0;
      valid <= 0;
      step <= 0;
      out_valid <= 1'b0;
    end else begin
      if (load && load_last) begin
        busy <= 1'b1;
        running <= 1'b1;
        slot <= 0;
      end else if (advance) begin
        if (slot == EOT) running <= 1'b0;
        if (running) slot <= slot + 1'b1;
      end
      if (advance) begin
        valid <= {valid[4:1], running};
        out_valid <= valid[5] && (eot5 || fires);
        if (ends) begin
          busy <= 1'b0;
          step <= step == LAST ? 0 : step + 1'b1;
        end
      end
    end
    if (load) sums <= loaded;
    else if (advance && running) sums <= sums >> SUM_BITS;
    if (advance) begin
      slot1 <= slot;
      sum1 <= sums[SUM_BITS-1:0];

      slot2 <= slot1;
      negative2 <= v1[23];
      size2 <= v1[23] ? -v1[22:0] : v1[22:0];
      kept2 <= kept;
      threshold2 <= threshold;
      drive2 <= wide << shift;

      slot3 <= slot2;
      negative3 <= negative2;
      product3 <= size2 * kept2;
      threshold3 <= threshold2;
      drive3 <= inhibited2;

      slot4 <= slot3;
      total4 <= negative3 ? arrives - left : arrives + left;
      threshold4 <= threshold3;

      slot5 <= slot4;
      v5 <= total4 > MOST ? MOST[23:0] : total4 < -MOST ? -MOST[23:0] : total4[23:0];
      threshold5 <= threshold4;

      out_eot <= eot5;
      out_neuron <= slot5[POST_BITS-1:0];
    end
  end
endmodule
