// What a spike leaves of its neuron's potential for the next step, forwards and backwards.

#pragma once
#include "vectors.h"

namespace {

// The values of n neurons, filled up with zeros to whole vectors; nothing of a null pointer.
Floats filled(const float *values, int n) {
    Floats found(values ? whole(n) : 0);
    if (values) std::copy_n(values, n, found.begin());
    return found;
}

// Nothing.
struct ToZero {
    ToZero(const float *, int) {}

    // What the next step begins with, of a potential that has decayed.
    template <class Fires> vec left(int, vec decayed, Fires fires) const { return fires ? vec{} : decayed; }

    // The part of the gradient by what the next step begins with that goes on to the potential, before its decay.
    template <class Fires> vec kept(vec later, Fires fires) const { return fires ? vec{} : later; }

    // What that gradient takes from the gradient by the spike.
    vec taken(int, vec later, vec u, vec decay) const { return later * u * decay; }
};

// All but the reset, which the next step lacks.
struct BySubtraction {
    Floats reset;

    BySubtraction(const float *given, int n) : reset(filled(given, n)) {}

    template <class Fires> vec left(int j, vec decayed, Fires fires) const {
        return decayed - (fires ? load(&reset[j]) : vec{});
    }

    template <class Fires> vec kept(vec later, Fires) const { return later; }

    vec taken(int j, vec later, vec, vec) const { return later * load(&reset[j]); }
};

}  // namespace
