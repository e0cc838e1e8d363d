  // Put in front of the last line of ../engine/delay_strided.v, at stride 2: what holds in every cycle behind a reset.
  reg begun = 1'b0;
  reg [1:0] eots;  // taken and not given yet
  reg waits;
  reg [PRE_BITS+LEVEL_BITS:0] waiting;
  wire [PRE_BITS+LEVEL_BITS:0] word = {out_eot, out_neuron, out_level};

  always @(posedge clk) begin
    begun <= 1'b1;
    if (rst) eots <= 0;
    else eots <= eots + 2'(in_valid && in_ready && in_eot) - 2'(out_valid && out_ready && out_eot);
    waits <= !rst && out_valid && !out_ready;
    waiting <= word;
  end

  wire [2:0] ends = {valid3 && eot3, valid2 && eot2, valid1 && eot1};
  wire [COUNT_BITS:0] ahead = (COUNT_BITS + 1)'(head) + (COUNT_BITS + 1)'(used);
  wire [COUNT_BITS:0] depth = (COUNT_BITS + 1)'(DEPTH);
  wire [COUNT_BITS+1:0] events = (COUNT_BITS + 2)'(left) + (COUNT_BITS + 2)'(next) + (COUNT_BITS + 2)'(kept);
  always @* if (begun) begin
    ring_holds_depth : assert (used <= FULL && head <= LAST_INDEX && tail <= LAST_INDEX);
    // All that is in the ring is due in this step, in the next, or went to the end in this one.
    nothing_is_lost : assert ((COUNT_BITS + 2)'(used) == events);
    in_order : assert (tail == INDEX_BITS'(ahead >= depth ? ahead - depth : ahead));
    if (step_ends) step_ends_behind_its_events : assert (left == 0 && !valid1 && !valid2);
    if (keep) level_in_range : assert (level3 < LEVEL_BITS'(LEVELS - 1));
    // The EOT is the last in the three stages, or has not entered them.
    eot_is_last : assert (ends == 0 && !ending || ending && closing && left == 0
        && (ends == 1 || ends == 2 && !valid1 || ends == 4 && !valid1 && !valid2));
    eot_comes_out_once : assert (eots == 2'(closing) + 2'(out_valid && out_eot));
    if (waits) output_stays : assert (out_valid && word == waiting);
  end
