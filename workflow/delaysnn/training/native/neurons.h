// Leaky integrate-and-fire neurons.

#pragma once
#include <cmath>

#include "vectors.h"

namespace {

// u[t] = u[t-1] * decay * (1 - s[t-1]) + current[t], s[t] = u[t] >= threshold. A layer is filled up to whole vectors by
// neurons that never fire.
struct Neurons {
    int count, width;
    Floats decay, threshold;

    Neurons(int n, const float *decays, const float *thresholds)
        : count(n), width(whole(n)), decay(width), threshold(width, INFINITY) {
        std::copy(decays, decays + n, decay.begin());
        std::copy(thresholds, thresholds + n, threshold.begin());
    }

    // One step of one sample: `kept` is the membrane potential that the step before left, and then the one it leaves.
    // Calls fired(neuron) for each spike.
    template <class Fired>
    void step(const float *current, float *kept, float *membrane, float *spikes, Fired fired) const {
        const vec zero{}, one = zero + 1.0f;
        for (int j = 0; j < width; j += LANES) {
            const vec u = load(kept + j) + load(current + j), high = load(&threshold[j]);
            const auto fires = u >= high;
            store_part(membrane + j, u, count - j);
            store_part(spikes + j, fires ? one : zero, count - j);
            store(kept + j, fires ? zero : u * load(&decay[j]));
            for (uint32_t left = at_least(u, high); left; left &= left - 1) fired(j + __builtin_ctz(left));
        }
    }

    // The same backwards: `next` is the gradient by the next step's current on entry, by this step's on
    // exit, as is `current`. Null gradients count as zero.
    void back(float scale, const float *membrane, const float *by_spike, const float *by_membrane, float *next,
              float *current, float *by_decay) const {
        const vec zero{}, one = zero + 1.0f;
        for (int j = 0; j < width; j += LANES) {
            const int left = count - j;
            auto given = [&](const float *p) { return p ? load_part(p + j, left) : zero; };
            const vec u = load_part(membrane + j, left), high = load(&threshold[j]), factor = load(&decay[j]);
            const vec later = load(next + j), kept = u >= high ? zero : later, distance = u - high;
            const vec wide = scale * (distance < zero ? -distance : distance) + one;
            const vec now = (given(by_spike) - later * u * factor) / (wide * wide) + given(by_membrane) + kept * factor;
            store(by_decay + j, load(by_decay + j) + kept * u);
            store(next + j, now);
            store(current + j, now);
        }
    }
};

}  // namespace
