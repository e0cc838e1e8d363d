// Whether an event is delivered at its present delay, and whether it has a later one.
module filter #(
    parameter ADDRESS_BITS = 6,
    parameter AXONS = 48,
    parameter LEVELS = 60,
    parameter DELAY_BITS = $clog2(LEVELS)
) (
    input wire clk,
    input wire wvu_write,
    input wire [ADDRESS_BITS-1:0] wvu_axon,
    input wire [LEVELS-1:0] wvu_row,
    input wire [ADDRESS_BITS-1:0] address,
    input wire [DELAY_BITS-1:0] counter,
    output wire useful,
    output wire later,
    output wire [DELAY_BITS-1:0] delay
);
  localparam COUNT_BITS = $clog2(LEVELS + 1);

  wire [LEVELS-1:0] row;
  wvu #(
      .AXON_BITS(ADDRESS_BITS),
      .AXONS(AXONS),
      .LEVELS(LEVELS)
  ) wvu (
      .clk(clk),
      .write(wvu_write),
      .write_axon(wvu_axon),
      .write_row(wvu_row),
      .axon(address),
      .row(row)
  );

  // Leading zeros of the row, its largest delay first: when the counter is down to them, no later delay is useful.
  reg [COUNT_BITS-1:0] zeros;
  integer level;
  always @* begin
    zeros = LEVELS[COUNT_BITS-1:0];
    for (level = 0; level < LEVELS; level = level + 1)
      if (row[level]) zeros = LEVELS[COUNT_BITS-1:0] - 1'b1 - level[COUNT_BITS-1:0];
  end

  assign delay = LEVELS[DELAY_BITS-1:0] - 1'b1 - counter;
  assign useful = row[delay];
  assign later = {{(COUNT_BITS - DELAY_BITS) {1'b0}}, counter} > zeros;
endmodule
