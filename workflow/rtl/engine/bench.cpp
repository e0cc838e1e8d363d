// The bench of engine.v: loads a network, plays samples, writes down every spike of every layer, and cycles.
//
// Both files, the arguments `stimulus` and `run`, are 32-bit words; workflow/delaysnn/platforms/fpga/verilog.py writes
// the one and reads the other. Inputs change and outputs are read while the clock is low: what is read is what the next
// rising edge sees.
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <vector>

#include "Vtop.h"
#include "verilated.h"
#if VM_TRACE_SAIF
#include "verilated_saif_c.h"
#endif

namespace {

std::vector<uint32_t> read_words(const char *path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  const auto *words = reinterpret_cast<const uint32_t *>(bytes.data());
  return {words, words + bytes.size() / 4};
}

void append(std::vector<uint32_t> &words, std::initializer_list<uint64_t> more) {
  for (uint64_t word : more) words.push_back(static_cast<uint32_t>(word));
}

}  // namespace

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  const auto context = std::make_unique<VerilatedContext>();
  context->commandArgs(argc, argv);
#if VM_TRACE_SAIF
  context->traceEverOn(true);
#endif
  const auto top = std::make_unique<Vtop>(context.get());
  const std::vector<uint32_t> stimulus = read_words(argv[1]);
  const uint32_t *next = stimulus.data();
  const uint32_t loads = *next++, samples = *next++, steps = *next++, one_by_one = *next++;
  const uint32_t offered_of_256 = *next++, ready_of_256 = *next++, seed = *next++, patience = *next++;

#if VM_TRACE_SAIF
  // Counts toggles behind the loads, in the file that the argument behind `run` names.
  VerilatedSaifC toggles;
  top->trace(&toggles, 1);
  uint64_t half_cycles = 0;
  const auto record = [&] {
    if (toggles.isOpen()) toggles.dump(half_cycles++);
  };
#else
  const auto record = [] {};
#endif
  const auto cycle = [&] {
    top->clk = 1;
    top->eval();
    record();
    top->clk = 0;
    top->eval();
    record();
  };
  top->clk = 0;
  top->rst = 1;
  top->in_tvalid = top->out_tready = top->load_valid = 0;
  top->eval();
  cycle();
  top->rst = 0;
  for (uint32_t load = 0; load < loads; ++load) {
    top->load_valid = 1;
    top->load_address = *next++;
    top->load_data = *next++;
    // Before the clock rises, since gates of clocks look at it then.
    top->eval();
    cycle();
  }
  top->load_valid = 0;
#if VM_TRACE_SAIF
  if (argc > 3) toggles.open(argv[3]);
#endif

  std::minstd_rand random(seed);
  const auto draw = [&](uint32_t of_256) { return of_256 >= 256 || (random() >> 8) % 256 < of_256; };
  std::vector<uint32_t> cycles(2 * samples), spikes;
  uint64_t now = 0, active = 0, stalls = 0, ends[3] = {0, 0, 0};
  uint32_t sample = 0, left = samples ? *next++ : 0, waiting = 0;
  bool offering = false, begun = false, waits = false, kept_promise = true;
  while (ends[2] < uint64_t{samples} * steps && now - active < patience) {
    const bool may_begin = begun || !one_by_one || ends[2] == uint64_t{sample} * steps;
    if (!offering && left && may_begin && draw(offered_of_256)) {
      offering = true;
      if (!begun) cycles[2 * sample] = static_cast<uint32_t>(now);
      begun = true;
    }
    top->in_tvalid = offering;
    if (offering) top->in_tdata = *next;
    top->out_tready = draw(ready_of_256);
    top->eval();
    if (offering && top->in_tready) {
      offering = false;
      active = now;
      ++next;
      if (--left == 0 && ++sample < samples) {
        left = *next++;
        begun = false;
      }
    }
    // An output that was not taken must stay.
    if (waits && (!top->out_tvalid || top->out_tdata != waiting)) kept_promise = false;
    waits = top->out_tvalid && !top->out_tready;
    waiting = top->out_tdata;
    stalls += waits;
    for (uint32_t layer = 0; layer < 3; ++layer) {
      if (!(top->watch_valid >> layer & 1)) continue;
      active = now;
      const uint64_t at = ends[layer] / steps, step = ends[layer] % steps;
      if (top->watch_eot >> layer & 1) {
        ++ends[layer];
        if (layer == 2 && step == steps - 1) cycles[2 * at + 1] = static_cast<uint32_t>(now + 1);
      } else {
        append(spikes, {layer, at, step, top->watch_neuron >> 16 * layer & 0xffff});
      }
    }
    cycle();
    ++now;
  }
  top->final();
#if VM_TRACE_SAIF
  if (toggles.isOpen()) toggles.close();
#endif

  std::vector<uint32_t> run;
  append(run, {ends[2] == uint64_t{samples} * steps, kept_promise, stalls, top->overflow});
  append(run, {top->weight_reads[0], top->weight_reads[1], top->weight_reads[2], samples});
  run.insert(run.end(), cycles.begin(), cycles.end());
  run.insert(run.end(), spikes.begin(), spikes.end());
  std::ofstream(argv[2], std::ios::binary)
      .write(reinterpret_cast<const char *>(run.data()), static_cast<std::streamsize>(4 * run.size()));
  return 0;
}
