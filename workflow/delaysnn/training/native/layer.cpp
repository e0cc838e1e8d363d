// A layer of delayed synapses and neurons, forward and backward. Each kind of neuron (neurons.h) has a number, by which
// it is called from outside: 0 is Leaky, 1 Adaptive, 2 CurrentBased.
//
// Arrays are [batch][time][neuron]. Weights are [pre][level][width], levels being 0, stride, 2 * stride, ... and width
// the number of neurons rounded up to whole vectors, filled with zeros; recurrent weights, from a layer to itself one
// step later, are [pre][width], or null where there are none; so are biases [post], which arrive at every step, and
// resets [post], of neurons that are not reset to zero. Within a sample, time is split by its remainder
// modulo the stride ("phases"): the current that one spike causes over all levels is then one contiguous run of
// [level][post], and so is the window that a gradient is gathered from.
//
// Samples are dealt to PARTS parts whose sums are added in order: the result does not depend on the number of threads.

#include <thread>

#include "neurons.h"
#include "spike_gradient.h"

constexpr int PARTS = 4;
constexpr int TOGETHER = 16;  // samples whose spectra are multiplied together

namespace {

// Call run(part, first sample, end) for every part on as many threads as there are.
template <class Run> void each_part(int n_batch, int n_threads, Run run) {
    auto some = [&](int thread, int threads) {
        for (int part = thread; part < PARTS; part += threads)
            run(part, int(int64_t(n_batch) * part / PARTS), int(int64_t(n_batch) * (part + 1) / PARTS));
    };
    n_threads = std::max(1, std::min(n_threads, PARTS));
    std::vector<std::thread> threads;
    for (int thread = 1; thread < n_threads; ++thread) threads.emplace_back(some, thread, n_threads);
    some(0, n_threads);
    for (auto &thread : threads) thread.join();
}

template <class Neurons>
void forward(const int64_t *begin, const int64_t *end, const uint16_t *steps, const uint16_t *neurons, int n_batch,
             int n_steps, int n_pre, int n_post, int n_levels, int stride, const float *weights, const float *values,
             const float *threshold, const float *recurrent, const float *bias, const float *reset, float *membrane,
             float *began, float *spikes, int64_t *fired_begin, int64_t *fired_end, uint16_t *fired_steps,
             uint16_t *fired_neurons, int n_threads) {
    const Phases p(n_steps, n_levels, stride, 0);
    const Neurons layer(n_post, values, threshold, reset);
    const Floats steady = filled(bias, n_post);
    const int width = layer.width;
    each_part(n_batch, n_threads, [&](int, int first, int last) {
        Floats buffer(size_t(p.stride) * p.length * width), kept(Neurons::PLANES * width);
        ByNeuron spikes_before(n_pre, n_steps);
        for (int b = first; b < last; ++b) {
            std::fill(buffer.begin(), buffer.end(), 0.0f);
            float *sums = buffer.data();
            if (n_levels == 1 && width <= 8 * LANES) {
                decltype(&add_steps<1>) each[] = {add_steps<1>, add_steps<2>, add_steps<3>, add_steps<4>,
                                                  add_steps<5>, add_steps<6>, add_steps<7>, add_steps<8>};
                each[width / LANES - 1](steps, neurons, begin[b], end[b], weights, sums);
            } else {
                spikes_before.each(steps, neurons, begin[b], end[b], [&](int neuron, auto each_step) {
                    const float *own = weights + size_t(neuron) * n_levels * width;
                    each_step([&](int t) { add(sums + size_t(p.row[t]) * width, own, p.reach[t] * width); });
                });
            }
            const size_t base = size_t(b) * n_steps * n_post;
            int64_t count = base;
            std::fill(kept.begin(), kept.end(), 0.0f);
            for (int t = 0; t < n_steps; ++t) {
                const int64_t before = count;
                const size_t at = base + size_t(t) * n_post;
                float *state = began ? began + at : nullptr;
                auto fired = [&](int neuron) {
                    fired_steps[count] = t;
                    fired_neurons[count++] = neuron;
                };
                float *current = sums + size_t(p.row[t]) * width;
                if (bias) add(current, steady.data(), width);
                layer.step(current, kept.data(), membrane + at, state, spikes + at, fired);
                if (recurrent && t + 1 < n_steps)
                    for (int64_t e = before; e < count; ++e)
                        add(sums + size_t(p.row[t + 1]) * width, recurrent + size_t(fired_neurons[e]) * width, width);
            }
            fired_begin[b] = base;
            fired_end[b] = count;
        }
    });
}

template <class Neurons>
void backward(const int64_t *begin, const int64_t *end, const uint16_t *steps, const uint16_t *neurons,
              const int64_t *fired_begin, const int64_t *fired_end, const uint16_t *fired_steps,
              const uint16_t *fired_neurons, int n_batch, int n_steps, int n_pre, int n_post, int n_levels, int stride,
              float scale, const float *weights, const float *values, const float *threshold, const float *recurrent,
              const float *reset, const float *membrane, const float *began, const float *grad_spikes,
              const float *grad_membrane, float *grad_before, float *grad_weights, float *grad_recurrent,
              float *grad_values, float *grad_bias, int n_threads) {
    constexpr int VALUES = Neurons::VALUES;
    const Neurons layer(n_post, values, threshold, reset);
    const int width = layer.width, padding = ROWS;
    const Phases p(n_steps, n_levels, stride, padding);
    const size_t sample = size_t(p.stride) * (p.length + padding) * width, synapses = size_t(n_pre) * n_levels * width;
    const size_t own_synapses = recurrent ? size_t(n_post) * width : 0;
    std::vector<SpikeGradient> before;
    if (grad_before) before.emplace_back(p, n_pre, n_post, n_levels, weights);
    Floats turned(own_synapses);  // [post][pre]
    for (size_t i = 0; i < own_synapses; ++i)
        if (int(i % width) < n_post) turned[i] = recurrent[i % width * width + i / width];
    each_part(n_batch, n_threads, [&](int part, int first, int last) {
        const size_t plane = size_t(TOGETHER) * width;
        Floats buffer(TOGETHER * sample), carried(Neurons::PLANES * plane), fed(plane), by_value(VALUES * width), work;
        Floats by_bias(width);
        ByNeuron spikes_before(n_pre, n_steps);
        float *gradient = grad_weights + part * synapses, *own_gradient = grad_recurrent + part * own_synapses;
        auto place = [&](int i, int t) { return buffer.data() + i * sample + size_t(p.row[t]) * width; };
        for (int b = first; b < last; b += TOGETHER) {
            const int together = std::min(TOGETHER, last - b);
            std::fill(carried.begin(), carried.end(), 0.0f);
            auto at = [&](const float *gradient, int i, int t) {
                return gradient ? gradient + (size_t(b + i) * n_steps + t) * n_post : nullptr;
            };
            auto step_back = [&](int i, int t, const float *by_spike) {
                layer.back(scale, at(membrane, i, t), at(began, i, t), by_spike, at(grad_membrane, i, t),
                           &carried[size_t(i) * width], plane, place(i, t), by_value.data());
            };
            for (int t = n_steps - 1; recurrent && t >= 0; --t) {
                product(together, width, n_post, carried.data(), width, turned.data(), width, fed.data(), width);
                for (int i = 0; i < together; ++i) {
                    float *sum = &fed[size_t(i) * width];
                    const float *other = at(grad_spikes, i, t);
                    for (int j = 0; other && j < n_post; ++j) sum[j] += other[j];
                    step_back(i, t, sum);
                }
            }
            for (int i = 0; i < together; ++i) {
                for (int t = n_steps - 1; !recurrent && t >= 0; --t) step_back(i, t, at(grad_spikes, i, t));
                if (n_levels == 1 && width <= 8 * LANES) {
                    decltype(&gather<1>) each[] = {gather<1>, gather<2>, gather<3>, gather<4>,
                                                   gather<5>, gather<6>, gather<7>, gather<8>};
                    each[width / LANES - 1](spikes_before, steps, neurons, begin[b + i], end[b + i], place(i, 0),
                                            gradient);
                } else {
                    spikes_before.each(steps, neurons, begin[b + i], end[b + i], [&](int neuron, auto each_step) {
                        float *own = gradient + size_t(neuron) * n_levels * width;
                        each_step([&](int t) { add(own, place(i, t), p.reach[t] * width); });
                    });
                }
                for (int t = 0; grad_bias && t < n_steps; ++t) add(by_bias.data(), place(i, t), width);
                if (!recurrent) continue;
                for (int64_t e = fired_begin[b + i]; e < fired_end[b + i] && fired_steps[e] + 1 < n_steps; ++e)
                    add(own_gradient + size_t(fired_neurons[e]) * width, place(i, fired_steps[e] + 1), width);
            }
            if (grad_before)
                before[0].run(together, padding, buffer.data(), grad_before + size_t(b) * n_steps * n_pre, work);
        }
        for (int k = 0; k < VALUES; ++k)
            std::copy_n(&by_value[size_t(k) * width], n_post, grad_values + (size_t(part) * VALUES + k) * n_post);
        if (grad_bias) std::copy_n(by_bias.data(), n_post, grad_bias + size_t(part) * n_post);
    });
    for (int part = 1; part < PARTS; ++part) {
        for (size_t i = 0; i < synapses; ++i) grad_weights[i] += grad_weights[part * synapses + i];
        for (size_t i = 0; i < own_synapses; ++i) grad_recurrent[i] += grad_recurrent[part * own_synapses + i];
        for (int j = 0; j < VALUES * n_post; ++j) grad_values[j] += grad_values[part * VALUES * n_post + j];
        for (int j = 0; grad_bias && j < n_post; ++j) grad_bias[j] += grad_bias[part * n_post + j];
    }
}

}  // namespace

extern "C" {

int vector_lanes() { return LANES; }

// Events come as the spikes begin[b] to end[b] of every sample b, in order of their steps; those fired by sample b are
// listed from b * n_steps * n_post on. `began` is null for neurons of one plane.
void layer_forward(int kind, const int64_t *begin, const int64_t *end, const uint16_t *steps, const uint16_t *neurons,
                   int n_batch, int n_steps, int n_pre, int n_post, int n_levels, int stride, const float *weights,
                   const float *values, const float *threshold, const float *recurrent, const float *bias,
                   const float *reset, float *membrane, float *began, float *spikes, int64_t *fired_begin,
                   int64_t *fired_end, uint16_t *fired_steps, uint16_t *fired_neurons, int n_threads) {
    decltype(&forward<Leaky<ToZero>>) each[][2] = {
        {forward<Leaky<ToZero>>, forward<Leaky<BySubtraction>>},
        {forward<Adaptive<ToZero>>, forward<Adaptive<BySubtraction>>},
        {forward<CurrentBased<ToZero>>, forward<CurrentBased<BySubtraction>>},
    };
    each[kind][reset != nullptr](begin, end, steps, neurons, n_batch, n_steps, n_pre, n_post, n_levels, stride, weights,
                                 values, threshold, recurrent, bias, reset, membrane, began, spikes, fired_begin,
                                 fired_end, fired_steps, fired_neurons, n_threads);
}

// Back through time, with the fast sigmoid's derivative 1 / (scale * |u - threshold| + 1)^2 in place of the step's.
// A null grad_spikes or grad_membrane counts as zero; a null grad_before or grad_bias is not wanted. The gradients by
// weights [PARTS][pre][level][width], by recurrent weights [PARTS][pre][width], by values [PARTS][VALUES][post] and by
// biases [PARTS][post] are to be zero at the start; the first part takes the sums. The spikes that the layer itself fired
// are read where it is recurrent.
void layer_backward(int kind, const int64_t *begin, const int64_t *end, const uint16_t *steps, const uint16_t *neurons,
                    const int64_t *fired_begin, const int64_t *fired_end, const uint16_t *fired_steps,
                    const uint16_t *fired_neurons, int n_batch, int n_steps, int n_pre, int n_post, int n_levels,
                    int stride, float scale, const float *weights, const float *values, const float *threshold,
                    const float *recurrent, const float *reset, const float *membrane, const float *began,
                    const float *grad_spikes, const float *grad_membrane, float *grad_before, float *grad_weights,
                    float *grad_recurrent, float *grad_values, float *grad_bias, int n_threads) {
    decltype(&backward<Leaky<ToZero>>) each[][2] = {
        {backward<Leaky<ToZero>>, backward<Leaky<BySubtraction>>},
        {backward<Adaptive<ToZero>>, backward<Adaptive<BySubtraction>>},
        {backward<CurrentBased<ToZero>>, backward<CurrentBased<BySubtraction>>},
    };
    each[kind][reset != nullptr](begin, end, steps, neurons, fired_begin, fired_end, fired_steps, fired_neurons, n_batch,
                                 n_steps, n_pre, n_post, n_levels, stride, scale, weights, values, threshold, recurrent,
                                 reset, membrane, began, grad_spikes, grad_membrane, grad_before, grad_weights,
                                 grad_recurrent, grad_values, grad_bias, n_threads);
}

}  // extern "C"
