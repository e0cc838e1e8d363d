// A shared delay queue with one FIFO a delay level (TrueNorth-like; axonal delays), behind the ports of scdq.v.
//
// A spike enters the FIFO of each delay where WVU has a useful weight, and stays there until its time step has come:
// the FIFO of delay d holds the spikes of d + 1 steps, with a mark after each step's. A step drains the FIFOs from the
// largest delay down, each to its mark; the FIFO of delay 0 ends with the present step's EOT. DEPTH events is what
// SCDQ's queue of that depth takes: delay d has the share (d + 1) / LEVELS of it. A spike beyond is lost to that
// delay, and `overflow` stays set. An output that waits for `out_ready` holds everything, and the input.
module shared_queue #(
    parameter ADDRESS_BITS = 10,  // of a spike's source; the lowest name its row of WVU
    parameter AXONS = 48,         // rows of WVU
    parameter LEVELS = 60,        // delays 0 to LEVELS - 1, two or more
    parameter DEPTH = 2048,       // events of the FIFO of the largest delay
    parameter AXON_BITS = AXONS > 1 ? $clog2(AXONS) : 1,
    parameter DELAY_BITS = $clog2(LEVELS)
) (
    input wire clk,
    input wire rst,

    input wire wvu_write,
    input wire [AXON_BITS-1:0] wvu_axon,
    input wire [LEVELS-1:0] wvu_row,

    input wire in_valid,
    output wire in_ready,
    input wire in_eot,
    input wire [ADDRESS_BITS-1:0] in_address,

    output reg out_valid,
    input wire out_ready,
    output reg out_eot,
    output reg [ADDRESS_BITS-1:0] out_address,
    output reg [DELAY_BITS-1:0] out_delay,

    output reg overflow
);
  localparam WORD_BITS = ADDRESS_BITS + 1;
  localparam [DELAY_BITS-1:0] LAST = LEVELS[DELAY_BITS-1:0] - 1'b1;

  reg closing;  // EOT was taken, the step's events are still on their way
  reg [DELAY_BITS-1:0] age;  // steps since reset, at most LAST: a larger delay has nothing to deliver yet
  reg [DELAY_BITS-1:0] level;  // FIFO being drained

  wire advance = !out_valid || out_ready;
  assign in_ready = advance && !closing;
  wire taken = in_valid && in_ready;

  wire [LEVELS-1:0] row;
  wvu #(
      .AXON_BITS(AXON_BITS),
      .AXONS(AXONS),
      .LEVELS(LEVELS)
  ) wvu (
      .clk(clk),
      .write(wvu_write),
      .write_axon(wvu_axon),
      .write_row(wvu_row),
      .axon(in_address[AXON_BITS-1:0]),
      .row(row)
  );

  wire [LEVELS-1:0] head_valid, lost;
  wire [LEVELS*WORD_BITS-1:0] heads;
  wire mark;
  wire [ADDRESS_BITS-1:0] address;
  assign {mark, address} = heads[level*WORD_BITS+:WORD_BITS];
  wire pop = advance && head_valid[level];
  wire eot = mark && level == 0;

  genvar delay;
  generate
    for (delay = 0; delay < LEVELS; delay = delay + 1) begin : levels
      level_fifo #(
          .WIDTH (WORD_BITS),
          .EVENTS((DEPTH * (delay + 1) + LEVELS - 1) / LEVELS),
          .MARKS (delay + 1)
      ) fifo (
          .clk(clk),
          .rst(rst),
          .enable(advance),
          .push(taken && (in_eot || row[delay])),
          .word({in_eot, in_address}),
          .pop(pop && level == delay),
          .head_valid(head_valid[delay]),
          .head(heads[delay*WORD_BITS+:WORD_BITS]),
          .lost(lost[delay])
      );
    end
  endgenerate

  always @(posedge clk) begin
    if (rst) begin
      closing <= 1'b0;
      age <= 0;
      level <= 0;
      out_valid <= 1'b0;
      overflow <= 1'b0;
    end else if (advance) begin
      out_valid <= pop && (!mark || eot);
      if (|lost) overflow <= 1'b1;
      if (taken && in_eot) closing <= 1'b1;
      if (pop && eot) begin
        closing <= 1'b0;
        if (age != LAST) age <= age + 1'b1;
        level <= age != LAST ? age + 1'b1 : LAST;
      end else if (pop && mark) level <= level - 1'b1;
    end
    if (advance) begin
      out_eot <= eot;
      out_address <= address;
      out_delay <= level;
    end
  end
endmodule
