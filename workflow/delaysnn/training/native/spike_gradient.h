// The gradient towards the spikes before a layer of delayed synapses: a correlation over time.

#pragma once
#include <cmath>

#include "events.h"

namespace {

// Sums with cosines and sines of 2 pi k row / size, for k from 0 to size / 2, by the symmetries of a quarter circle:
// rows at equal distance from a multiple of size / 4 meet the same values, if with other signs. Even k come first.
struct Spectrum {
    int size, bins, even, quarter;  // even: number of even k; quarter: rows 0 to size / 4
    Floats onto, back;              // [4 groups][k][quarter row], and each group transposed

    explicit Spectrum(int least)
        : size((least + 3) / 4 * 4), bins(size / 2 + 1), even(size / 4 + 1), quarter(size / 4 + 1),
          onto(size_t(2) * bins * quarter), back(onto.size()) {
        for (int sine = 0; sine < 2; ++sine)
            for (int b = 0; b < bins; ++b) {
                const bool odd = b >= even;
                const int first = odd ? even : 0, count = odd ? bins - even : even;
                for (int q = 0; q < quarter; ++q) {
                    const double angle = 2 * M_PI * (int64_t(wave(b)) * q % size) / size;
                    const float value = sine ? std::sin(angle) : std::cos(angle);
                    const size_t group = size_t(sine * bins + first) * quarter;
                    onto[group + size_t(b - first) * quarter + q] = value;
                    back[group + size_t(q) * count + b - first] = value;
                }
            }
    }

    int wave(int bin) const { return bin < even ? 2 * bin : 2 * (bin - even) + 1; }
    bool real(int bin) const { return bin == 0 || 2 * wave(bin) == size; }  // no sine in it
    double work(int columns) const { return 2.0 * bins * quarter * columns; }

    // The rows that a quarter row stands for, one in each quadrant; -1 where it is another's or not among the first n.
    void mirrors(int q, int n, int rows[4]) const {
        const int half = size / 2;
        const bool edge = q == 0 || q == size / 4;
        const int all[] = {q, edge && q ? -1 : half - q, edge && !q ? -1 : half + q, edge ? -1 : size - q};
        for (int quadrant = 0; quadrant < 4; ++quadrant) rows[quadrant] = all[quadrant] < n ? all[quadrant] : -1;
    }

    // out [cosines, sines][bin][width], `out_row` apart, of rows [row][width]; `folded`: 4 * quarter * width.
    void forward(const float *rows, int n_rows, int width, float *out, size_t out_row, float *folded) const {
        const size_t group = size_t(quarter) * width;
        for (int q = 0; q < quarter; ++q) {
            int from[4];
            mirrors(q, n_rows, from);
            for (int c = 0; c < width; c += LANES) {
                auto row = [&](int quadrant) {
                    return from[quadrant] < 0 ? vec{} : load(rows + size_t(from[quadrant]) * width + c);
                };
                const vec a = row(0), b = row(1), d = row(2), e = row(3);
                float *target = folded + size_t(q) * width + c;
                store(target, (a + e) + (b + d));
                store(target + group, (a + e) - (b + d));
                store(target + 2 * group, (a - e) - (b - d));
                store(target + 3 * group, (a - e) + (b - d));
            }
        }
        for (int g = 0; g < 4; ++g) {
            const int first = g / 2 * bins + g % 2 * even, count = g % 2 ? bins - even : even;
            product(count, width, quarter, onto.data() + size_t(first) * quarter, quarter, folded + g * group, width,
                    out + first * out_row, out_row);
        }
    }

    // The first `columns` of every row, which go where `row` says, of what `forward` gave but for the share of each bin.
    template <class Row>
    void inverse(const float *sums, size_t sums_row, int n_rows, int width, int columns, float *folded, Row row) const {
        const size_t group = size_t(quarter) * width;
        for (int g = 0; g < 4; ++g) {
            const int first = g / 2 * bins + g % 2 * even, count = g % 2 ? bins - even : even;
            product(quarter, width, count, back.data() + size_t(first) * quarter, count, sums + first * sums_row,
                    sums_row, folded + g * group, width);
        }
        for (int q = 0; q < quarter; ++q) {
            int to[4];
            mirrors(q, n_rows, to);
            for (int c = 0; c < width; c += LANES) {
                const float *source = folded + size_t(q) * width + c;
                const vec a = load(source), b = load(source + group), d = load(source + 2 * group),
                          e = load(source + 3 * group);
                if (to[0] >= 0) store_part(row(to[0]) + c, (a + b) + (d + e), columns - c);
                if (to[1] >= 0) store_part(row(to[1]) + c, (a - b) - (d - e), columns - c);
                if (to[2] >= 0) store_part(row(to[2]) + c, (a - b) + (d - e), columns - c);
                if (to[3] >= 0) store_part(row(to[3]) + c, (a + b) - (d + e), columns - c);
            }
        }
    }
};

// grad_spikes[row][pre] = sum_level,post weights * grad_current[row + level][post] within each phase of a sample,
// directly or as a product of spectra, whichever takes fewer multiplications.
struct SpikeGradient {
    const Phases &p;
    int n_levels, n_pre, n_post, in, out;  // in, out: neurons behind and before the synapses, in whole vectors
    Spectrum spectrum;                     // long enough that nothing wraps around
    bool spectral;
    Floats weights;                        // [level][in][out], or [bin][three factors][post][out]

    SpikeGradient(const Phases &p, int n_pre, int n_post, int n_levels, const float *by_neuron)
        : p(p), n_levels(std::min(n_levels, p.length)), n_pre(n_pre), n_post(n_post), in(whole(n_post)),
          out(whole(n_pre)), spectrum(p.length + this->n_levels - 1) {
        const int levels = this->n_levels, bins = spectrum.bins;
        const double direct = double(in) * out * (p.length * levels - levels * (levels - 1) / 2);
        spectral = 3.0 * bins * n_post * out + spectrum.work(in + out) < direct;
        const size_t area = size_t(in) * out;
        Floats turned(levels * area);
        for (int l = 0; l < levels; ++l)
            for (int i = 0; i < n_pre; ++i)
                for (int j = 0; j < n_post; ++j)
                    turned[l * area + size_t(j) * out + i] = by_neuron[(size_t(i) * n_levels + l) * in + j];
        if (!spectral) {
            weights.swap(turned);
            return;
        }
        Floats sums(2 * bins * area), folded(4 * spectrum.quarter * area);
        spectrum.forward(turned.data(), levels, area, sums.data(), area, folded.data());
        const size_t used = size_t(n_post) * out;
        weights.resize(3 * bins * used);
        for (int b = 0; b < bins; ++b) {
            const float share = (spectrum.real(b) ? 1.0f : 2.0f) / spectrum.size;
            const float *cosine = sums.data() + b * area, *sine = cosine + bins * area;
            float *own = weights.data() + 3 * b * used;
            for (size_t i = 0; i < used; ++i) {
                own[i] = share * cosine[i];
                own[used + i] = share * sine[i];
                own[2 * used + i] = own[i] - own[used + i];
            }
        }
    }

    // `current`: [sample][phase][length + padding][in]; `spikes`: [sample][time][pre].
    void run(int samples, int padding, const float *current, float *spikes, Floats &work) const {
        const int length = p.length, signals = samples * p.stride, bins = spectrum.bins;
        const size_t step = size_t(length + padding) * in;
        // Where the gradient by the spikes of a signal's row goes, if it is one: phases may end a row early.
        auto target = [&](int signal, int row) {
            const int t = row * p.stride + signal % p.stride;
            return t < p.n_steps ? spikes + (size_t(signal / p.stride) * p.n_steps + t) * n_pre : nullptr;
        };
        if (!spectral) {
            work.resize(size_t(ROWS) * out);
            for (int s = 0; s < signals; ++s)
                for (int row = 0; row < length; row += ROWS) {
                    const int rows = std::min(ROWS, length - row);
                    product(rows, out, std::min(n_levels, length - row) * in, current + s * step + size_t(row) * in, in,
                            weights.data(), out, work.data(), out);
                    for (int r = 0; r < rows; ++r)
                        if (float *to = target(s, row + r)) std::copy_n(work.data() + size_t(r) * out, n_pre, to);
                }
            return;
        }
        // Of (cosines, sines) g of the current and w of the weights come those of the spikes,
        // (g_c w_c + g_s w_s, g_s w_c - g_c w_s), from three products instead of four, by g_c + g_s and w_c - w_s.
        // [factor][bin][signal][neuron]: a product reads and writes one run.
        const size_t behind = size_t(signals) * in, before = size_t(signals) * out, used = size_t(n_post) * out;
        work.resize(3 * bins * (behind + before) + size_t(4) * spectrum.quarter * std::max(in, out));
        float *x = work.data(), *y = x + 3 * bins * behind, *folded = y + 3 * bins * before;
        for (int s = 0; s < signals; ++s)
            spectrum.forward(current + s * step, length, in, x + size_t(s) * in, behind, folded);
        for (int b = 0; b < bins; ++b) {
            float *g = x + b * behind, *found = y + b * before;
            const size_t next_x = bins * behind, next_y = bins * before;
            const float *w = weights.data() + 3 * b * used;
            product(signals, out, n_post, g, in, w, out, found, out);
            if (spectrum.real(b)) {
                std::fill_n(found + next_y, before, 0.0f);
                continue;
            }
            for (size_t i = 0; i < behind; i += LANES) store(g + 2 * next_x + i, load(g + i) + load(g + next_x + i));
            product(signals, out, n_post, g + next_x, in, w + used, out, found + next_y, out);
            product(signals, out, n_post, g + 2 * next_x, in, w + 2 * used, out, found + 2 * next_y, out);
            for (size_t i = 0; i < before; i += LANES) {
                const vec first = load(found + i), second = load(found + next_y + i);
                store(found + i, first + second);
                store(found + next_y + i, load(found + 2 * next_y + i) - first + second);
            }
        }
        for (int s = 0; s < signals; ++s) {
            const int rows = (p.n_steps - s % p.stride + p.stride - 1) / p.stride;
            spectrum.inverse(y + size_t(s) * out, before, rows, out, n_pre, folded,
                             [&](int row) { return target(s, row); });
        }
    }
};

}  // namespace
