// The neurons: state, drive and update of a range of neurons over one step.
#pragma once

#include <algorithm>
#include <cstring>
#include <vector>

#include "../neuron.h"
#include "memory.h"
#include "rows.h"
#include "tables.h"

namespace procortex {

constexpr int BLOCK = 512;  // neurons updated together: their random numbers and sums stay in the first-level cache

// Uniform 31-bit numbers of neurons first ... first + count - 1; uniform[0] belongs to neuron first / 4 * 4.
inline void draw_uniforms(uint32_t seed, int64_t first, int count, uint32_t step, uint32_t input, int32_t* uniform) {
  const uint32_t group = static_cast<uint32_t>(first / 4);
  const int groups = static_cast<int>((first + count + 3) / 4 - first / 4);
  for (int g = 0; g < groups; g += LANES) {
    for (int lane = 0; lane < LANES; ++lane) {
      const Words words = poisson_words(seed, group + g + lane, step, input);
      int32_t* four = uniform + 4 * (g + lane);
      four[0] = poisson_uniform(words.w0);
      four[1] = poisson_uniform(words.w1);
      four[2] = poisson_uniform(words.w2);
      four[3] = poisson_uniform(words.w3);
    }
  }
}

// Number of thresholds below each uniform number. The thresholds ascend: the first one that no number exceeds ends the search.
inline void count_events(const int32_t* uniform, int count, const int32_t* thresholds, int n_thresholds, int32_t* events) {
  std::fill(events, events + count, 0);
  for (int k = 0; k < n_thresholds; ++k) {
    const int32_t threshold = thresholds[k];
    int32_t any = 0;
    for (int n = 0; n < count; ++n) {
      const int32_t more = uniform[n] > threshold;
      events[n] += more;
      any |= more;
    }
    if (!any) return;
  }
}

template <typename Real>
class Neurons {
 public:
  explicit Neurons(const Tables& t)
      : tables_(t),
        parameters_{Real(t.P11), Real(t.P21), Real(t.P22), Real(t.V_th), Real(t.V_reset), Real(t.unit), t.refractory_steps},
        v_(t.first_neuron[t.n_populations]),
        i_(v_.size()),
        refractory_(v_.size()) {
    for (int64_t m = 0; m < static_cast<int64_t>(v_.size()); ++m) {
      const Words words = v0_words(t.seed, static_cast<uint32_t>(m / 4));
      const uint32_t word[4] = {words.w0, words.w1, words.w2, words.w3};
      v_[m] = static_cast<Real>(t.v0[v0_level(word[m % 4])]);
    }
  }

  // Update neurons first ... end - 1, all of population p; `arrived` are the population's ring sums of this step, which are used up.
  // Indices of the neurons that spike are appended to `spikes`.
  void update(int p, int64_t first, int64_t end, uint32_t step, int32_t* arrived, std::vector<uint32_t>& spikes) {
    for (int64_t m = first; m < end; m += BLOCK)
      update_block(p, m, static_cast<int>(std::min<int64_t>(BLOCK, end - m)), step, arrived + (m - tables_.first_neuron[p]), spikes);
  }

  // The whole state, out and in.
  void read_state(Real* v, Real* i, int32_t* refractory) const {
    std::copy(v_.begin(), v_.end(), v);
    std::copy(i_.begin(), i_.end(), i);
    std::copy(refractory_.begin(), refractory_.end(), refractory);
  }
  void write_state(const Real* v, const Real* i, const int32_t* refractory) {
    std::copy(v, v + v_.size(), v_.begin());
    std::copy(i, i + i_.size(), i_.begin());
    std::copy(refractory, refractory + refractory_.size(), refractory_.begin());
  }
  Real v(int64_t m) const { return v_[m]; }
  Real i(int64_t m) const { return i_[m]; }

 private:
  void update_block(int p, int64_t first, int count, uint32_t step, int32_t* arrived, std::vector<uint32_t>& spikes) {
    int32_t input[BLOCK], events[BLOCK];
    alignas(64) int32_t uniform[BLOCK + 4 * LANES + 4];
    unsigned char spiked[BLOCK];
    std::memcpy(input, arrived, count * sizeof(int32_t));
    std::memset(arrived, 0, count * sizeof(int32_t));
    for (int q = 0; q < tables_.n_inputs; ++q) {
      const int64_t stream = static_cast<int64_t>(p) * tables_.n_inputs + q;
      const int32_t weight = tables_.poisson_weight[stream];
      if (weight == 0) continue;
      draw_uniforms(tables_.seed, first, count, step, static_cast<uint32_t>(q), uniform);
      count_events(uniform + first % 4, count, tables_.thresholds + stream * tables_.n_thresholds, tables_.n_thresholds, events);
      for (int n = 0; n < count; ++n) input[n] += weight * events[n];
    }
    const NeuronParameters<Real> parameters = parameters_;
    const Real drift = static_cast<Real>(tables_.drift[p]);
    Real* v = v_.data() + first;
    Real* i = i_.data() + first;
    int32_t* refractory = refractory_.data() + first;
    int any = 0;
    for (int n = 0; n < count; ++n) {
      NeuronState<Real> state{v[n], i[n], refractory[n]};
      const bool spikes_now = update_neuron(state, parameters, drift, input[n]);
      v[n] = state.v;
      i[n] = state.i;
      refractory[n] = state.refractory;
      spiked[n] = spikes_now;
      any |= spikes_now;
    }
    if (!any) return;
    for (int n = 0; n < count; ++n)
      if (spiked[n]) spikes.push_back(static_cast<uint32_t>(first + n));
  }

  const Tables& tables_;
  const NeuronParameters<Real> parameters_;
  std::vector<Real> v_, i_;
  std::vector<int32_t> refractory_;
};

}  // namespace procortex
