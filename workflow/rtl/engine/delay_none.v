// No delay: the ports of every delay unit, for a layer of one level.
//
// A delay unit takes a time step's spikes and its EOT, {eot, neuron}, and returns the spikes that are due in that step,
// each with the level of its delay, level * STRIDE steps, and an EOT behind them. `useful` are the levels at which a
// neuron has any weight; no other is returned. After TIME_STEPS steps it forgets all: the next sample begins.
module delay_none #(
    parameter N_PRE = 700,
    parameter PRE_BITS = N_PRE > 1 ? $clog2(N_PRE) : 1
) (
    input wire in_valid,
    output wire in_ready,
    input wire in_eot,
    input wire [PRE_BITS-1:0] in_neuron,

    output wire out_valid,
    input wire out_ready,
    output wire out_eot,
    output wire [PRE_BITS-1:0] out_neuron
);
  assign in_ready = out_ready;
  assign out_valid = in_valid;
  assign out_eot = in_eot;
  assign out_neuron = in_neuron;
endmodule
