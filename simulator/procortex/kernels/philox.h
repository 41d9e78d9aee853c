// Philox4x32-10, the counter-based random number generator of Salmon et al. 2011 (SC11, doi 10.1145/2063384.2063405), and the streams drawn from it.
// The same source compiles for hosts and devices; it is the only source of randomness of every backend.
#pragma once

#include <cstdint>

#ifdef __CUDACC__
#define PROCORTEX_FUNCTION __host__ __device__ __forceinline__
#else
#define PROCORTEX_FUNCTION inline __attribute__((always_inline))
#endif

namespace procortex {

struct Words {
  uint32_t w0, w1, w2, w3;
};

// Second half of the key. Each stream is an independent family of draws; their counters are described where they are drawn.
enum Stream : uint32_t { STREAM_ROW_LENGTHS = 0, STREAM_SYNAPSES = 1, STREAM_POISSON = 2, STREAM_V0 = 3 };

PROCORTEX_FUNCTION uint32_t mulhi(uint32_t a, uint32_t b) { return static_cast<uint32_t>((static_cast<uint64_t>(a) * b) >> 32); }

PROCORTEX_FUNCTION Words philox(uint32_t c0, uint32_t c1, uint32_t c2, uint32_t c3, uint32_t k0, uint32_t k1) {
  constexpr uint32_t M0 = 0xD2511F53u, M1 = 0xCD9E8D57u, W0 = 0x9E3779B9u, W1 = 0xBB67AE85u;
#ifdef __CUDACC__
#pragma unroll
#else
#pragma GCC unroll 10
#endif
  for (int round = 0; round < 10; ++round) {
    const uint64_t product0 = static_cast<uint64_t>(M0) * c0;
    const uint64_t product1 = static_cast<uint64_t>(M1) * c2;
    c0 = static_cast<uint32_t>(product1 >> 32) ^ c1 ^ k0;
    c2 = static_cast<uint32_t>(product0 >> 32) ^ c3 ^ k1;
    c1 = static_cast<uint32_t>(product1);
    c3 = static_cast<uint32_t>(product0);
    k0 += W0;
    k1 += W1;
  }
  return {c0, c1, c2, c3};
}

}  // namespace procortex
