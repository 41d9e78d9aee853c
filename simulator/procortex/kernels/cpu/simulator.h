// The cpu backend's schedule: every thread updates its own neurons, then all regenerate the synapses of those that spiked.
#pragma once

#include <atomic>
#include <chrono>
#include <vector>

#include "barrier.h"
#include "deliver.h"
#include "ring.h"
#include "rows.h"
#include "threads.h"
#include "update.h"

namespace procortex {

class SimulatorBase {
 public:
  virtual ~SimulatorBase() = default;
  virtual void run(int64_t first_step, int n_steps) = 0;
  // Deliver given spikes, sorted by step and neuron, once more and update nothing: events that arrive until the last of these steps are
  // forgotten, later ones wait in the ring. Events of replayed spikes are not counted.
  virtual void replay(int64_t first_step, int n_steps, const int32_t* steps, const uint32_t* neurons, int64_t n_spikes) = 0;
  virtual void read_state(void* v, void* i, int32_t* refractory) const = 0;  // v and i in the precision of the simulation
  virtual void write_state(const void* v, const void* i, const int32_t* refractory) = 0;
  // Note v and i of some neurons after every step whose number is a multiple of `every`.
  virtual void watch(const uint32_t* neurons, int64_t n_neurons, int64_t every) = 0;
  virtual int64_t events() const = 0;  // synaptic events so far

  std::vector<int32_t> spike_steps;
  std::vector<uint32_t> spike_neurons;
  std::vector<double> watched_v, watched_i;  // of the last run: one row for each step that was watched
  double update_seconds = 0, deliver_seconds = 0;  // as the first thread sees them, waiting for the others included
};

template <typename Real>
class Simulator : public SimulatorBase {
 public:
  Simulator(const Tables& t, int n_threads)
      : tables_(t), n_threads_(n_threads), rows_(t, n_threads), ring_(t), neurons_(t), barrier_(n_threads), bounds_(balance(t, n_threads)), spikes_(n_threads), buffers_(n_threads), events_(n_threads) {
    for (auto& mine : buffers_) mine = std::vector<EventBuffer>(n_threads);
  }

  void run(int64_t first_step, int n_steps) override {
    spike_steps.clear();
    spike_neurons.clear();
    watched_v.clear();
    watched_i.clear();
    together(first_step, n_steps);
  }

  void replay(int64_t first_step, int n_steps, const int32_t* steps, const uint32_t* neurons, int64_t n_spikes) override {
    const std::vector<Count> before = events_;
    replayed_ = {steps, neurons, n_spikes};
    together(first_step, n_steps);
    replayed_ = {};
    events_ = before;
  }

  void read_state(void* v, void* i, int32_t* refractory) const override {
    neurons_.read_state(static_cast<Real*>(v), static_cast<Real*>(i), refractory);
  }
  void write_state(const void* v, const void* i, const int32_t* refractory) override {
    neurons_.write_state(static_cast<const Real*>(v), static_cast<const Real*>(i), refractory);
  }

  void watch(const uint32_t* neurons, int64_t n_neurons, int64_t every) override {
    watched_.assign(neurons, neurons + n_neurons);
    watch_every_ = every;
  }

  int64_t events() const override {
    int64_t sum = 0;
    for (const Count& count : events_) sum += count.events;
    return sum;
  }

 private:
  struct Spikes {
    const int32_t* steps = nullptr;
    const uint32_t* neurons = nullptr;
    int64_t count = 0;
  };

  // All threads through some steps.
  void together(int64_t first_step, int n_steps) {
    const auto work = [&](int thread) {
      for (int64_t step = first_step; step < first_step + n_steps; ++step) advance(thread, static_cast<uint32_t>(step));
    };
    on_threads(n_threads_, work, [&] { barrier_.give_up(); });
  }

  // Spikes delivered between two drains: bounds the memory of the event buffers when a whole population fires at once.
  static constexpr int64_t ROUND = 1024;

  // First neuron of each thread: equal shares of the work, estimated as one unit per update and one per 4000 incoming synapses.
  // A share begins at a multiple of 16 neurons, one cache line of the ring.
  static std::vector<int64_t> balance(const Tables& t, int n_threads) {
    std::vector<double> cost(t.n_populations, 1.0);
    for (int64_t p = 0; p < t.n_projections; ++p) {
      const int target = t.target[p];
      cost[target] += static_cast<double>(t.synapses[p]) / static_cast<double>(t.first_neuron[target + 1] - t.first_neuron[target]) / 4000.0;
    }
    double total = 0;
    for (int p = 0; p < t.n_populations; ++p) total += cost[p] * static_cast<double>(t.first_neuron[p + 1] - t.first_neuron[p]);
    std::vector<int64_t> bounds(n_threads + 1, t.first_neuron[t.n_populations]);
    bounds[0] = 0;
    double before = 0;
    int thread = 1;
    for (int p = 0; p < t.n_populations && thread < n_threads; ++p) {
      const double here = cost[p] * static_cast<double>(t.first_neuron[p + 1] - t.first_neuron[p]);
      while (thread < n_threads && before + here >= total * thread / n_threads) {
        const int64_t bound = t.first_neuron[p] + static_cast<int64_t>((total * thread / n_threads - before) / cost[p]);
        bounds[thread++] = bound / 16 * 16;
      }
      before += here;
    }
    return bounds;
  }

  // Between the two barriers the spikes are shared; outside, every thread touches only what it owns.
  void advance(int thread, uint32_t step) {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    if (replayed_.steps)
      replay_own(thread, step);
    else
      update_own(thread, step);
    barrier_.wait();
    const auto updated = Clock::now();
    if (thread == 0 && !replayed_.steps) record(step);
    deliver(thread, step);
    if (thread == 0) {
      update_seconds += std::chrono::duration<double>(updated - start).count();
      deliver_seconds += std::chrono::duration<double>(Clock::now() - updated).count();
    }
  }

  void update_own(int thread, uint32_t step) {
    spikes_[thread].clear();
    for (int p = 0; p < tables_.n_populations; ++p) {
      const int64_t first = std::max(bounds_[thread], tables_.first_neuron[p]);
      const int64_t end = std::min(bounds_[thread + 1], tables_.first_neuron[p + 1]);
      if (first < end) neurons_.update(p, first, end, step, ring_.arriving(p, step), spikes_[thread]);
    }
  }

  // In the place of an update: what arrives is forgotten, the given spikes are this step's.
  void replay_own(int thread, uint32_t step) {
    spikes_[thread].clear();
    for (int p = 0; p < tables_.n_populations; ++p) {
      const int64_t begin = tables_.first_neuron[p];
      const int64_t first = std::max(bounds_[thread], begin), end = std::min(bounds_[thread + 1], tables_.first_neuron[p + 1]);
      if (first < end) std::fill_n(ring_.arriving(p, step) + (first - begin), end - first, 0);
    }
    const int32_t* stop = replayed_.steps + replayed_.count;
    const auto [from, to] = std::equal_range(replayed_.steps, stop, static_cast<int32_t>(step));
    for (const int32_t* k = from; k < to; ++k) {
      const uint32_t neuron = replayed_.neurons[k - replayed_.steps];
      if (neuron >= bounds_[thread] && neuron < bounds_[thread + 1]) spikes_[thread].push_back(neuron);
    }
  }

  void record(uint32_t step) {
    for (const auto& spikes : spikes_) spike_neurons.insert(spike_neurons.end(), spikes.begin(), spikes.end());
    spike_steps.resize(spike_neurons.size(), static_cast<int32_t>(step));
    if (watched_.empty() || step % watch_every_ != 0) return;
    for (const uint32_t m : watched_) {
      watched_v.push_back(neurons_.v(m));
      watched_i.push_back(neurons_.i(m));
    }
  }

  void deliver(int thread, uint32_t step) {
    int64_t total = 0;
    for (const auto& spikes : spikes_) total += static_cast<int64_t>(spikes.size());
    // few spikes: the threads share the projections of each as well
    const int parts = total < 16 * n_threads_ ? std::min(4, n_threads_) : 1;
    for (int64_t begin = 0; begin == 0 || begin < total; begin += ROUND) {
      const int64_t items = (std::min(begin + ROUND, total) - begin) * parts;
      if (begin > 0) barrier_.wait();  // the buffers of the last round are drained
      for (int64_t item; (item = next_.fetch_add(1, std::memory_order_relaxed)) < items;)
        regenerate(thread, step, spike(begin + item / parts), static_cast<int>(item % parts), parts);
      barrier_.wait();
      if (thread == 0) next_.store(0, std::memory_order_relaxed);
      for (int from = 0; from < n_threads_; ++from) buffers_[from][thread].drain(ring_.sums());
    }
  }

  uint32_t spike(int64_t k) const {
    size_t thread = 0;
    while (k >= static_cast<int64_t>(spikes_[thread].size())) k -= static_cast<int64_t>(spikes_[thread++].size());
    return spikes_[thread][k];
  }

  void regenerate(int thread, uint32_t step, uint32_t neuron, int part, int parts) {
    const int64_t* first = tables_.first_neuron;
    const int s = static_cast<int>(std::upper_bound(first, first + tables_.n_populations + 1, int64_t{neuron}) - first) - 1;
    const uint32_t i = static_cast<uint32_t>(neuron - first[s]);
    const uint32_t* lengths = rows_.of(s, i);
    const int64_t begin = tables_.first_outgoing[s], end = tables_.first_outgoing[s + 1];
    for (int64_t p = begin + part; p < end; p += parts) {
      if (lengths[p - begin] > 0) regenerate_projection(thread, step, static_cast<int>(p), i, lengths[p - begin]);
      events_[thread].events += lengths[p - begin];
    }
  }

  void regenerate_projection(int thread, uint32_t step, int p, uint32_t i, uint32_t length) {
    if (n_threads_ == 1) {
      int32_t* sums = ring_.sums();
      regenerate_row(tables_, ring_, step, p, i, length, [=](const Piece& piece, int count) { add_to_ring(sums, piece, count); });
      return;
    }
    const int64_t first = tables_.first_neuron[tables_.target[p]], end = tables_.first_neuron[tables_.target[p] + 1];
    const int owner = owner_of(first, 0, n_threads_ - 1), last = owner_of(end - 1, owner, n_threads_ - 1);
    std::vector<EventBuffer>& mine = buffers_[thread];
    for (int o = owner; o <= last; ++o) mine[o].reserve(length);
    if (owner == last) {
      EventBuffer& buffer = mine[owner];
      regenerate_row(tables_, ring_, step, p, i, length, [&](const Piece& piece, int count) { buffer.append_all(piece, count); });
    } else {
      regenerate_row(tables_, ring_, step, p, i, length, [&](const Piece& piece, int count) {
        for (int k = 0; k < count; ++k) mine[owner_of(first + piece.target[k], owner, last)].append(piece, k);
      });
    }
  }

  // Thread that owns a neuron, known to be one of owner ... last.
  int owner_of(int64_t neuron, int owner, int last) const {
    while (owner < last && neuron >= bounds_[owner + 1]) ++owner;
    return owner;
  }

  struct alignas(64) Count {  // a cache line each
    int64_t events = 0;
  };

  const Tables& tables_;
  const int n_threads_;
  Rows rows_;
  Ring ring_;
  Neurons<Real> neurons_;
  Barrier barrier_;
  const std::vector<int64_t> bounds_;
  std::vector<std::vector<uint32_t>> spikes_;       // of this step, by the thread that owns the neurons: in order together
  std::vector<std::vector<EventBuffer>> buffers_;   // [generating thread][owner]
  std::vector<Count> events_;
  std::atomic<int64_t> next_{0};
  Spikes replayed_;
  std::vector<uint32_t> watched_;
  int64_t watch_every_ = 1;
};

}  // namespace procortex
