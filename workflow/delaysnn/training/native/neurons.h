// Leaky integrate-and-fire neurons, plain, adaptive and current-based, with the same interface.
//
// A layer is filled up to whole vectors by neurons that never fire. VALUES is how many numbers a neuron has beside its
// threshold, PLANES how many a step leaves for another, forwards and backwards. The equations are those of a reset to
// zero (resets.h).

#pragma once
#include <cmath>

#include "resets.h"

namespace {

// u[t] = u[t-1] * decay * (1 - s[t-1]) + current[t], s[t] = u[t] >= threshold.
template <class Reset> struct Leaky {
    static constexpr int VALUES = 1, PLANES = 1;
    int count, width;
    Floats decay, threshold;
    Reset reset;

    Leaky(int n, const float *decays, const float *thresholds, const float *resets)
        : count(n), width(whole(n)), decay(width), threshold(width, INFINITY), reset(resets, n) {
        std::copy(decays, decays + n, decay.begin());
        std::copy(thresholds, thresholds + n, threshold.begin());
    }

    // One step of one sample: `kept` is the membrane potential that the step before left, and then the one it leaves.
    // Calls fired(neuron) for each spike. `began` takes what else the way back needs, here nothing.
    template <class Fired>
    void step(const float *current, float *kept, float *membrane, float *, float *spikes, Fired fired) const {
        const vec zero{}, one = zero + 1.0f;
        for (int j = 0; j < width; j += LANES) {
            const vec u = load(kept + j) + load(current + j), high = load(&threshold[j]);
            const auto fires = u >= high;
            store_part(membrane + j, u, count - j);
            store_part(spikes + j, fires ? one : zero, count - j);
            store(kept + j, reset.left(j, u * load(&decay[j]), fires));
            for (uint32_t left = at_least(u, high); left; left &= left - 1) fired(j + __builtin_ctz(left));
        }
    }

    // The same backwards: `next` is the gradient by the next step's current on entry, by this step's on
    // exit, as is `current`. Null gradients count as zero.
    void back(float scale, const float *membrane, const float *, const float *by_spike, const float *by_membrane,
              float *next, size_t, float *current, float *by_decay) const {
        const vec zero{}, one = zero + 1.0f;
        for (int j = 0; j < width; j += LANES) {
            const int left = count - j;
            auto given = [&](const float *p) { return p ? load_part(p + j, left) : zero; };
            const vec u = load_part(membrane + j, left), high = load(&threshold[j]), factor = load(&decay[j]);
            const vec later = load(next + j), kept = reset.kept(later, u >= high), distance = u - high;
            const vec wide = scale * (distance < zero ? -distance : distance) + one;
            const vec by_fire = given(by_spike) - reset.taken(j, later, u, factor);
            const vec now = by_fire / (wide * wide) + given(by_membrane) + kept * factor;
            store(by_decay + j, load(by_decay + j) + kept * u);
            store(next + j, now);
            store(current + j, now);
        }
    }
};

// u[t] = u[t-1] * a * (1 - s[t-1]) + current[t] - w[t-1], s[t] = u[t] >= threshold, w[t] = b * w[t-1] + c * u[t] +
// d * s[t]; a, b, c, d are its values, in this order.
template <class Reset> struct Adaptive {
    static constexpr int VALUES = 4, PLANES = 2;
    int count, width;
    Floats values, threshold;
    Reset reset;

    Adaptive(int n, const float *given, const float *thresholds, const float *resets)
        : count(n), width(whole(n)), values(VALUES * width), threshold(width, INFINITY), reset(resets, n) {
        for (int k = 0; k < VALUES; ++k) std::copy_n(given + size_t(k) * n, n, &values[size_t(k) * width]);
        std::copy(thresholds, thresholds + n, threshold.begin());
    }

    const float *value(int k, int j) const { return &values[size_t(k) * width + j]; }

    // As of Leaky; `kept` are [PLANES][width], the second w. `began` takes the w that the step began with.
    template <class Fired>
    void step(const float *current, float *kept, float *membrane, float *began, float *spikes, Fired fired) const {
        const vec zero{}, one = zero + 1.0f;
        for (int j = 0; j < width; j += LANES) {
            const vec w = load(kept + width + j), u = load(kept + j) + load(current + j) - w, high = load(&threshold[j]);
            const auto fires = u >= high;
            store_part(membrane + j, u, count - j);
            store_part(began + j, w, count - j);
            store_part(spikes + j, fires ? one : zero, count - j);
            store(kept + j, reset.left(j, u * load(value(0, j)), fires));
            store(kept + width + j, load(value(1, j)) * w + load(value(2, j)) * u + (fires ? load(value(3, j)) : zero));
            for (uint32_t left = at_least(u, high); left; left &= left - 1) fired(j + __builtin_ctz(left));
        }
    }

    // As of Leaky; `plane` behind `next` lies the gradient by w, of the step after on entry, of this step on exit.
    // by_value is [VALUES][width].
    void back(float scale, const float *membrane, const float *began, const float *by_spike, const float *by_membrane,
              float *next, size_t plane, float *current, float *by_value) const {
        const vec zero{}, one = zero + 1.0f;
        for (int j = 0; j < width; j += LANES) {
            const int left = count - j;
            auto given = [&](const float *p) { return p ? load_part(p + j, left) : zero; };
            auto sum = [&](int k, vec more) {
                float *at = by_value + size_t(k) * width + j;
                store(at, load(at) + more);
            };
            const vec u = load_part(membrane + j, left), w = load_part(began + j, left), high = load(&threshold[j]);
            const vec a = load(value(0, j)), b = load(value(1, j)), c = load(value(2, j)), d = load(value(3, j));
            const vec later = load(next + j), kept = reset.kept(later, u >= high), distance = u - high;
            const vec by_w = b * load(next + plane + j) - later;
            const vec wide = scale * (distance < zero ? -distance : distance) + one;
            const vec by_fire = given(by_spike) + d * by_w - reset.taken(j, later, u, a);
            const vec now = by_fire / (wide * wide) + given(by_membrane) + kept * a + c * by_w;
            sum(0, kept * u);
            sum(1, by_w * w);
            sum(2, by_w * u);
            sum(3, u >= high ? by_w : zero);
            store(next + j, now);
            store(next + plane + j, by_w);
            store(current + j, now);
        }
    }
};

// i[t] = g * i[t-1] + current[t], u[t] = u[t-1] * a * (1 - s[t-1]) + i[t], s[t] = u[t] >= threshold; a, g are its values,
// in this order.
template <class Reset> struct CurrentBased {
    static constexpr int VALUES = 2, PLANES = 2;
    int count, width;
    Floats decay, lasting, threshold;
    Reset reset;

    CurrentBased(int n, const float *given, const float *thresholds, const float *resets)
        : count(n), width(whole(n)), decay(width), lasting(width), threshold(width, INFINITY), reset(resets, n) {
        std::copy_n(given, n, decay.begin());
        std::copy_n(given + n, n, lasting.begin());
        std::copy(thresholds, thresholds + n, threshold.begin());
    }

    // As of Leaky; `kept` are [PLANES][width], the second i. `began` takes the i that the step began with.
    template <class Fired>
    void step(const float *current, float *kept, float *membrane, float *began, float *spikes, Fired fired) const {
        const vec zero{}, one = zero + 1.0f;
        for (int j = 0; j < width; j += LANES) {
            const vec before = load(kept + width + j), i = load(&lasting[j]) * before + load(current + j);
            const vec u = load(kept + j) + i, high = load(&threshold[j]);
            const auto fires = u >= high;
            store_part(membrane + j, u, count - j);
            store_part(began + j, before, count - j);
            store_part(spikes + j, fires ? one : zero, count - j);
            store(kept + j, reset.left(j, u * load(&decay[j]), fires));
            store(kept + width + j, i);
            for (uint32_t left = at_least(u, high); left; left &= left - 1) fired(j + __builtin_ctz(left));
        }
    }

    // As of Leaky; `next` is the gradient by the current, which is that by i, and `plane` behind it lies the gradient by
    // u, of the step after on entry, of this step on exit. by_value is [VALUES][width].
    void back(float scale, const float *membrane, const float *began, const float *by_spike, const float *by_membrane,
              float *next, size_t plane, float *current, float *by_value) const {
        const vec zero{}, one = zero + 1.0f;
        for (int j = 0; j < width; j += LANES) {
            const int left = count - j;
            auto given = [&](const float *p) { return p ? load_part(p + j, left) : zero; };
            const vec u = load_part(membrane + j, left), before = load_part(began + j, left), a = load(&decay[j]);
            const vec later = load(next + plane + j), high = load(&threshold[j]), distance = u - high;
            const vec kept = reset.kept(later, u >= high);
            const vec wide = scale * (distance < zero ? -distance : distance) + one;
            const vec by_u = (given(by_spike) - reset.taken(j, later, u, a)) / (wide * wide) + given(by_membrane) + kept * a;
            const vec by_i = by_u + load(&lasting[j]) * load(next + j);
            store(by_value + j, load(by_value + j) + kept * u);
            store(by_value + width + j, load(by_value + width + j) + by_i * before);
            store(next + j, by_i);
            store(next + plane + j, by_u);
            store(current + j, by_i);
        }
    }
};

}  // namespace
