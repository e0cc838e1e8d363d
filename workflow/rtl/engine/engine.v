// A whole network: three layers in a chain. The first has no delays, the others have LEVELS of them, a STRIDE apart.
//
// Ports: `in` and `out` are AXI-Streams, {eot, neuron}; a sample is TIME_STEPS ends of a time step (EOT), each behind its
// step's spikes, and comes out alike. Samples may follow one another at once. `load` fills memories before the first
// spike: with address {layer, 0} the word register moves up by 32 bits and takes `load_data` into the lowest; with
// {layer, space} the word is written to that space of layer 0, 1 or 2 at index `load_data` (layer_core.v).
// `watch_*` show the spikes between layers and at the end in the cycle in which they are taken, one layer a bit or a
// 16-bit number; `weight_reads`, 32 bits a layer, counts since reset. `overflow`, a bit a layer, stays set.
module engine #(
    parameter N_INPUT = 700,
    parameter N_FIRST = 48,
    parameter N_SECOND = 48,
    parameter N_OUTPUT = 20,
    parameter LANES_FIRST = N_FIRST,  // neurons that a spike reaches in a cycle
    parameter LANES_SECOND = N_SECOND,
    parameter LANES_OUTPUT = N_OUTPUT,
    parameter WEIGHT_BITS = 8,  // 2 to 8
    parameter SUM_BITS = 16,  // of what arrives in one step, sign included; at most 24
    parameter LEVELS = 30,
    parameter STRIDE = 2,
    parameter TIME_STEPS = 64,
    parameter STRUCTURE = 0,  // 0: SCDQ; 1: spike history; 2: ring buffer of sums; 3: shared queue; 4: strided SCDQ
    parameter DEPTH = 2048,  // events of a queue
    parameter AHEAD = 512,  // spikes and EOTs by which a layer may be ahead of the next
    parameter ADAPTIVE = 0,  // a bit a layer, the first one's the lowest; 1: its neurons adapt
    parameter COMPRESSED = 0,  // 1: of rows of weights only those are stored that differ
    parameter ROWS_FIRST = N_INPUT,  // rows that are stored
    parameter ROWS_SECOND = LEVELS * N_FIRST,
    parameter ROWS_OUTPUT = LEVELS * N_SECOND,
    parameter INPUT_BITS = N_INPUT > 1 ? $clog2(N_INPUT) : 1,
    parameter OUTPUT_BITS = N_OUTPUT > 1 ? $clog2(N_OUTPUT) : 1
) (
    input wire clk,
    input wire rst,

    input wire load_valid,
    input wire [4:0] load_address,
    input wire [31:0] load_data,

    input wire in_tvalid,
    output wire in_tready,
    input wire [INPUT_BITS:0] in_tdata,

    output wire out_tvalid,
    input wire out_tready,
    output wire [OUTPUT_BITS:0] out_tdata,

    output wire [2:0] watch_valid,
    output wire [2:0] watch_eot,
    output wire [47:0] watch_neuron,
    output wire [95:0] weight_reads,
    output wire [2:0] overflow
);
  localparam FIRST_BITS = N_FIRST > 1 ? $clog2(N_FIRST) : 1;
  localparam SECOND_BITS = N_SECOND > 1 ? $clog2(N_SECOND) : 1;
  localparam FIRST_LANES = LANES_FIRST > LANES_SECOND ? LANES_FIRST : LANES_SECOND;
  localparam MOST_LANES = FIRST_LANES > LANES_OUTPUT ? FIRST_LANES : LANES_OUTPUT;
  localparam CONSTANT_BITS = ADAPTIVE != 0 ? 43 : 30;
  localparam MASK = LEVELS > CONSTANT_BITS ? LEVELS : CONSTANT_BITS;
  localparam ROW = MOST_LANES * WEIGHT_BITS > MASK ? MOST_LANES * WEIGHT_BITS : MASK;
  localparam LOAD_BITS = ((ROW + 31) / 32) * 32;

  reg [LOAD_BITS-1:0] load_word;
  wire [2:0] load_space = load_address[2:0];
  wire write = load_valid && load_space != 0;
  generate
    if (LOAD_BITS > 32) begin : wide
      always @(posedge clk) if (load_valid && !write) load_word <= {load_word[LOAD_BITS-33:0], load_data};
    end else begin : narrow
      always @(posedge clk) if (load_valid && !write) load_word <= load_data;
    end
  endgenerate

  wire [2:0] ready;
  wire eot_first, eot_second, eot_output;
  wire [FIRST_BITS-1:0] first;
  wire [SECOND_BITS-1:0] second;
  wire [OUTPUT_BITS-1:0] last;
  wire valid_first, valid_second;
  wire waits_first, waits_second, takes_second, takes_output;
  wire [FIRST_BITS:0] to_second;
  wire [SECOND_BITS:0] to_output;

  stream_fifo #(
      .WIDTH(FIRST_BITS + 1),
      .WORDS(AHEAD)
  ) fifo_first (
      .clk(clk),
      .rst(rst),
      .in_valid(valid_first),
      .in_ready(ready[0]),
      .in_word({eot_first, first}),
      .out_valid(waits_first),
      .out_ready(takes_second),
      .out_word(to_second)
  );

  stream_fifo #(
      .WIDTH(SECOND_BITS + 1),
      .WORDS(AHEAD)
  ) fifo_second (
      .clk(clk),
      .rst(rst),
      .in_valid(valid_second),
      .in_ready(ready[1]),
      .in_word({eot_second, second}),
      .out_valid(waits_second),
      .out_ready(takes_output),
      .out_word(to_output)
  );

  layer_core #(
      .N_PRE(N_INPUT),
      .N_POST(N_FIRST),
      .LANES(LANES_FIRST),
      .WEIGHT_BITS(WEIGHT_BITS),
      .SUM_BITS(SUM_BITS),
      .LEVELS(1),
      .TIME_STEPS(TIME_STEPS),
      .ADAPTIVE(ADAPTIVE & 1),
      .COMPRESSED(COMPRESSED),
      .ROWS(ROWS_FIRST),
      .LOAD_BITS(LOAD_BITS)
  ) core_first (
      .clk(clk),
      .rst(rst),
      .load(write && load_address[4:3] == 0),
      .load_space(load_space),
      .load_index(load_data[15:0]),
      .load_word(load_word),
      .in_valid(in_tvalid),
      .in_ready(in_tready),
      .in_eot(in_tdata[INPUT_BITS]),
      .in_neuron(in_tdata[INPUT_BITS-1:0]),
      .out_valid(valid_first),
      .out_ready(ready[0]),
      .out_eot(eot_first),
      .out_neuron(first),
      .weight_reads(weight_reads[31:0]),
      .overflow(overflow[0])
  );

  layer_core #(
      .N_PRE(N_FIRST),
      .N_POST(N_SECOND),
      .LANES(LANES_SECOND),
      .WEIGHT_BITS(WEIGHT_BITS),
      .SUM_BITS(SUM_BITS),
      .LEVELS(LEVELS),
      .STRIDE(STRIDE),
      .TIME_STEPS(TIME_STEPS),
      .STRUCTURE(STRUCTURE),
      .DEPTH(DEPTH),
      .ADAPTIVE((ADAPTIVE >> 1) & 1),
      .COMPRESSED(COMPRESSED),
      .ROWS(ROWS_SECOND),
      .LOAD_BITS(LOAD_BITS)
  ) core_second (
      .clk(clk),
      .rst(rst),
      .load(write && load_address[4:3] == 1),
      .load_space(load_space),
      .load_index(load_data[15:0]),
      .load_word(load_word),
      .in_valid(waits_first),
      .in_ready(takes_second),
      .in_eot(to_second[FIRST_BITS]),
      .in_neuron(to_second[FIRST_BITS-1:0]),
      .out_valid(valid_second),
      .out_ready(ready[1]),
      .out_eot(eot_second),
      .out_neuron(second),
      .weight_reads(weight_reads[63:32]),
      .overflow(overflow[1])
  );

  layer_core #(
      .N_PRE(N_SECOND),
      .N_POST(N_OUTPUT),
      .LANES(LANES_OUTPUT),
      .WEIGHT_BITS(WEIGHT_BITS),
      .SUM_BITS(SUM_BITS),
      .LEVELS(LEVELS),
      .STRIDE(STRIDE),
      .TIME_STEPS(TIME_STEPS),
      .STRUCTURE(STRUCTURE),
      .DEPTH(DEPTH),
      .ADAPTIVE((ADAPTIVE >> 2) & 1),
      .COMPRESSED(COMPRESSED),
      .ROWS(ROWS_OUTPUT),
      .LOAD_BITS(LOAD_BITS)
  ) core_output (
      .clk(clk),
      .rst(rst),
      .load(write && load_address[4:3] == 2),
      .load_space(load_space),
      .load_index(load_data[15:0]),
      .load_word(load_word),
      .in_valid(waits_second),
      .in_ready(takes_output),
      .in_eot(to_output[SECOND_BITS]),
      .in_neuron(to_output[SECOND_BITS-1:0]),
      .out_valid(out_tvalid),
      .out_ready(out_tready),
      .out_eot(eot_output),
      .out_neuron(last),
      .weight_reads(weight_reads[95:64]),
      .overflow(overflow[2])
  );

  assign ready[2] = out_tready;
  assign out_tdata = {eot_output, last};
  assign watch_valid = {out_tvalid, valid_second, valid_first} & ready;
  assign watch_eot = {eot_output, eot_second, eot_first};
  assign watch_neuron[15:0] = {{(16 - FIRST_BITS) {1'b0}}, first};
  assign watch_neuron[31:16] = {{(16 - SECOND_BITS) {1'b0}}, second};
  assign watch_neuron[47:32] = {{(16 - OUTPUT_BITS) {1'b0}}, last};
endmodule
