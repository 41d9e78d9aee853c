// Delivery: regenerate the synapses of the neurons that spiked and add their weights into the delay ring.
//
// Threads share the spikes of a step and regenerate different ones; each thread owns a range of target neurons and alone writes their part of the ring.
// What one thread generates for the range of another goes through a buffer, which the owner drains after a barrier. Weights are integers: the order does not matter.
#pragma once

#include <algorithm>
#include <vector>

#include "../synapse.h"
#include "ring.h"
#include "rows.h"

namespace procortex {

struct Event {
  uint32_t place;  // in the ring
  int32_t weight;  // weight units
};

// Up to LANES synapses of one row.
struct Piece {
  uint32_t target[LANES];  // within the target population
  uint32_t place[LANES];   // in the ring
  int32_t weight[LANES];   // weight units
};

// Regenerate `length` synapses of source neuron i in projection p for a spike of this step; hand them to `sink(piece, count)`.
template <typename Sink>
inline void regenerate_row(const Tables& t, const Ring& ring, uint32_t step, int p, uint32_t i, uint32_t length, Sink&& sink) {
  const int target = t.target[p];
  const uint32_t n_target = static_cast<uint32_t>(t.first_neuron[target + 1] - t.first_neuron[target]);
  const uint32_t slots = static_cast<uint32_t>(t.ring_slots[target]);
  const uint32_t base = ring.base(target), current = ring.slot(target, step);
  const int32_t* delays = t.delays + static_cast<int64_t>(t.delay_class[p]) * LEVELS;
  const int32_t* weights = t.weights + static_cast<int64_t>(t.weight_class[p]) * LEVELS;
  const uint32_t seed = t.seed, id = t.projection_id[p];
  Piece pieces[2];  // synapses with even and with odd numbers
  for (uint32_t first = 0; first < length; first += 2 * LANES) {
    uint32_t where[2][LANES], kind[2][LANES];
    for (int lane = 0; lane < LANES; ++lane) {
      const Words words = synapse_words(seed, id, i, first / 2 + lane);
      where[0][lane] = words.w0;
      kind[0][lane] = words.w1;
      where[1][lane] = words.w2;
      kind[1][lane] = words.w3;
    }
    for (int half = 0; half < 2; ++half) {
      Piece& piece = pieces[half];
      for (int lane = 0; lane < LANES; ++lane) {
        const Synapse synapse = make_synapse(where[half][lane], kind[half][lane], n_target);
        uint32_t slot = current + static_cast<uint32_t>(delays[synapse.delay_level]);
        slot = slot >= slots ? slot - slots : slot;
        piece.target[lane] = synapse.target;
        piece.place[lane] = base + slot * n_target + synapse.target;
        piece.weight[lane] = weights[synapse.weight_level];
      }
    }
    const uint32_t left = length - first;
    sink(pieces[0], static_cast<int>(std::min<uint32_t>(LANES, (left + 1) / 2)));
    sink(pieces[1], static_cast<int>(std::min<uint32_t>(LANES, left / 2)));
  }
}

inline void add_to_ring(int32_t* sums, const Piece& piece, int count) {
  for (int k = 0; k < count; ++k) sums[piece.place[k]] += piece.weight[k];
}

// Events of one generating thread for one owner. It grows before a row is generated, so that appending needs no check.
class EventBuffer {
 public:
  void reserve(size_t more) {
    if (size_ + more > events_.size()) events_.resize(std::max(2 * events_.size(), size_ + more));
  }
  void append(const Piece& piece, int k) { events_[size_++] = {piece.place[k], piece.weight[k]}; }
  void append_all(const Piece& piece, int count) {
    Event* end = events_.data() + size_;
    for (int k = 0; k < count; ++k) end[k] = {piece.place[k], piece.weight[k]};
    size_ += count;
  }
  void drain(int32_t* sums) {
    constexpr size_t AHEAD = 24;  // events: far enough to hide a miss of the second-level cache
    for (size_t k = 0; k < size_; ++k) {
      if (k + AHEAD < size_) __builtin_prefetch(&sums[events_[k + AHEAD].place], 1);
      sums[events_[k].place] += events_[k].weight;
    }
    size_ = 0;
  }

 private:
  std::vector<Event> events_;
  size_t size_ = 0;
};

}  // namespace procortex
