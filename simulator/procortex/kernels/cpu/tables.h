// The network as the host hands it over: plain arrays, owned by the caller. simulator/procortex/backends/cpu.py mirrors this layout.
#pragma once

#include <cstdint>

namespace procortex {

struct Tables {
  uint32_t seed;
  int32_t n_populations;
  int32_t n_projections;
  int32_t n_inputs;
  int32_t n_thresholds;           // per population and input
  const int64_t* first_neuron;    // (n_populations + 1): index of each population's first neuron in the whole network
  const int64_t* first_outgoing;  // (n_populations + 1): projections are sorted by source population
  const int32_t* target;          // (n_projections): target population
  const int64_t* synapses;        // (n_projections)
  const uint32_t* projection_id;  // (n_projections): the number that enters the random counters
  const int32_t* delay_class;     // (n_projections)
  const int32_t* weight_class;    // (n_projections)
  const int32_t* delays;          // (classes, LEVELS): steps
  const int32_t* weights;         // (classes, LEVELS): weight units
  const int32_t* ring_slots;      // (n_populations): longest incoming delay + 1
  const int32_t* thresholds;      // (n_populations, n_inputs, n_thresholds)
  const int32_t* poisson_weight;  // (n_populations, n_inputs): weight units; the caller may change them and the drift between runs
  const double* drift;            // (n_populations): P20 * I_e, mV
  const double* v0;               // (65536): initial potentials, mV above E_L
  double P11, P21, P22, V_th, V_reset, unit;
  int32_t refractory_steps;
};

}  // namespace procortex
