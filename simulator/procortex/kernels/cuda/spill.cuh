// The spill ring: a dense integer sum for every neuron and future step, for what finds no place in the calendar or the lists.
// It is slow and never full: nothing is lost.
#pragma once

#include "network.cuh"

namespace procortex {

__device__ __forceinline__ void spill_event(const Area& area, uint32_t step, uint32_t owner_index, uint32_t local, uint32_t delay, int32_t weight) {
  const uint32_t o = area.first_owner + owner_index;
  const Owner& owner = net.owners[o];
  const uint32_t slot = (step + delay) % area.ring_slots;
  atomicAdd(&net.ring[owner.ring + static_cast<uint64_t>(slot) * owner.n_neurons + local], weight);
  net.dirty[owner.first_dirty + slot] = 1;
}

// One warp: regenerate a whole row straight into the ring.
__device__ inline void spill_row(uint32_t step, uint32_t source, uint32_t p, uint32_t length) {
  const Projection projection = net.projections[p];
  const uint32_t list = net.list_of[p], kind = list / net.n_areas;
  const Area& area = net.areas[list % net.n_areas];
  const uint32_t lane = threadIdx.x % 32;
  for (uint32_t pair = lane; pair < (length + 1) / 2; pair += 32) {
    const Words words = synapse_words(net.seed, projection.id, source, pair);
    for (uint32_t half = 0; half < 2 && 2 * pair + half < length; ++half) {
      const Synapse synapse = half ? make_synapse(words.w2, words.w3, projection.n_target) : make_synapse(words.w0, words.w1, projection.n_target);
      const uint32_t target = projection.offset + synapse.target, index = mulhi(target, area.owner_magic);
      spill_event(area, step, index, target - index * area.owner_size, net.delays[kind][projection.delay_class * LEVELS + synapse.delay_level],
                  net.weights[kind][projection.weight_class * LEVELS + synapse.weight_level]);
    }
  }
  if (lane == 0) {
    atomicAdd(&net.statistics[0], length);
    atomicAdd(&net.statistics[1], length);
    atomicAdd(&net.statistics[3], 1ull);
  }
}

}  // namespace procortex
