// A stream's words in a block RAM, so that what is in front may be ahead of what is behind.
module stream_fifo #(
    parameter WIDTH = 7,
    parameter WORDS = 512
) (
    input wire clk,
    input wire rst,

    input wire in_valid,
    output wire in_ready,
    input wire [WIDTH-1:0] in_word,

    output reg out_valid,
    input wire out_ready,
    output wire [WIDTH-1:0] out_word
);
  localparam INDEX_BITS = WORDS > 1 ? $clog2(WORDS) : 1;
  localparam COUNT_BITS = $clog2(WORDS + 1);
  localparam [INDEX_BITS-1:0] LAST = WORDS[INDEX_BITS-1:0] - 1'b1;
  localparam [COUNT_BITS-1:0] FULL = WORDS[COUNT_BITS-1:0];

  reg [INDEX_BITS-1:0] write_index, read_index;
  reg [COUNT_BITS-1:0] stored;  // behind the word at the output
  assign in_ready = stored != FULL;
  wire write = in_valid && in_ready;
  wire read = stored != 0 && (!out_valid || out_ready);

  memory #(
      .WIDTH(WIDTH),
      .WORDS(WORDS)
  ) memory (
      .clk(clk),
      .write(write),
      .write_index(write_index),
      .write_word(in_word),
      .read(read),
      .read_index(read_index),
      .read_word(out_word)
  );

  always @(posedge clk) begin
    if (rst) begin
      write_index <= 0;
      read_index <= 0;
      stored <= 0;
      out_valid <= 1'b0;
    end else begin
      if (write) write_index <= write_index == LAST ? 0 : write_index + 1'b1;
      if (read) read_index <= read_index == LAST ? 0 : read_index + 1'b1;
      if (write != read) stored <= write ? stored + 1'b1 : stored - 1'b1;
      if (read || out_ready) out_valid <= read;
    end
  end
endmodule
