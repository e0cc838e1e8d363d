  // Put in front of the last line of ../scdq.v: what holds in every cycle behind a reset, however many there are.
  reg begun = 1'b0;
  reg [1:0] eots;  // taken and not given yet
  reg waits;
  reg [ADDRESS_BITS+DELAY_BITS:0] waiting;
  wire [ADDRESS_BITS+DELAY_BITS:0] word = {out_eot, out_address, out_delay};

  always @(posedge clk) begin
    begun <= 1'b1;
    if (rst) eots <= 0;
    else eots <= eots + 2'(taken && in_eot) - 2'(out_valid && out_ready && out_eot);
    waits <= !rst && out_valid && !out_ready;
    waiting <= word;
  end

  always @* if (begun) begin
    prq_holds_depth : assert (head <= tail && tail <= FULL);
    poq_holds_what_was_popped : assert ((COUNT_BITS + 1)'(kept) + (COUNT_BITS + 1)'(popped) <= (COUNT_BITS + 1)'(head));
    // At the swap all of PRQ is popped, and all that was kept is in POQ.
    if (swap) swap_loses_nothing : assert (head == tail && !keep);
    if (keep) counter_stops_at_zero : assert (counter != 0);
    eot_comes_out_once : assert (eots == 2'(closing) + 2'(out_valid && out_eot));
    if (waits) output_stays : assert (out_valid && word == waiting);
  end
