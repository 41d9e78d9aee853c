// The delay ring: for every neuron one integer accumulator per future time step, as many as its population's longest incoming delay needs.
#pragma once

#include <stdexcept>
#include <vector>

#include "memory.h"
#include "tables.h"

namespace procortex {

class Ring {
 public:
  explicit Ring(const Tables& t) : tables_(t), base_(t.n_populations + 1, 0), sums_(allocate(t)) {}

  uint32_t base(int p) const { return static_cast<uint32_t>(base_[p]); }
  // Slot of population p that belongs to a time step.
  uint32_t slot(int p, uint32_t step) const { return step % static_cast<uint32_t>(tables_.ring_slots[p]); }
  // Sums that arrive at population p in a time step, one per neuron.
  int32_t* arriving(int p, uint32_t step) { return sums_.data() + base_[p] + slot(p, step) * size(p); }
  int32_t* sums() { return sums_.data(); }

 private:
  int64_t size(int p) const { return tables_.first_neuron[p + 1] - tables_.first_neuron[p]; }

  LargeArray<int32_t> allocate(const Tables& t) {
    for (int p = 0; p < t.n_populations; ++p) base_[p + 1] = base_[p] + t.ring_slots[p] * size(p);
    if (base_.back() > int64_t{UINT32_MAX}) throw std::length_error("the delay ring needs more than 2^32 places; simulate fewer areas or shorter delays");
    return LargeArray<int32_t>(static_cast<size_t>(base_.back()));
  }

  const Tables& tables_;
  std::vector<int64_t> base_;
  LargeArray<int32_t> sums_;
};

}  // namespace procortex
