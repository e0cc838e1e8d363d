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

  // An event is kept while its counter is above the row's leading zeros, its largest delay first: while a longer delay
  // than the present one is useful. No zeros are counted, since that would be by far the longest path.
  wire [LEVELS-1:0] longer = ~({LEVELS{1'b1}} >> counter);

  assign delay = LEVELS[DELAY_BITS-1:0] - 1'b1 - counter;
  assign useful = row[delay];
  assign later = |(row & longer);
endmodule
