// A last look at the tables: whatever the host hands over, no thread may write beside its arrays.
#pragma once

#include <stdexcept>

#include "../synapse.h"
#include "tables.h"

namespace procortex {

inline void check(const Tables& t) {
  const auto fail = [](const char* what) { throw std::invalid_argument(what); };
  if (t.n_populations < 1 || t.n_projections < 0 || t.n_inputs < 0 || t.n_thresholds < 0) fail("a number of populations, projections or inputs is impossible");
  if (t.first_neuron[0] != 0 || t.first_outgoing[0] != 0 || t.first_outgoing[t.n_populations] != t.n_projections) fail("the populations do not begin at 0");
  if (t.first_neuron[t.n_populations] > int64_t{UINT32_MAX}) fail("there are more than 2^32 - 1 neurons");
  for (int p = 0; p < t.n_populations; ++p) {
    if (t.first_neuron[p + 1] < t.first_neuron[p] || t.first_outgoing[p + 1] < t.first_outgoing[p]) fail("the populations do not ascend");
    if (t.ring_slots[p] < 1) fail("a population has no slot in the delay ring");
  }
  for (int s = 0, p = 0; s < t.n_populations; ++s)
    for (; p < t.first_outgoing[s + 1]; ++p) {
      const int target = t.target[p];
      if (target < 0 || target >= t.n_populations) fail("a projection has no target population");
      if (t.synapses[p] < 0 || t.delay_class[p] < 0 || t.weight_class[p] < 0) fail("a number of synapses or a class is negative");
      if (t.first_neuron[s] == t.first_neuron[s + 1] || t.first_neuron[target] == t.first_neuron[target + 1]) fail("a projection connects no neurons");
      const int32_t* delays = t.delays + static_cast<int64_t>(t.delay_class[p]) * LEVELS;
      for (uint32_t level = 0; level < LEVELS; ++level)
        if (delays[level] < 1 || delays[level] >= t.ring_slots[target]) fail("a delay does not fit the delay ring");
    }
}

}  // namespace procortex
