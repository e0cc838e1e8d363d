// Vectors of floats as wide as the processor's, and the product of matrices made of them.

#pragma once
#include <algorithm>
#include <cstdint>
#include <new>
#include <vector>
#ifdef __AVX__
#include <immintrin.h>
#endif

// ROWS * 3 sums, 3 factors and a broadcast fill the vector registers: 32 of AVX-512, 16 elsewhere.
#ifdef __AVX512F__
constexpr int LANES = 16, ROWS = 8;
#else
constexpr int LANES = 8, ROWS = 4;
#endif
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
// Only the first `count` lanes, where the vector has more; the others are read as zero and not written.
inline vec load_part(const float *p, int count) {
    if (count >= LANES) return load(p);
#ifdef __AVX512F__
    return reinterpret_cast<vec>(_mm512_maskz_loadu_ps((1u << count) - 1, p));
#else
    vec v{};
    for (int lane = 0; lane < count; ++lane) v[lane] = p[lane];
    return v;
#endif
}
inline void store_part(float *p, vec v, int count) {
    if (count >= LANES) return store(p, v);
#ifdef __AVX512F__
    _mm512_mask_storeu_ps(p, (1u << count) - 1, reinterpret_cast<__m512>(v));
#else
    for (int lane = 0; lane < count; ++lane) p[lane] = v[lane];
#endif
}
inline int whole(int n) { return (n + LANES - 1) / LANES * LANES; }

// One bit a lane: is a >= b?
inline uint32_t at_least(vec a, vec b) {
#ifdef __AVX512F__
    return _mm512_cmp_ps_mask(reinterpret_cast<__m512>(a), reinterpret_cast<__m512>(b), _CMP_GE_OQ);
#elif defined(__AVX__)
    return _mm256_movemask_ps(reinterpret_cast<__m256>(a >= b));
#else
    uint32_t bits = 0;
    for (int lane = 0; lane < LANES; ++lane) bits |= uint32_t(a[lane] >= b[lane]) << lane;
    return bits;
#endif
}

inline void add(float *__restrict target, const float *__restrict source, int count) {
    for (int i = 0; i < count; i += LANES) store(target + i, load(target + i) + load(source + i));
}

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

}  // namespace
