// In front of a ring buffer of sums: a spike at all its levels at once, since the sums of later steps wait, not spikes.
module delay_copies #(
    parameter N_PRE = 48,
    parameter LEVELS = 30,
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
  reg read_valid, read_eot;
  reg [PRE_BITS-1:0] read_neuron;
  wire levels_ready;
  assign in_ready = !read_valid || levels_ready;

  wire [LEVELS-1:0] row;
  memory #(
      .WIDTH(LEVELS),
      .WORDS(N_PRE)
  ) rows (
      .clk(clk),
      .write(useful_write),
      .write_index(useful_neuron),
      .write_word(useful),
      .read(in_ready && in_valid),
      .read_index(in_neuron),
      .read_word(row)
  );

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
      .in_mask(row),
      .out_valid(out_valid),
      .out_ready(out_ready),
      .out_eot(out_eot),
      .out_neuron(out_neuron),
      .out_level(out_level)
  );

  always @(posedge clk) begin
    if (rst) read_valid <= 1'b0;
    else if (in_ready) read_valid <= in_valid;
    if (in_ready) begin
      read_eot <= in_eot;
      read_neuron <= in_neuron;
    end
  end
endmodule
