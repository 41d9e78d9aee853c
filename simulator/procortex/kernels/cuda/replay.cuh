// Around the simulation itself: taking one up again, and noting single neurons.
#pragma once

#include "network.cuh"
#include "update.cuh"

namespace procortex {

// In the place of update_neurons when a simulation is taken up: what arrives in this step is forgotten, and given spikes, which are still
// on their way, are this step's. Grid: one block per owner. `neurons` are the spikes in ascending order, those of owner o at
// first[o] ... first[o + 1] - 1.
extern "C" __global__ void __launch_bounds__(UPDATE_THREADS) replay_spikes(uint32_t step, const uint32_t* neurons, const uint32_t* first) {
  const Owner owner = net.owners[blockIdx.x];
  const Area area = net.areas[owner.area];
  const uint32_t ring_slot = step % area.ring_slots;
  uint8_t* dirty = &net.dirty[owner.first_dirty + ring_slot];
  if (*dirty) {
    int32_t* ring = net.ring + owner.ring + static_cast<uint64_t>(ring_slot) * owner.n_neurons;
    for (uint32_t k = threadIdx.x; k < owner.n_neurons; k += blockDim.x) ring[k] = 0;
  }
  __syncthreads();
  const uint32_t buckets[KINDS] = {owner.first_bucket[0] + step % area.slots[0], owner.first_bucket[1] + step % area.slots[1]};
  use_up(buckets, dirty);
  const uint32_t begin = first[blockIdx.x], count = first[blockIdx.x + 1] - begin;
  for (uint32_t k = threadIdx.x; k < count; k += blockDim.x) net.spikes[owner.first_neuron + k] = neurons[begin + k];
  if (threadIdx.x == 0) net.spike_count[blockIdx.x] = count;
}

// Note v and i of some neurons after a step, in row `row` of `notes`: first the potentials of all rows, then the currents.
extern "C" __global__ void __launch_bounds__(512) watch_neurons(uint32_t row, uint32_t rows, uint32_t n, const uint32_t* neurons, Real* notes) {
  for (uint32_t k = blockIdx.x * blockDim.x + threadIdx.x; k < n; k += gridDim.x * blockDim.x) {
    notes[static_cast<uint64_t>(row) * n + k] = net.v[neurons[k]];
    notes[(static_cast<uint64_t>(rows) + row) * n + k] = net.i[neurons[k]];
  }
}

}  // namespace procortex
