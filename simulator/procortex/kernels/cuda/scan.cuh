// Prefix sums and searches of a thread block.
#pragma once

#include <cstdint>

namespace procortex {

// Sum of the values of the threads before this one; `total` is the sum of all. `scratch` holds 33 numbers. All threads call it.
__device__ __forceinline__ uint32_t exclusive_scan(uint32_t value, uint32_t* scratch, uint32_t& total) {
  const uint32_t lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  uint32_t inclusive = value;
#pragma unroll
  for (int step = 1; step < 32; step *= 2) {
    const uint32_t other = __shfl_up_sync(~0u, inclusive, step);
    if (lane >= step) inclusive += other;
  }
  __syncthreads();  // the scratch of the last call is read
  if (lane == 31) scratch[warp] = inclusive;
  __syncthreads();
  if (warp == 0) {
    const uint32_t n_warps = (blockDim.x + 31) / 32;
    uint32_t sum = lane < n_warps ? scratch[lane] : 0;
#pragma unroll
    for (int step = 1; step < 32; step *= 2) {
      const uint32_t other = __shfl_up_sync(~0u, sum, step);
      if (lane >= step) sum += other;
    }
    scratch[lane] = sum;
  }
  __syncthreads();
  total = scratch[(blockDim.x - 1) / 32];
  return inclusive - value + (warp > 0 ? scratch[warp - 1] : 0);
}

// Largest k in 0 ... n - 1 with first[k] <= value; first[0] <= value holds.
template <typename Numbers>
__device__ __forceinline__ uint32_t last_not_above(const Numbers& first, uint32_t n, uint32_t value) {
  uint32_t low = 0;
  for (uint32_t high = n; high - low > 1;) {
    const uint32_t middle = (low + high) / 2;
    if (first[middle] <= value)
      low = middle;
    else
      high = middle;
  }
  return low;
}

}  // namespace procortex
