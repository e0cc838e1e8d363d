// What adapts in adaptive neurons: a second state w, which inhibits the potential, by the integers of Loihi 2:
//   w = trunc(w * remembered / 4096) + trunc(v * share / 4096) + 64 * jump where there is a spike,
//   between -(2^23 - 1) and 2^23 - 1; v is the potential before its reset.
//
// It follows the stages of neurons.v: w is read for the neuron in stage 1, and written back in stage 8.
module adaptation #(
    parameter N_POST = 48,
    parameter POST_BITS = N_POST > 1 ? $clog2(N_POST) : 1,
    parameter SLOT_BITS = $clog2(N_POST + 1)
) (
    input wire clk,
    input wire rst,
    input wire advance,

    input wire constants_write,
    input wire [POST_BITS-1:0] constants_neuron,
    input wire [42:0] constants,  // remembered, 13 bits: 4096 less the decay; share, 13 bits; jump, 17 bits

    input wire begins,  // in a sample's first step, before which no neuron has adapted
    input wire valid1,
    input wire [SLOT_BITS-1:0] slot1,
    output wire signed [23:0] w2,  // before the step

    input wire valid5,
    input wire [SLOT_BITS-1:0] slot5,
    input wire signed [23:0] v5,
    input wire fires,

    output wire ends  // the EOT has passed, so all neurons' states are written
);
  localparam [SLOT_BITS-1:0] EOT = N_POST[SLOT_BITS-1:0];
  localparam signed [25:0] MOST = 26'sd8388607;

  reg [8:6] valid;
  reg [SLOT_BITS-1:0] slot6, slot7, slot8;
  reg signed [23:0] w3, w4, w5;
  wire signed [23:0] stored;
  assign w2 = begins ? 24'sd0 : stored;

  // Sizes and signs, since both shares are rounded towards zero.
  wire [12:0] remembered, share;
  wire [16:0] jump;
  reg negative_w6, negative_w7, negative_v6, negative_v7, fired6;
  reg [22:0] size_w6, size_v6;
  reg [35:0] product_w7, product_v7;
  reg [16:0] jump7;

  // Below 4 * 2^23 in size: a share is below 2.
  wire signed [25:0] left_w = {2'b0, product_w7[35:12]};
  wire signed [25:0] left_v = {2'b0, product_v7[35:12]};
  reg signed [25:0] total8;
  assign ends = valid[8] && slot8 == EOT;

  memory #(
      .WIDTH(24),
      .WORDS(N_POST)
  ) states (
      .clk(clk),
      .write(advance && valid[8] && slot8 != EOT),
      .write_index(slot8[POST_BITS-1:0]),
      .write_word(total8 > MOST ? MOST[23:0] : total8 < -MOST ? -MOST[23:0] : total8[23:0]),
      .read(advance && valid1 && slot1 != EOT),
      .read_index(slot1[POST_BITS-1:0]),
      .read_word(stored)
  );
  memory #(
      .WIDTH(43),
      .WORDS(N_POST)
  ) registers (
      .clk(clk),
      .write(constants_write),
      .write_index(constants_neuron),
      .write_word(constants),
      .read(advance && valid5 && slot5 != EOT),
      .read_index(slot5[POST_BITS-1:0]),
      .read_word({remembered, share, jump})
  );

  always @(posedge clk) begin
    if (rst) valid <= 0;
    else if (advance) valid <= {valid[7:6], valid5};
    if (advance) begin
      w3 <= w2;
      w4 <= w3;
      w5 <= w4;

      slot6 <= slot5;
      negative_w6 <= w5[23];
      size_w6 <= w5[23] ? -w5[22:0] : w5[22:0];
      negative_v6 <= v5[23];
      size_v6 <= v5[23] ? -v5[22:0] : v5[22:0];
      fired6 <= fires;

      slot7 <= slot6;
      negative_w7 <= negative_w6;
      product_w7 <= size_w6 * remembered;
      negative_v7 <= negative_v6;
      product_v7 <= size_v6 * share;
      jump7 <= fired6 ? jump : 17'd0;

      slot8 <= slot7;
      total8 <= (negative_w7 ? -left_w : left_w) + (negative_v7 ? -left_v : left_v) + $signed({3'b0, jump7, 6'd0});
    end
  end
endmodule
