// Spikes as events, and where their current lies.

#pragma once
#include "vectors.h"

namespace {

// Where the current of each time step lies: phase by phase, `padding` rows after each.
struct Phases {
    int n_steps, stride, length;  // length: time steps of the longest phase
    std::vector<int> row, reach;  // of each step: its row, and the number of levels that end within the sample

    Phases(int n_steps, int n_levels, int every, int padding)
        : n_steps(n_steps), stride(n_levels == 1 ? 1 : every), length((n_steps + stride - 1) / stride) {
        for (int t = 0; t < n_steps; ++t) {
            row.push_back(t % stride * (length + padding) + t / stride);
            reach.push_back(std::min(n_levels, length - t / stride));
        }
    }
};

// buffer[step] = sum of weights[neuron] over the events of each step: sums stay in registers for a whole step.
template <int V>
void add_steps(const uint16_t *steps, const uint16_t *neurons, int64_t first, int64_t end, const float *weights,
               float *buffer) {
    constexpr int width = V * LANES;
    for (int64_t e = first; e < end;) {
        const int step = steps[e];
        vec sum[V] = {};
        for (; e < end && steps[e] == step; ++e)
            for (int v = 0; v < V; ++v) sum[v] += load(weights + size_t(neurons[e]) * width + v * LANES);
        for (int v = 0; v < V; ++v) store(buffer + size_t(step) * width + v * LANES, sum[v]);
    }
}

// One sample's spikes, neuron by neuron instead of step by step: what belongs to a neuron is then fetched once a word
// instead of once a spike.
struct ByNeuron {
    int words;  // of 64 steps each
    std::vector<uint64_t> fired;

    ByNeuron(int n_neurons, int n_steps) : words((n_steps + 63) / 64), fired(size_t(n_neurons) * words) {}

    // Call run(neuron, each_step) for every neuron, silent ones too; each_step calls back with every step of its spikes.
    template <class Run>
    void each(const uint16_t *steps, const uint16_t *neurons, int64_t first, int64_t end, Run run) {
        for (int64_t e = first; e < end; ++e)
            fired[size_t(neurons[e]) * words + steps[e] / 64] |= uint64_t(1) << (steps[e] % 64);
        for (size_t n = 0; n < fired.size() / words; ++n) {
            uint64_t *word = &fired[n * words];
            run(int(n), [&](auto at) {
                for (int w = 0; w < words; ++w) {
                    for (uint64_t left = word[w]; left; left &= left - 1) at(w * 64 + __builtin_ctzll(left));
                    word[w] = 0;
                }
            });
        }
    }
};

// gradient[neuron] += sum of by_current[step] over the steps at which it spikes.
template <int V>
void gather(ByNeuron &spikes, const uint16_t *steps, const uint16_t *neurons, int64_t first, int64_t end,
            const float *by_current, float *gradient) {
    constexpr int width = V * LANES;
    spikes.each(steps, neurons, first, end, [&](int neuron, auto each_step) {
        vec sum[V] = {};
        each_step([&](int step) {
            for (int v = 0; v < V; ++v) sum[v] += load(by_current + size_t(step) * width + v * LANES);
        });
        float *target = gradient + size_t(neuron) * width;
        for (int v = 0; v < V; ++v) store(target + v * LANES, load(target + v * LANES) + sum[v]);
    });
}

}  // namespace
