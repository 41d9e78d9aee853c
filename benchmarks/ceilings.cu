// What the GPU can do at most with each of the simulator's inner loops, nothing else in the way. Every thread takes `per_thread` turns.
#include "synapse.h"

namespace procortex {

__device__ __forceinline__ uint32_t thread_index() { return blockIdx.x * blockDim.x + threadIdx.x; }

// A cheap sequence of places, so that the adds and not the random numbers are measured; its high bits are used.
__device__ __forceinline__ uint32_t first_number() {
  uint32_t x = thread_index() * 2654435769u + 12345u;
  x = (x ^ x >> 16) * 0x85EBCA6Bu;  // neighbours must not go in step: their bank conflicts would not be those of random places
  x = (x ^ x >> 13) * 0xC2B2AE35u;
  return x ^ x >> 16;
}
__device__ __forceinline__ uint32_t next_number(uint32_t x) { return x * 1664525u + 1013904223u; }

extern "C" __global__ void __launch_bounds__(512) copy_memory(uint32_t n, const uint4* __restrict__ from, uint4* __restrict__ to) {
#pragma unroll 4
  for (uint64_t k = thread_index(); k < n; k += static_cast<uint64_t>(gridDim.x) * blockDim.x) to[k] = from[k];
}

extern "C" __global__ void __launch_bounds__(512) add_global(uint32_t per_thread, uint32_t n_sums, uint32_t* sums) {
  uint32_t x = first_number();
#pragma unroll 4
  for (uint32_t k = 0; k < per_thread; ++k) {
    x = next_number(x);
    atomicAdd(&sums[mulhi(x, n_sums)], x);
  }
}

extern "C" __global__ void __launch_bounds__(1024) add_shared(uint32_t per_thread, uint32_t n_sums, uint32_t* out) {
  extern __shared__ uint32_t sums[];
  for (uint32_t k = threadIdx.x; k < n_sums; k += blockDim.x) sums[k] = 0;
  __syncthreads();
  uint32_t x = first_number();
#pragma unroll 4
  for (uint32_t k = 0; k < per_thread; ++k) {
    x = next_number(x);
    atomicAdd(&sums[mulhi(x, n_sums)], x);
  }
  __syncthreads();
  out[thread_index()] = sums[threadIdx.x];
}

// Whole synapses: target, delay and weight from tables in shared memory. A warp regenerates the row of one source neuron.
extern "C" __global__ void __launch_bounds__(512)
    generate_synapses(uint32_t per_thread, uint32_t seed, uint32_t n_target, const uint16_t* delays, const int16_t* weights, uint32_t* out) {
  __shared__ uint16_t delay[LEVELS];
  __shared__ int16_t weight[LEVELS];
  for (uint32_t k = threadIdx.x; k < LEVELS; k += blockDim.x) {
    delay[k] = delays[k];
    weight[k] = weights[k];
  }
  __syncthreads();
  const uint32_t source = thread_index() / 32, lane = thread_index() % 32;
  uint32_t sum = 0;
  for (uint32_t k = 0; k < per_thread; ++k) {
    const Words words = synapse_words(seed, 0, source, 32 * k + lane);
    const Synapse one = make_synapse(words.w0, words.w1, n_target), other = make_synapse(words.w2, words.w3, n_target);
    sum += (one.target ^ delay[one.delay_level]) + weight[one.weight_level];
    sum += (other.target ^ delay[other.delay_level]) + weight[other.weight_level];
  }
  out[thread_index()] = sum;
}

}  // namespace procortex
