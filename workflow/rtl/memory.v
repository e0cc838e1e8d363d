// One word written and one read a cycle: an SRAM macro or, synthesised as it stands, flip-flops.
module memory #(
    parameter WIDTH = 16,
    parameter WORDS = 2048,
    parameter INDEX_BITS = WORDS > 1 ? $clog2(WORDS) : 1
) (
    input wire clk,
    input wire write,
    input wire [INDEX_BITS-1:0] write_index,
    input wire [WIDTH-1:0] write_word,
    input wire read,
    input wire [INDEX_BITS-1:0] read_index,
    output reg [WIDTH-1:0] read_word  // a cycle after `read`, until the next
);
  reg [WIDTH-1:0] words[0:WORDS-1];

  always @(posedge clk) begin
    if (write) words[write_index] <= write_word;
    if (read) read_word <= words[read_index];
  end
endmodule
