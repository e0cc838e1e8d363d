// A layer of delayed synapses and leaky integrate-and-fire neurons, forward and backward.
//
// Arrays are [batch][time][neuron]. Weights are [pre][level][width], levels being 0, stride, 2 * stride, ... and width
// the number of neurons rounded up to whole vectors, filled with zeros; recurrent weights, from a layer to itself one
// step later, are [pre][width], or null where there are none. Within a sample, time is split by its remainder
// modulo the stride ("phases"): the current that one spike causes over all levels is then one contiguous run of
// [level][post], and so is the window that a gradient is gathered from.
//
// Samples are dealt to PARTS parts whose sums are added in order: the result does not depend on the number of threads.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <new>
#include <thread>
#include <vector>

// ROWS * 3 sums, 3 factors and a broadcast fill the vector registers: 32 of AVX-512, 16 elsewhere.
#ifdef __AVX512F__
constexpr int LANES = 16, ROWS = 8;
#else
constexpr int LANES = 8, ROWS = 4;
#endif
constexpr int PARTS = 4;
constexpr int TOGETHER = 16;  // samples whose spectra are multiplied together
typedef float vec __attribute__((vector_size(4 * LANES), aligned(4)));

namespace {

// Vectors that begin at a cache line: loads that cross one take twice as long.
template <class T> struct Aligned {
    using value_type = T;
    Aligned() = default;
    template <class U> Aligned(const Aligned<U> &) {}
    T *allocate(size_t n) { return static_cast<T *>(::operator new(n * sizeof(T), std::align_val_t(64))); }
    void deallocate(T *p, size_t) { ::operator delete(p, std::align_val_t(64)); }
    bool operator==(const Aligned &) const { return true; }
    bool operator!=(const Aligned &) const { return false; }
};
using Floats = std::vector<float, Aligned<float>>;

inline vec load(const float *p) { return *reinterpret_cast<const vec *>(p); }
inline void store(float *p, vec v) { *reinterpret_cast<vec *>(p) = v; }
inline int whole(int n) { return (n + LANES - 1) / LANES * LANES; }

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

struct Phases {
    int n_steps, stride, length;  // length: time steps of the longest phase
    Phases(int n_steps, int stride) : n_steps(n_steps), stride(stride), length((n_steps + stride - 1) / stride) {}
    int row(int step) const { return step % stride * length + step / stride; }
};

// out[r][:] = sum_k a[r][k] * b[k][:] for R rows, C vectors wide.
template <int R, int C>
void block(int depth, const float *a, size_t a_row, const float *b, size_t b_row, float *out, size_t out_row) {
    vec sum[R][C];
    for (auto &row : sum)
        for (auto &v : row) v = vec{};
    for (int k = 0; k < depth; ++k) {
        vec w[C];
        for (int c = 0; c < C; ++c) w[c] = load(b + k * b_row + c * LANES);
        for (int r = 0; r < R; ++r) {
            const float x = a[r * a_row + k];
            for (int c = 0; c < C; ++c) sum[r][c] += x * w[c];
        }
    }
    for (int r = 0; r < R; ++r)
        for (int c = 0; c < C; ++c) store(out + r * out_row + c * LANES, sum[r][c]);
}

template <int R>
void rows_of(int rows, int width, int depth, const float *a, size_t a_row, const float *b, size_t b_row, float *out,
             size_t out_row) {
    for (; rows >= R; rows -= R, a += R * a_row, out += R * out_row)
        for (int c = 0; c < width; c += 3 * LANES) {
            const int left = std::min(3, (width - c) / LANES);
            auto run = left == 3 ? block<R, 3> : left == 2 ? block<R, 2> : block<R, 1>;
            run(depth, a, a_row, b + c, b_row, out + c, out_row);
        }
    if constexpr (R > 1) rows_of<R / 2>(rows, width, depth, a, a_row, b, b_row, out, out_row);
}

// out [rows][width] = a [rows][depth] * b [depth][width], each with its distance between rows.
void product(int rows, int width, int depth, const float *a, size_t a_row, const float *b, size_t b_row, float *out,
             size_t out_row) {
    rows_of<ROWS>(rows, width, depth, a, a_row, b, b_row, out, out_row);
}

inline void add(float *__restrict target, const float *__restrict source, int count) {
    for (int i = 0; i < count; i += LANES) store(target + i, load(target + i) + load(source + i));
}

// buffer[row] = sum of weights[neuron] over the events of each step: sums stay in registers for a whole step.
template <int V>
void add_steps(const uint16_t *steps, const uint16_t *neurons, int64_t first, int64_t end, const Phases &p,
               const float *weights, float *buffer) {
    constexpr int width = V * LANES;
    for (int64_t e = first; e < end;) {
        const int step = steps[e];
        vec sum[V] = {};
        for (; e < end && steps[e] == step; ++e)
            for (int v = 0; v < V; ++v) sum[v] += load(weights + size_t(neurons[e]) * width + v * LANES);
        float *target = buffer + size_t(p.row(step)) * width;
        for (int v = 0; v < V; ++v) store(target + v * LANES, sum[v]);
    }
}

// One step of one sample's neurons, backwards: `next` is the gradient by the next step's current on entry, by this
// step's on exit, as is `current`.
inline void back_through_neurons(int n_post, float scale, const float *decay, const float *threshold,
                                 const float *__restrict membrane, const float *__restrict by_spike,
                                 const float *__restrict by_membrane, float *__restrict next, float *__restrict current,
                                 float *__restrict by_decay) {
    for (int j = 0; j < n_post; ++j) {
        const float u = membrane[j], alive = u >= threshold[j] ? 0.0f : next[j];
        const float wide = scale * __builtin_fabsf(u - threshold[j]) + 1.0f;
        const float spike = by_spike[j] - next[j] * u * decay[j];
        by_decay[j] += alive * u;
        current[j] = next[j] = spike / (wide * wide) + by_membrane[j] + alive * decay[j];
    }
}

// grad_spikes[row][pre] = sum_level,post weights * grad_current[row + level][post] within each phase of a sample,
// directly or as a product of spectra, whichever takes fewer multiplications.
struct SpikeGradient {
    Phases p;
    int n_levels, in, out, bins;  // in, out: neurons behind and before the synapses, in whole vectors
    bool spectral;
    Floats weights, forward, inverse;

    SpikeGradient(Phases p, int n_pre, int n_post, int n_levels, const float *by_neuron)
        : p(p), n_levels(std::min(n_levels, p.length)), in(whole(n_post)), out(whole(n_pre)) {
        const int length = p.length, levels = this->n_levels;
        bins = (length + levels) / 2 + 1;
        const double direct = double(in) * out * (length * levels - levels * (levels - 1) / 2);
        spectral = 2.0 * bins * (length * (in + out) + 2.0 * in * out) < direct;
        // Transposed to [level][post][pre].
        Floats turned(size_t(levels) * in * out);
        for (int i = 0; i < n_pre; ++i)
            for (int l = 0; l < levels; ++l)
                for (int j = 0; j < n_post; ++j)
                    turned[(size_t(l) * in + j) * out + i] = by_neuron[(size_t(i) * n_levels + l) * in + j];
        if (!spectral) {
            weights.swap(turned);
            return;
        }
        const int size = 2 * (bins - 1);  // of the cyclic correlation; nothing wraps around
        forward.resize(size_t(2) * bins * length);
        inverse.resize(size_t(length) * 2 * bins);
        Floats turn(size_t(2) * bins * levels);
        for (int k = 0; k < bins; ++k) {
            const double share = (k == 0 || 2 * k == size ? 1.0 : 2.0) / size;
            for (int r = 0; r < std::max(length, levels); ++r) {
                const double angle = 2 * M_PI * ((int64_t(k) * r) % size) / size, c = std::cos(angle), s = std::sin(angle);
                if (r < length) {
                    forward[size_t(2 * k) * length + r] = c;
                    forward[size_t(2 * k + 1) * length + r] = -s;
                    inverse[size_t(r) * 2 * bins + 2 * k] = share * c;
                    inverse[size_t(r) * 2 * bins + 2 * k + 1] = -share * s;
                }
                if (r < levels) {  // conjugate: a correlation
                    turn[size_t(2 * k) * levels + r] = c;
                    turn[size_t(2 * k + 1) * levels + r] = s;
                }
            }
        }
        // Each bin's complex weights as a real matrix [re, im of post][re, im of pre].
        const int area = in * out;
        Floats spectrum(size_t(2) * bins * area);
        product(2 * bins, area, levels, turn.data(), levels, turned.data(), area, spectrum.data(), area);
        weights.resize(size_t(4) * bins * area);
        for (int k = 0; k < bins; ++k)
            for (int j = 0; j < in; ++j) {
                const float *re = spectrum.data() + size_t(2 * k) * area + size_t(j) * out, *im = re + area;
                float *top = weights.data() + size_t(4 * k) * area + size_t(j) * 2 * out, *bottom = top + 2 * area;
                for (int i = 0; i < out; ++i) {
                    top[i] = re[i], top[out + i] = im[i];
                    bottom[i] = -im[i], bottom[out + i] = re[i];
                }
            }
    }

    // `current`: [sample][phase][length + padding][in]; `spikes`: [sample][phase][length][out].
    void run(int samples, int padding, const float *current, float *spikes, Floats &work) const {
        const int length = p.length, signals = samples * p.stride;
        const size_t step = size_t(length + padding) * in;
        if (!spectral) {
            for (int s = 0; s < signals; ++s)
                for (int row = 0; row < length; row += ROWS)
                    product(std::min(ROWS, length - row), out, std::min(n_levels, length - row) * in,
                            current + s * step + size_t(row) * in, in, weights.data(), out,
                            spikes + (size_t(s) * length + row) * out, out);
            return;
        }
        const size_t behind = size_t(2) * bins * in, before = size_t(2) * bins * out;
        work.resize(signals * (behind + before));
        float *x = work.data(), *y = x + signals * behind;
        for (int s = 0; s < signals; ++s)
            product(2 * bins, in, length, forward.data(), length, current + s * step, in, x + s * behind, in);
        for (int k = 0; k < bins; ++k)
            product(signals, 2 * out, 2 * in, x + size_t(2 * k) * in, behind, weights.data() + size_t(4 * k) * in * out,
                    2 * out, y + size_t(2 * k) * out, before);
        for (int s = 0; s < signals; ++s)
            product(length, out, 2 * bins, inverse.data(), 2 * bins, y + s * before, out,
                    spikes + size_t(s) * length * out, out);
    }
};

}  // namespace

extern "C" {

int vector_lanes() { return LANES; }

// u[t] = u[t-1] * decay * (1 - s[t-1]) + current[t], s[t] = u[t] >= threshold. Events come as the spikes begin[b] to
// end[b] of every sample b, in order of their steps; those fired by sample b are listed from b * n_steps * n_post on.
void layer_forward(const int64_t *begin, const int64_t *end, const uint16_t *steps, const uint16_t *neurons,
                   int n_batch, int n_steps, int n_post, int n_levels, int stride, const float *weights,
                   const float *decay, const float *threshold, const float *recurrent, float *membrane, float *spikes,
                   int64_t *fired_begin, int64_t *fired_end, uint16_t *fired_steps, uint16_t *fired_neurons,
                   int n_threads) {
    const Phases p(n_steps, stride);
    const int width = whole(n_post);
    each_part(n_batch, n_threads, [&](int, int first, int last) {
        Floats buffer(size_t(stride) * p.length * width), kept(width);
        for (int b = first; b < last; ++b) {
            std::fill(buffer.begin(), buffer.end(), 0.0f);
            float *sums = buffer.data();
            if (n_levels == 1 && width <= 8 * LANES) {
                decltype(&add_steps<1>) each[] = {add_steps<1>, add_steps<2>, add_steps<3>, add_steps<4>,
                                                  add_steps<5>, add_steps<6>, add_steps<7>, add_steps<8>};
                each[width / LANES - 1](steps, neurons, begin[b], end[b], p, weights, sums);
            } else {
                for (int64_t e = begin[b]; e < end[b]; ++e)
                    add(sums + size_t(p.row(steps[e])) * width, weights + size_t(neurons[e]) * n_levels * width,
                        std::min(n_levels, p.length - steps[e] / stride) * width);
            }
            const size_t base = size_t(b) * n_steps * n_post;
            int64_t count = base;
            std::fill(kept.begin(), kept.end(), 0.0f);
            for (int t = 0; t < n_steps; ++t) {
                const float *__restrict current = sums + size_t(p.row(t)) * width;
                float *__restrict u = membrane + base + size_t(t) * n_post, *__restrict s = spikes + base + size_t(t) * n_post;
                float *__restrict k = kept.data();
                for (int j = 0; j < n_post; ++j) {
                    u[j] = k[j] + current[j];
                    s[j] = u[j] >= threshold[j] ? 1.0f : 0.0f;
                    k[j] = u[j] * decay[j] * (1.0f - s[j]);
                }
                const int64_t before = count;
                for (int j = 0; j < n_post; ++j) {
                    fired_steps[count] = t;
                    fired_neurons[count] = j;
                    count += s[j] != 0.0f;
                }
                if (recurrent && t + 1 < n_steps)
                    for (int64_t e = before; e < count; ++e)
                        add(sums + size_t(p.row(t + 1)) * width, recurrent + size_t(fired_neurons[e]) * width, width);
            }
            fired_begin[b] = base;
            fired_end[b] = count;
        }
    });
}

// Back through time, with the fast sigmoid's derivative 1 / (scale * |u - threshold| + 1)^2 in place of the step's.
// A null grad_spikes or grad_membrane counts as zero; a null grad_before is not wanted. The gradients by weights
// [PARTS][pre][level][width], by recurrent weights [PARTS][pre][width] and by decays [PARTS][post] are to be zero at the
// start; the first part takes the sums. The spikes that the layer itself fired are read where it is recurrent.
void layer_backward(const int64_t *begin, const int64_t *end, const uint16_t *steps, const uint16_t *neurons,
                    const int64_t *fired_begin, const int64_t *fired_end, const uint16_t *fired_steps,
                    const uint16_t *fired_neurons, int n_batch, int n_steps, int n_pre, int n_post, int n_levels,
                    int stride, float scale, const float *weights, const float *decay, const float *threshold,
                    const float *recurrent, const float *membrane, const float *grad_spikes, const float *grad_membrane,
                    float *grad_before, float *grad_weights, float *grad_recurrent, float *grad_decay, int n_threads) {
    const Phases p(n_steps, stride);
    const int width = whole(n_post), padding = ROWS;
    const size_t sample = size_t(stride) * (p.length + padding) * width, synapses = size_t(n_pre) * n_levels * width;
    const size_t own_synapses = recurrent ? size_t(n_post) * width : 0;
    std::vector<SpikeGradient> before;
    if (grad_before) before.emplace_back(p, n_pre, n_post, n_levels, weights);
    Floats turned(own_synapses);  // [post][pre]
    for (size_t i = 0; i < own_synapses; ++i)
        if (int(i % width) < n_post) turned[i] = recurrent[i % width * width + i / width];
    const Floats zeros(size_t(n_steps) * n_post);
    each_part(n_batch, n_threads, [&](int part, int first, int last) {
        Floats buffer(TOGETHER * sample), carried(size_t(TOGETHER) * width), fed(carried.size()), back, work;
        if (grad_before) back.resize(size_t(TOGETHER) * stride * p.length * before[0].out);
        float *gradient = grad_weights + part * synapses, *own_gradient = grad_recurrent + part * own_synapses;
        auto place = [&](int i, int t) {
            return buffer.data() + i * sample + (size_t(t % stride) * (p.length + padding) + t / stride) * width;
        };
        for (int b = first; b < last; b += TOGETHER) {
            const int together = std::min(TOGETHER, last - b);
            std::fill(carried.begin(), carried.end(), 0.0f);
            // One step of one sample; `by_spike`: the gradient by its spikes.
            auto step_back = [&](int i, int t, const float *by_spike) {
                const size_t now = (size_t(b + i) * n_steps + t) * n_post;
                back_through_neurons(n_post, scale, decay, threshold, membrane + now, by_spike,
                                     grad_membrane ? grad_membrane + now : zeros.data(), &carried[size_t(i) * width],
                                     place(i, t), grad_decay + size_t(part) * n_post);
            };
            auto by_spike = [&](int i, int t) {
                return grad_spikes ? grad_spikes + (size_t(b + i) * n_steps + t) * n_post : zeros.data();
            };
            for (int t = n_steps - 1; recurrent && t >= 0; --t) {
                product(together, width, n_post, carried.data(), width, turned.data(), width, fed.data(), width);
                for (int i = 0; i < together; ++i) {
                    float *__restrict sum = &fed[size_t(i) * width];
                    const float *__restrict other = by_spike(i, t);
                    for (int j = 0; j < n_post; ++j) sum[j] += other[j];
                    step_back(i, t, sum);
                }
            }
            for (int i = 0; i < together; ++i) {
                for (int t = n_steps - 1; !recurrent && t >= 0; --t) step_back(i, t, by_spike(i, t));
                for (int64_t e = begin[b + i]; e < end[b + i]; ++e)
                    add(gradient + size_t(neurons[e]) * n_levels * width, place(i, steps[e]),
                        std::min(n_levels, p.length - steps[e] / stride) * width);
                if (!recurrent) continue;
                for (int64_t e = fired_begin[b + i]; e < fired_end[b + i] && fired_steps[e] + 1 < n_steps; ++e)
                    add(own_gradient + size_t(fired_neurons[e]) * width, place(i, fired_steps[e] + 1), width);
            }
            if (!grad_before) continue;
            const int out = before[0].out;
            before[0].run(together, padding, buffer.data(), back.data(), work);
            for (int i = 0; i < together; ++i)
                for (int t = 0; t < n_steps; ++t)
                    std::memcpy(grad_before + (size_t(b + i) * n_steps + t) * n_pre,
                                back.data() + (size_t(i) * stride * p.length + p.row(t)) * out, n_pre * sizeof(float));
        }
    });
    for (int part = 1; part < PARTS; ++part) {
        for (size_t i = 0; i < synapses; ++i) grad_weights[i] += grad_weights[part * synapses + i];
        for (size_t i = 0; i < own_synapses; ++i) grad_recurrent[i] += grad_recurrent[part * own_synapses + i];
        for (int j = 0; j < n_post; ++j) grad_decay[j] += grad_decay[part * n_post + j];
    }
}

}  // extern "C"
