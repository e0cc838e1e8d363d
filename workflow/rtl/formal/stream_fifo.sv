  // Put in front of the last line of ../engine/stream_fifo.v: what holds in every cycle behind a reset.
  reg begun = 1'b0;
  reg waits;
  reg [WIDTH-1:0] waiting;
  reg [COUNT_BITS:0] inside;  // words taken and not given yet

  always @(posedge clk) begin
    begun <= 1'b1;
    if (rst) inside <= 0;
    else inside <= inside + (COUNT_BITS + 1)'(in_valid && in_ready) - (COUNT_BITS + 1)'(out_valid && out_ready);
    waits <= !rst && out_valid && !out_ready;
    waiting <= out_word;
  end

  wire [COUNT_BITS:0] ahead = (COUNT_BITS + 1)'(read_index) + (COUNT_BITS + 1)'(stored);
  wire [COUNT_BITS:0] words = (COUNT_BITS + 1)'(WORDS);
  always @* if (begun) begin
    holds_words : assert (stored <= FULL);
    index_in_range : assert (read_index <= LAST && write_index <= LAST);
    nothing_is_lost : assert (inside == (COUNT_BITS + 1)'(stored) + (COUNT_BITS + 1)'(out_valid));
    in_order : assert (write_index == INDEX_BITS'(ahead >= words ? ahead - words : ahead));
    if (waits) output_stays : assert (out_valid && out_word == waiting);
  end
