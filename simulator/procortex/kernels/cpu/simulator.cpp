// The C interface of the cpu backend; simulator/procortex/backends/cpu.py calls it through ctypes. Functions return -1 where `error` says why.
#include <cstring>
#include <memory>
#include <string>

#include "check.h"
#include "simulator.h"

using namespace procortex;

namespace {

struct Handle {
  Tables tables;
  std::unique_ptr<SimulatorBase> simulator;
  std::string error;
};

template <typename Real>
void trace(const double* propagators, int32_t refractory_steps, double drift, double v0, int32_t n_steps, const int32_t* input, double* v, double* i, int32_t* spiked) {
  const NeuronParameters<Real> p{Real(propagators[0]), Real(propagators[1]), Real(propagators[2]), Real(propagators[3]), Real(propagators[4]), Real(propagators[5]), refractory_steps};
  NeuronState<Real> state{Real(v0), Real(0), 0};
  for (int32_t k = 0; k < n_steps; ++k) {
    spiked[k] = update_neuron(state, p, Real(drift), input[k]);
    v[k] = state.v;
    i[k] = state.i;
  }
}

}  // namespace

extern "C" {

void* procortex_create() { return new Handle(); }

void procortex_destroy(void* handle) { delete static_cast<Handle*>(handle); }

const char* procortex_error(void* handle) { return static_cast<Handle*>(handle)->error.c_str(); }

// Draw the row lengths and allocate the state. The arrays of `tables` stay with the caller and must outlive the simulator.
int32_t procortex_set_up(void* handle, const Tables* tables, int32_t n_threads, int32_t bytes_per_real) {
  auto& h = *static_cast<Handle*>(handle);
  try {
    h.tables = *tables;
    check(h.tables);
    if (bytes_per_real == 8)
      h.simulator = std::make_unique<Simulator<double>>(h.tables, n_threads);
    else
      h.simulator = std::make_unique<Simulator<float>>(h.tables, n_threads);
    return 0;
  } catch (const std::exception& failure) {
    h.error = failure.what();
    return -1;
  }
}

// Simulate steps first_step ... first_step + n_steps - 1; returns the number of spikes, which stay readable until the next call.
int64_t procortex_run(void* handle, int64_t first_step, int32_t n_steps) {
  auto& h = *static_cast<Handle*>(handle);
  try {
    h.simulator->run(first_step, n_steps);
    return static_cast<int64_t>(h.simulator->spike_steps.size());
  } catch (const std::exception& failure) {
    h.error = failure.what();
    return -1;
  }
}

const int32_t* procortex_spike_steps(void* handle) { return static_cast<Handle*>(handle)->simulator->spike_steps.data(); }

const uint32_t* procortex_spike_neurons(void* handle) { return static_cast<Handle*>(handle)->simulator->spike_neurons.data(); }

// What `procortex_watch` asked for, of the last run: the number of values, potentials (mV above E_L) and currents (pA), neuron by neuron
// within a step.
int64_t procortex_watched(void* handle, const double** v, const double** i) {
  const auto& simulator = *static_cast<Handle*>(handle)->simulator;
  *v = simulator.watched_v.data();
  *i = simulator.watched_i.data();
  return static_cast<int64_t>(simulator.watched_v.size());
}

void procortex_watch(void* handle, const uint32_t* neurons, int64_t n_neurons, int64_t every) { static_cast<Handle*>(handle)->simulator->watch(neurons, n_neurons, every); }

void procortex_read_state(void* handle, void* v, void* i, int32_t* refractory) { static_cast<Handle*>(handle)->simulator->read_state(v, i, refractory); }

// Set the state as it was after step first_step + n_steps - 1, given the spikes of these steps, whose events are still under way.
int32_t procortex_restore(void* handle, const void* v, const void* i, const int32_t* refractory, int64_t first_step, int32_t n_steps, const int32_t* steps, const uint32_t* neurons,
                          int64_t n_spikes) {
  auto& h = *static_cast<Handle*>(handle);
  try {
    h.simulator->replay(first_step, n_steps, steps, neurons, n_spikes);
    h.simulator->write_state(v, i, refractory);
    return 0;
  } catch (const std::exception& failure) {
    h.error = failure.what();
    return -1;
  }
}

int64_t procortex_events(void* handle) { return static_cast<Handle*>(handle)->simulator->events(); }

void procortex_seconds(void* handle, double* update, double* deliver) {
  *update = static_cast<Handle*>(handle)->simulator->update_seconds;
  *deliver = static_cast<Handle*>(handle)->simulator->deliver_seconds;
}

// The pieces by themselves, for tests and for tools that look at single synapses or neurons.

void procortex_philox(const uint32_t* counter, const uint32_t* key, uint32_t* words) {
  const Words drawn = philox(counter[0], counter[1], counter[2], counter[3], key[0], key[1]);
  std::memcpy(words, &drawn, sizeof drawn);
}

void procortex_row_lengths(uint32_t seed, uint32_t projection, int64_t n_synapses, uint32_t n_source, uint32_t* lengths) {
  count_row_lengths(seed, projection, n_synapses, n_source, lengths);
}

void procortex_synapses(uint32_t seed, uint32_t projection, uint32_t source, uint32_t length, uint32_t n_target, uint32_t* target, uint32_t* delay_level, uint32_t* weight_level) {
  for (uint32_t j = 0; j < length; ++j) {
    const Words words = synapse_words(seed, projection, source, j / 2);
    const Synapse synapse = j % 2 ? make_synapse(words.w2, words.w3, n_target) : make_synapse(words.w0, words.w1, n_target);
    target[j] = synapse.target;
    delay_level[j] = synapse.delay_level;
    weight_level[j] = synapse.weight_level;
  }
}

void procortex_poisson(uint32_t seed, int64_t first, int32_t count, uint32_t step, uint32_t input, const int32_t* thresholds, int32_t n_thresholds, int32_t* events) {
  std::vector<int32_t> uniform(count + 4 * LANES + 8);
  draw_uniforms(seed, first, count, step, input, uniform.data());
  count_events(uniform.data() + first % 4, count, thresholds, n_thresholds, events);
}

// One neuron driven by `input` (weight units per step); `propagators`: P11, P21, P22, V_th, V_reset, unit.
void procortex_trace(int32_t bytes_per_real, const double* propagators, int32_t refractory_steps, double drift, double v0, int32_t n_steps, const int32_t* input, double* v, double* i,
                     int32_t* spiked) {
  if (bytes_per_real == 8)
    trace<double>(propagators, refractory_steps, drift, v0, n_steps, input, v, i, spiked);
  else
    trace<float>(propagators, refractory_steps, drift, v0, n_steps, input, v, i, spiked);
}

}  // extern "C"
