// The leaky integrate-and-fire neuron with exponential synaptic currents, integrated exactly on the time grid
// (Rotter & Diesmann 1999, doi 10.1007/s004220050570; NEST's iaf_psc_exp). Potentials are relative to E_L.
#pragma once

#include <cmath>

#include "philox.h"

namespace procortex {

template <typename Real>
struct NeuronParameters {
  Real P11;      // decay of the synaptic current over one step
  Real P21;      // mV per pA of synaptic current
  Real P22;      // decay of the membrane potential
  Real V_th;     // mV above E_L
  Real V_reset;  // mV above E_L
  Real unit;     // pA per weight unit: a power of two, so that the product with an integer is exact
  int32_t refractory_steps;
};

template <typename Real>
struct NeuronState {
  Real v;             // mV above E_L
  Real i;             // pA
  int32_t refractory; // steps left
};

// One step; `drift` is P20 * I_e of the population (mV), `input` the weight units that arrive at the end of the step. Returns whether it spikes.
// Fused multiply-adds are explicit and the compiler is told to fuse nothing else: every machine gives the same bits.
template <typename Real>
PROCORTEX_FUNCTION bool update_neuron(NeuronState<Real>& state, const NeuronParameters<Real>& p, Real drift, int32_t input) {
  using std::fma;
  const Real integrated = fma(p.P22, state.v, fma(p.P21, state.i, drift));
  const bool free = state.refractory == 0;
  state.v = free ? integrated : state.v;
  state.refractory -= free ? 0 : 1;
  state.i = fma(p.P11, state.i, static_cast<Real>(input) * p.unit);
  const bool spikes = state.v >= p.V_th;
  state.v = spikes ? p.V_reset : state.v;
  state.refractory = spikes ? p.refractory_steps : state.refractory;
  return spikes;
}

// Four neurons share one call: neuron m takes word m % 4 of group m / 4.
PROCORTEX_FUNCTION Words poisson_words(uint32_t seed, uint32_t group, uint32_t step, uint32_t input) {
  return philox(group, step, input, 0, seed, STREAM_POISSON);
}

PROCORTEX_FUNCTION int32_t poisson_uniform(uint32_t word) { return static_cast<int32_t>(word >> 1); }

PROCORTEX_FUNCTION Words v0_words(uint32_t seed, uint32_t group) { return philox(group, 0, 0, 0, seed, STREAM_V0); }

PROCORTEX_FUNCTION uint32_t v0_level(uint32_t word) { return word >> 16; }

}  // namespace procortex
