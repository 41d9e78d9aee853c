// Spikes to lists of work: which rows go to which area, and where in the list each begins.
#pragma once

#include "network.cuh"
#include "scan.cuh"
#include "spill.cuh"

namespace procortex {

// One warp: reserve places for the rows of 32 projections, which lie in the lists `list`; lanes of the same list are neighbours.
// Gives each lane its index in the list and the number of pairs before it.
__device__ __forceinline__ void reserve_rows(uint32_t list, uint32_t pairs, uint32_t& index, uint64_t& start) {
  const uint32_t lane = threadIdx.x % 32;
  const uint32_t peers = __match_any_sync(~0u, pairs ? list : UINT32_MAX);
  const unsigned long long mine = pairs ? 1ull << PAIR_BITS | pairs : 0;
  unsigned long long inclusive = mine;
#pragma unroll
  for (int step = 1; step < 32; step *= 2) {
    const unsigned long long other = __shfl_up_sync(~0u, inclusive, step);
    if (lane >= step) inclusive += other;
  }
  const int leader = __ffs(peers) - 1, last = 31 - __clz(peers);
  const unsigned long long before_leader = __shfl_sync(~0u, inclusive - mine, leader);
  const unsigned long long through_last = __shfl_sync(~0u, inclusive, last);
  unsigned long long base = 0;
  if (pairs && lane == leader) base = atomicAdd(&net.list_size[list], through_last - before_leader);
  base = __shfl_sync(~0u, base, leader) + inclusive - mine - before_leader;
  index = static_cast<uint32_t>(base >> PAIR_BITS);
  start = base & ((1ull << PAIR_BITS) - 1);
}

// Grid: any; a warp takes 32 projections of a spike. Shared memory: n_owners + n_populations numbers.
// Writes the lists and the recorded spikes, which come in ascending order of the neurons. A row that finds no place in its list is
// delivered at once, into the ring. The order of rows in a list depends on timing; what is delivered does not.
extern "C" __global__ void __launch_bounds__(512) plan_delivery(uint32_t step, uint32_t step_of_piece) {
  extern __shared__ uint32_t before[];
  __shared__ uint32_t scratch[33];
  uint32_t* first_neuron = before + net.n_owners;
  for (uint32_t k = threadIdx.x; k < net.n_populations; k += blockDim.x) first_neuron[k] = net.populations[k].first_neuron;
  uint32_t total = 0;
  for (uint32_t base = 0; base < net.n_owners; base += blockDim.x) {
    const uint32_t count = base + threadIdx.x < net.n_owners ? net.spike_count[base + threadIdx.x] : 0;
    uint32_t sum;
    const uint32_t place = total + exclusive_scan(count, scratch, sum);
    if (base + threadIdx.x < net.n_owners) before[base + threadIdx.x] = place;
    total += sum;
  }
  __syncthreads();
  const uint32_t cursor = net.cursor[step % 2];
  if (blockIdx.x == 0 && threadIdx.x == 0) {
    net.recorded_count[step_of_piece] = total;
    net.cursor[(step + 1) % 2] = cursor + total;
  }
  const uint32_t lane = threadIdx.x % 32, n_warps = gridDim.x * blockDim.x / 32;
  for (uint64_t task = blockIdx.x * blockDim.x / 32 + threadIdx.x / 32; task < static_cast<uint64_t>(total) * net.plan_parts; task += n_warps) {
    const uint32_t k = static_cast<uint32_t>(task / net.plan_parts), part = static_cast<uint32_t>(task % net.plan_parts);
    const uint32_t o = last_not_above(before, net.n_owners, k);
    const uint32_t neuron = net.spikes[net.owners[o].first_neuron + k - before[o]];
    if (part == 0 && lane == 0) net.recorded[cursor + k] = neuron;
    const Population population = net.populations[last_not_above(first_neuron, net.n_populations, neuron)];
    const uint32_t source = neuron - population.first_neuron;
    const RowLength* lengths = net.row_lengths + population.first_row + static_cast<uint64_t>(source) * population.n_outgoing;
    const uint32_t q = 32 * part + lane;
    if (32 * part < population.n_outgoing) {
      const bool there = q < population.n_outgoing;
      const uint32_t length = there ? lengths[q] : 0, pairs = (length + 1) / 2;
      const uint32_t p = population.first_outgoing + q, list = there ? net.list_of[p] : 0;
      uint32_t index;
      uint64_t start;
      reserve_rows(list, pairs, index, start);
      bool rejected = false;
      if (pairs) {
        const List where = net.lists[list];
        rejected = index >= where.row_capacity || start + pairs > where.pair_capacity;
        const uint32_t begin = static_cast<uint32_t>(min(start, uint64_t{UINT32_MAX}));
        if (index < where.row_capacity) net.rows[where.first_row + index] = {source, p, begin, length};
        if (rejected) {  // so are all that come after it: the list ends here
          atomicMin(&net.list_limit[list], begin);
        } else {
          // the row that holds a chunk's first pair
          const uint32_t chunk = (begin + PAIRS_PER_CHUNK - 1) / PAIRS_PER_CHUNK;
          if (chunk * PAIRS_PER_CHUNK < start + pairs) net.chunk_row[where.first_chunk + chunk] = index;
          for (uint32_t more = chunk + 1; more * PAIRS_PER_CHUNK < start + pairs; ++more) net.chunk_row[where.first_chunk + more] = index;
        }
      }
      for (uint32_t left = __ballot_sync(~0u, rejected); left; left &= left - 1) {
        const int from = __ffs(left) - 1;
        spill_row(step, source, __shfl_sync(~0u, p, from), __shfl_sync(~0u, length, from));
      }
    }
  }
}

}  // namespace procortex
