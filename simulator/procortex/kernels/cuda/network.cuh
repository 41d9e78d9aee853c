// The network and the state of a simulation on the device. simulator/procortex/backends/cuda/layout.py mirrors every struct here.
//
// Neurons are numbered through the whole network. An *area* is a group of neighbouring populations; it is cut into *owners*, each the
// neurons of one thread block. Synapses arrive through two *calendars*: kind 0 from the own area, kind 1 from others.
#pragma once

#include <cstdint>

#include "../neuron.h"
#include "../synapse.h"

namespace procortex {

#ifndef PROCORTEX_REAL
#define PROCORTEX_REAL float
#endif
#ifndef PROCORTEX_ROW
#define PROCORTEX_ROW uint16_t
#endif
#ifndef PROCORTEX_WEIGHT
#define PROCORTEX_WEIGHT int16_t
#endif
#ifndef GENERATE_THREADS
#define GENERATE_THREADS 512
#endif
#ifndef UPDATE_THREADS
#define UPDATE_THREADS 1024
#endif
#ifndef PAIRS_PER_CHUNK
#define PAIRS_PER_CHUNK 4096
#endif
using Real = PROCORTEX_REAL;
using RowLength = PROCORTEX_ROW;
using Weight = PROCORTEX_WEIGHT;

constexpr int KINDS = 2;
constexpr int LOCAL_BITS = 15;  // of an event: the target within its owner; above it the weight, signed
constexpr int GUIDE_BITS = 8;
constexpr uint32_t GUIDE_OPEN = 1u << 15;

struct Population {
  uint32_t first_neuron, n_neurons, first_outgoing, n_outgoing;
  uint64_t first_row;  // of its neurons' row lengths
  Real drift;
  uint32_t unused;
};

struct Projection {
  uint32_t id, n_target;
  uint32_t offset;  // of the target population within its area
  uint16_t delay_class, weight_class;
};

struct Area {
  uint32_t first_neuron, n_neurons, first_owner, n_owners;
  uint32_t owner_size, owner_magic;  // neuron a of the area belongs to its owner mulhi(a, owner_magic)
  uint32_t ring_slots;
  uint32_t slots[KINDS];     // longest delay + 1
  uint32_t unused;
};

struct Owner {
  uint32_t first_neuron, n_neurons, area, index;
  uint32_t first_population, n_populations;
  uint32_t first_bucket[KINDS];
  uint64_t ring;               // of its part of the spill ring
  uint32_t first_dirty, unused;
};

// Part of a source neuron's row that a spike sends into a list; `start` counts the pairs of synapses in the list before it.
struct Row {
  uint32_t source, projection, start, length;
};

struct List {
  uint64_t first_row, first_chunk;
  uint32_t row_capacity, pair_capacity;
};

struct Network {
  uint32_t seed, n_neurons, n_populations, n_projections, n_areas, n_owners, n_inputs, n_thresholds, pages_per_bucket, plan_parts;
  uint64_t pool_pages;
  NeuronParameters<Real> neuron;
  const Population* populations;
  const Projection* projections;
  const uint16_t* list_of;      // (n_projections)
  const uint64_t* synapses;     // (n_projections)
  const uint32_t* source_of;    // (n_projections)
  const Area* areas;
  const Owner* owners;
  const List* lists;            // (KINDS * n_areas)
  const uint16_t* delays[KINDS];  // (classes, LEVELS): each kind has its own tables
  const Weight* weights[KINDS];
  uint32_t staged_delays[KINDS], staged_weights[KINDS];  // tables that every block keeps in shared memory: all of a kind, or none
  const int32_t* thresholds;    // (n_populations, n_inputs, n_thresholds)
  const uint16_t* guides;       // (n_populations, n_inputs, 2^GUIDE_BITS): thresholds below all numbers with these leading bits; GUIDE_OPEN if
                                // more of them lie among these numbers
  const int32_t* poisson_weight;
  const double* v0;
  RowLength* row_lengths;
  Real *v, *i;
  uint16_t* refractory;
  uint32_t* calendar;           // events: the pool of pages
  uint32_t* fill;               // events that asked for a place in each bucket
  uint32_t* pages;              // (buckets, pages_per_bucket)
  uint32_t* free_pages;         // stacks of pages, by size
  uint64_t* first_free;         // (pages_per_bucket): begin of each stack
  int32_t* free_count;          // (pages_per_bucket)
  unsigned long long* pool_used;  // in pages of the smallest size
  int32_t* ring;                // what found no place: a sum per neuron and step
  uint8_t* dirty;               // whether an owner's ring holds anything for a step
  uint32_t* spikes;             // of this step, by owner, in order
  uint32_t* spike_count;        // (n_owners)
  uint32_t* recorded;           // spikes of this and the steps before it
  uint32_t* recorded_count;     // (steps of a piece)
  uint32_t* cursor;             // (2) recorded spikes before this step, by parity of the step
  Row* rows;
  unsigned long long* list_size;  // (lists): rows in the upper 28 bits, pairs in the lower 36
  uint32_t* list_limit;           // (lists): pairs that found a place
  uint32_t* chunk_row;            // first row of each chunk
  uint32_t* next_chunk;           // (KINDS)
  unsigned long long* statistics; // events, spilled events, rows, rows that found no place
};

__device__ __forceinline__ uint32_t make_event(uint32_t local, int32_t weight) { return static_cast<uint32_t>(weight) << LOCAL_BITS | local; }
__device__ __forceinline__ uint32_t event_local(uint32_t event) { return event & ((1u << LOCAL_BITS) - 1); }
__device__ __forceinline__ int32_t event_weight(uint32_t event) { return static_cast<int32_t>(event) >> LOCAL_BITS; }

constexpr int PAIR_BITS = 36;
constexpr int MAX_AREAS = 256;

extern "C" {
__constant__ Network net;
}

}  // namespace procortex
