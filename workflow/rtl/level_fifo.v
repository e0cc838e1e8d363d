// A FIFO whose first word waits at its output. The top bit of a word is a mark, for which there is always room.
module level_fifo #(
    parameter WIDTH  = 11,
    parameter EVENTS = 2048,
    parameter MARKS  = 60
) (
    input wire clk,
    input wire rst,
    input wire enable,
    input wire push,
    input wire [WIDTH-1:0] word,
    input wire pop,
    output reg head_valid,
    output wire [WIDTH-1:0] head,
    output wire lost
);
  localparam WORDS = EVENTS + MARKS;
  localparam INDEX_BITS = WORDS > 1 ? $clog2(WORDS) : 1;
  localparam COUNT_BITS = $clog2(WORDS + 1);
  localparam [COUNT_BITS-1:0] FULL = EVENTS[COUNT_BITS-1:0];
  localparam [INDEX_BITS-1:0] LAST = WORDS[INDEX_BITS-1:0] - 1'b1;

  reg [INDEX_BITS-1:0] write_index, read_index;
  reg [COUNT_BITS-1:0] stored, events;  // words behind the head; events, the head included

  assign lost = push && !word[WIDTH-1] && events == FULL;
  wire write = push && !lost;
  wire read = enable && stored != 0 && (!head_valid || pop);
  wire arrives = write && !word[WIDTH-1];
  wire leaves = pop && !head[WIDTH-1];

  memory #(
      .WIDTH(WIDTH),
      .WORDS(WORDS)
  ) memory (
      .clk(clk),
      .write(write),
      .write_index(write_index),
      .write_word(word),
      .read(read),
      .read_index(read_index),
      .read_word(head)
  );

  always @(posedge clk) begin
    if (rst) begin
      head_valid <= 1'b0;
      write_index <= 0;
      read_index <= 0;
      stored <= 0;
      events <= 0;
    end else begin
      if (read || pop) head_valid <= read;
      if (write) write_index <= write_index == LAST ? 0 : write_index + 1'b1;
      if (read) read_index <= read_index == LAST ? 0 : read_index + 1'b1;
      if (write != read) stored <= write ? stored + 1'b1 : stored - 1'b1;
      if (arrives != leaves) events <= arrives ? events + 1'b1 : events - 1'b1;
    end
  end
endmodule
