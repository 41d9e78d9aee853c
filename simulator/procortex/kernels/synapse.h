// What a synapse is: a pure function of (seed, projection, source neuron, number of the synapse in its row).
#pragma once

#include "philox.h"

namespace procortex {

constexpr uint32_t LEVEL_BITS = 12;  // of the delay and weight quantile tables
constexpr uint32_t LEVELS = 1u << LEVEL_BITS;

struct Synapse {
  uint32_t target;        // within the target population
  uint32_t delay_level;   // index into the delay table of the projection
  uint32_t weight_level;  // index into the weight table of the projection
};

// One call yields synapses 2*pair (words 0 and 1) and 2*pair + 1 (words 2 and 3) of a source neuron's row.
PROCORTEX_FUNCTION Words synapse_words(uint32_t seed, uint32_t projection, uint32_t source, uint32_t pair) {
  return philox(pair, source, projection, 0, seed, STREAM_SYNAPSES);
}

PROCORTEX_FUNCTION Synapse make_synapse(uint32_t place, uint32_t kind, uint32_t n_target) {
  return {mulhi(place, n_target), kind & (LEVELS - 1), (kind >> LEVEL_BITS) & (LEVELS - 1)};
}

// The sources of synapses 4*group ... 4*group + 3 of a projection; their histogram over the source neurons is the row lengths.
PROCORTEX_FUNCTION Words row_length_words(uint32_t seed, uint32_t projection, uint64_t group) {
  return philox(static_cast<uint32_t>(group), static_cast<uint32_t>(group >> 32), projection, 0, seed, STREAM_ROW_LENGTHS);
}

}  // namespace procortex
