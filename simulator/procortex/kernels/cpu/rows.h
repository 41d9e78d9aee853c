// Row lengths: how many synapses each source neuron has in each outgoing projection.
#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <numeric>
#include <vector>

#include "../synapse.h"
#include "memory.h"
#include "tables.h"
#include "threads.h"

namespace procortex {

constexpr int LANES = 16;  // random-number calls made side by side, so that the compiler uses the machine's vectors

// Histogram of the sources of `n` synapses of one projection; `rows` has one entry for each of the `n_source` neurons.
inline void count_row_lengths(uint32_t seed, uint32_t projection, int64_t n, uint32_t n_source, uint32_t* rows) {
  std::fill(rows, rows + n_source, 0u);
  uint32_t source[4 * LANES];
  for (int64_t first = 0; first < n; first += 4 * LANES) {
    for (int lane = 0; lane < LANES; ++lane) {
      const Words words = row_length_words(seed, projection, static_cast<uint64_t>(first / 4 + lane));
      source[4 * lane] = mulhi(words.w0, n_source);
      source[4 * lane + 1] = mulhi(words.w1, n_source);
      source[4 * lane + 2] = mulhi(words.w2, n_source);
      source[4 * lane + 3] = mulhi(words.w3, n_source);
    }
    const int count = static_cast<int>(std::min<int64_t>(4 * LANES, n - first));
    for (int k = 0; k < count; ++k) ++rows[source[k]];
  }
}

// Row lengths of every source neuron, the outgoing projections of a neuron side by side.
class Rows {
 public:
  Rows(const Tables& t, int n_threads) : tables_(t), first_row_(t.n_populations + 1, 0) {
    for (int s = 0; s < t.n_populations; ++s) first_row_[s + 1] = first_row_[s] + size(s) * outgoing(s);
    lengths_ = std::make_unique<LargeArray<uint32_t>>(first_row_.back());
    std::vector<int> order(t.n_projections);
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](int a, int b) { return t.synapses[a] > t.synapses[b]; });
    std::vector<int> source(t.n_projections);
    for (int s = 0; s < t.n_populations; ++s) std::fill(source.begin() + t.first_outgoing[s], source.begin() + t.first_outgoing[s + 1], s);
    std::atomic<int> next{0};
    const auto work = [&](int) {
      std::vector<uint32_t> rows;
      for (int k; (k = next.fetch_add(1)) < t.n_projections;) {
        const int p = order[k], s = source[p];
        rows.resize(size(s));
        count_row_lengths(t.seed, t.projection_id[p], t.synapses[p], static_cast<uint32_t>(size(s)), rows.data());
        uint32_t* column = lengths_->data() + first_row_[s] + (p - t.first_outgoing[s]);
        for (int64_t i = 0; i < size(s); ++i) column[i * outgoing(s)] = rows[i];
      }
    };
    on_threads(n_threads, work, [&] { next.store(t.n_projections); });
  }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  // Row lengths of neuron i of population s in its outgoing projections.
  const uint32_t* of(int s, int64_t i) const { return lengths_->data() + first_row_[s] + i * outgoing(s); }

 private:
  int64_t size(int s) const { return tables_.first_neuron[s + 1] - tables_.first_neuron[s]; }
  int64_t outgoing(int s) const { return tables_.first_outgoing[s + 1] - tables_.first_outgoing[s]; }

  const Tables& tables_;
  std::vector<int64_t> first_row_;
  std::unique_ptr<LargeArray<uint32_t>> lengths_;
};

}  // namespace procortex
