// Row lengths: every synapse draws its source neuron; the histogram is the row lengths.
#pragma once

#include "network.cuh"

namespace procortex {

constexpr uint32_t GROUPS_PER_BLOCK = 1u << 16;  // of four synapses

// One block counts up to GROUPS_PER_BLOCK groups of one projection. work[b]: projection and first group of block b.
// Writes row_lengths (zeroed before). Integer increments: the order does not matter.
extern "C" __global__ void count_row_lengths(const uint2* work) {
  const uint2 mine = work[blockIdx.x];
  const Projection projection = net.projections[mine.x];
  const Population source = net.populations[net.source_of[mine.x]];
  const uint64_t n = net.synapses[mine.x];
  RowLength* column = net.row_lengths + source.first_row + (mine.x - source.first_outgoing);
  const uint64_t first = static_cast<uint64_t>(mine.y) * GROUPS_PER_BLOCK;
  for (uint32_t g = threadIdx.x; g < GROUPS_PER_BLOCK && 4 * (first + g) < n; g += blockDim.x) {
    const Words words = row_length_words(net.seed, projection.id, first + g);
    const uint32_t word[4] = {words.w0, words.w1, words.w2, words.w3};
    for (int k = 0; k < 4; ++k) {
      if (4 * (first + g) + k >= n) break;
      const uint64_t place = static_cast<uint64_t>(mulhi(word[k], source.n_neurons)) * source.n_outgoing;
      if (sizeof(RowLength) == 4) {
        atomicAdd(reinterpret_cast<uint32_t*>(column + place), 1u);
      } else {  // no 16-bit atomics: add to the half of a word; the host has made sure that no row overflows
        const uintptr_t address = reinterpret_cast<uintptr_t>(column + place);
        atomicAdd(reinterpret_cast<uint32_t*>(address & ~uintptr_t{3}), address & 2 ? 1u << 16 : 1u);
      }
    }
  }
}

// Initial potentials; currents and refractory counters are zeroed by the host.
extern "C" __global__ void draw_initial_potentials() {
  for (uint32_t m = blockIdx.x * blockDim.x + threadIdx.x; m < net.n_neurons; m += gridDim.x * blockDim.x) {
    const Words words = v0_words(net.seed, m / 4);
    const uint32_t word[4] = {words.w0, words.w1, words.w2, words.w3};
    net.v[m] = static_cast<Real>(net.v0[v0_level(word[m % 4])]);
  }
}

}  // namespace procortex
