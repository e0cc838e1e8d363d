// The Shared Circular Delay Queue (paper section V), event for event as delaysnn/queues/structures/scdq.py.
//
// A spike enters the pre-processing queue (PRQ) once, its counter at LEVELS - 1. Popped, it is delivered where WVU has
// a useful weight at its delay, and goes on to the post-processing queue (POQ), counter one lower, while a later delay
// is useful. The end of the time step (EOT) is taken after the step's spikes, holds back the next ones, leaves behind
// the step's last event, and swaps the queues. A queue is filled from its first word in every step, so DEPTH bounds
// the events of a step; a spike beyond is lost and `overflow` stays set.
//
// Three stages: memory, filter, output. An output that waits for `out_ready` holds all of them, and the input.
module scdq #(
    parameter ADDRESS_BITS = 10,  // of a spike's source; the lowest name its row of WVU
    parameter AXONS = 48,         // rows of WVU
    parameter LEVELS = 60,        // delays 0 to LEVELS - 1, two or more
    parameter DEPTH = 2048,       // events a queue
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
  localparam EVENT_BITS = ADDRESS_BITS + DELAY_BITS;
  localparam COUNT_BITS = $clog2(DEPTH + 1);
  localparam INDEX_BITS = DEPTH > 1 ? $clog2(DEPTH) : 1;
  localparam [COUNT_BITS-1:0] FULL = DEPTH[COUNT_BITS-1:0];
  localparam [DELAY_BITS-1:0] FIRST = LEVELS[DELAY_BITS-1:0] - 1'b1;

  reg swapped;  // false: queue_a is PRQ and queue_b is POQ
  reg closing;  // EOT was taken, the step's events are still on their way
  reg popped;  // the filter stage holds an event
  reg [COUNT_BITS-1:0] head, tail, kept;  // of PRQ: next word to pop, words pushed; of POQ: words pushed

  wire advance = !out_valid || out_ready;
  assign in_ready = advance && !closing;

  // Write controller.
  wire taken = in_valid && in_ready;
  wire push = taken && !in_eot && tail != FULL;

  // Read controller.
  wire pop = advance && head != tail;
  wire swap = advance && closing && head == tail && !popped;

  // Filter.
  wire [EVENT_BITS-1:0] word_a, word_b;
  wire [ADDRESS_BITS-1:0] address;
  wire [DELAY_BITS-1:0] counter;
  assign {address, counter} = swapped ? word_b : word_a;
  wire useful, later;
  wire [DELAY_BITS-1:0] delay;
  wire keep = advance && popped && later;

  filter #(
      .ADDRESS_BITS(AXON_BITS),
      .AXONS(AXONS),
      .LEVELS(LEVELS)
  ) filter (
      .clk(clk),
      .wvu_write(wvu_write),
      .wvu_axon(wvu_axon),
      .wvu_row(wvu_row),
      .address(address[AXON_BITS-1:0]),
      .counter(counter),
      .useful(useful),
      .later(later),
      .delay(delay)
  );

  wire [EVENT_BITS-1:0] entering = {in_address, FIRST};
  wire [EVENT_BITS-1:0] going_on = {address, counter - 1'b1};

  memory #(
      .WIDTH(EVENT_BITS),
      .WORDS(DEPTH)
  ) queue_a (
      .clk(clk),
      .write(swapped ? keep : push),
      .write_index(swapped ? kept[INDEX_BITS-1:0] : tail[INDEX_BITS-1:0]),
      .write_word(swapped ? going_on : entering),
      .read(pop && !swapped),
      .read_index(head[INDEX_BITS-1:0]),
      .read_word(word_a)
  );

  memory #(
      .WIDTH(EVENT_BITS),
      .WORDS(DEPTH)
  ) queue_b (
      .clk(clk),
      .write(swapped ? push : keep),
      .write_index(swapped ? tail[INDEX_BITS-1:0] : kept[INDEX_BITS-1:0]),
      .write_word(swapped ? entering : going_on),
      .read(pop && swapped),
      .read_index(head[INDEX_BITS-1:0]),
      .read_word(word_b)
  );

  always @(posedge clk) begin
    if (rst) begin
      swapped <= 1'b0;
      closing <= 1'b0;
      popped <= 1'b0;
      head <= 0;
      tail <= 0;
      kept <= 0;
      out_valid <= 1'b0;
      overflow <= 1'b0;
    end else if (advance) begin
      popped <= pop;
      out_valid <= popped && useful || swap;
      if (taken && !in_eot && !push) overflow <= 1'b1;
      if (swap) begin
        swapped <= !swapped;
        closing <= 1'b0;
        head <= 0;
        tail <= kept;
        kept <= 0;
      end else begin
        closing <= closing || taken && in_eot;
        head <= head + {{(COUNT_BITS - 1) {1'b0}}, pop};
        tail <= tail + {{(COUNT_BITS - 1) {1'b0}}, push};
        kept <= kept + {{(COUNT_BITS - 1) {1'b0}}, keep};
      end
    end
    if (advance) begin
      out_eot <= swap;
      out_address <= address;
      out_delay <= delay;
    end
  end
endmodule
