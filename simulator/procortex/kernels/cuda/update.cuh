// One step of the neurons of one owner: add up what arrives, drive, update, list who spikes.
#pragma once

#include "network.cuh"
#include "pages.cuh"
#include "scan.cuh"

namespace procortex {

__device__ __forceinline__ void add_event(int32_t* sums, uint32_t event) { atomicAdd(&sums[event_local(event)], event_weight(event)); }

__device__ __forceinline__ void add_events(int32_t* sums, const uint4& four) {
  add_event(sums, four.x);
  add_event(sums, four.y);
  add_event(sums, four.z);
  add_event(sums, four.w);
}

// Add up the bucket of this step. `numbers` are the bucket's pages; they begin at multiples of 16 bytes and hold whole fours.
__device__ __forceinline__ void drain_bucket(uint32_t count, const uint32_t* numbers, int32_t* sums) {
  constexpr uint32_t SMALL_PAGES = 5;
  // the small pages as one piece: their loads do not wait for each other
  const uint32_t small = min(count, page_begin(SMALL_PAGES));
  for (uint32_t k = 4 * threadIdx.x; k < small; k += 4 * blockDim.x) {
    const uint32_t page = page_of(k);
    const uint32_t number = page < net.pages_per_bucket ? numbers[page] : NO_PAGE;
    if (number == NO_PAGE) continue;  // spilled
    const uint4 four = __ldcs(reinterpret_cast<const uint4*>(net.calendar + page_event(number) + (k - page_begin(page))));
    add_event(sums, four.x);
    if (k + 1 < count) add_event(sums, four.y);
    if (k + 2 < count) add_event(sums, four.z);
    if (k + 3 < count) add_event(sums, four.w);
  }
  for (uint32_t page = SMALL_PAGES; page < net.pages_per_bucket && page_begin(page) < count; ++page) {
    if (numbers[page] == NO_PAGE) continue;
    const uint32_t* events = net.calendar + page_event(numbers[page]);
    const uint32_t here = min(count - page_begin(page), FIRST_PAGE << page);
    const uint4* fours = reinterpret_cast<const uint4*>(events);
#pragma unroll 4
    for (uint32_t k = threadIdx.x; k < here / 4; k += blockDim.x) add_events(sums, __ldcs(&fours[k]));
    for (uint32_t k = here / 4 * 4 + threadIdx.x; k < here; k += blockDim.x) add_event(sums, events[k]);
  }
}

__device__ __forceinline__ int32_t count_events(uint32_t population, uint32_t input, int32_t uniform) {
  const uint32_t stream = population * net.n_inputs + input;
  const uint32_t guide = net.guides[(stream << GUIDE_BITS) + (static_cast<uint32_t>(uniform) >> (31 - GUIDE_BITS))];
  uint32_t events = guide & ~GUIDE_OPEN;
  if (guide & GUIDE_OPEN) {
    const int32_t* thresholds = net.thresholds + static_cast<uint64_t>(stream) * net.n_thresholds;
    while (events < net.n_thresholds && thresholds[events] < uniform) ++events;
  }
  return static_cast<int32_t>(events);
}

__device__ __forceinline__ void prefetch(const void* place) { asm volatile("prefetch.global.L1 [%0];" ::"l"(place)); }

// Population of a neuron that is known to belong to population p or one after it.
__device__ __forceinline__ uint32_t population_from(uint32_t p, uint32_t last, uint32_t neuron) {
  while (p < last && neuron >= net.populations[p + 1].first_neuron) ++p;
  return p;
}

// What arrives in a step is used up: pages go back, flags fall; the lists of the step's spikes begin empty. Called by all blocks.
__device__ __forceinline__ void use_up(const uint32_t (&buckets)[KINDS], uint8_t* dirty) {
  if (threadIdx.x < net.pages_per_bucket)
    for (int kind = 0; kind < KINDS; ++kind) give_back_page(buckets[kind], threadIdx.x);
  if (threadIdx.x == 0) {
    *dirty = 0;
    for (int kind = 0; kind < KINDS; ++kind) net.fill[buckets[kind]] = 0;
  }
  if (blockIdx.x == 0) {
    for (uint32_t k = threadIdx.x; k < KINDS * net.n_areas; k += blockDim.x) {
      net.list_size[k] = 0;
      net.list_limit[k] = UINT32_MAX;
    }
    if (threadIdx.x < KINDS) net.next_chunk[threadIdx.x] = 0;
  }
}

// Grid: one block per owner. Shared memory: one sum per neuron, then one bit per neuron.
// Reads the calendar, the ring and the state; writes the state and the owner's spikes in ascending order. Deterministic: sums are integers.
extern "C" __global__ void __launch_bounds__(UPDATE_THREADS, 2) update_neurons(uint32_t step) {
  extern __shared__ int32_t sums[];
  __shared__ uint32_t scratch[33], numbers[KINDS][32];
  const Owner owner = net.owners[blockIdx.x];
  const Area area = net.areas[owner.area];
  const uint32_t n = owner.n_neurons;
  uint32_t* spiked = reinterpret_cast<uint32_t*>(sums + (n + 3) / 4 * 4);
  const uint32_t n_words = (n + 31) / 32;

  const uint32_t ring_slot = step % area.ring_slots;
  uint8_t* dirty = &net.dirty[owner.first_dirty + ring_slot];
  if (*dirty) {
    int32_t* ring = net.ring + owner.ring + static_cast<uint64_t>(ring_slot) * n;
    for (uint32_t k = threadIdx.x; k < n; k += blockDim.x) {
      sums[k] = ring[k];
      ring[k] = 0;
    }
  } else {
    for (uint32_t k = threadIdx.x; k < n; k += blockDim.x) sums[k] = 0;
  }
  for (uint32_t k = threadIdx.x; k < n_words; k += blockDim.x) spiked[k] = 0;
  const uint32_t buckets[KINDS] = {owner.first_bucket[0] + step % area.slots[0], owner.first_bucket[1] + step % area.slots[1]};
  const uint32_t counts[KINDS] = {net.fill[buckets[0]], net.fill[buckets[1]]};
  if (threadIdx.x < net.pages_per_bucket)
    for (int kind = 0; kind < KINDS; ++kind) numbers[kind][threadIdx.x] = net.pages[buckets[kind] * net.pages_per_bucket + threadIdx.x];
  __syncthreads();
  for (int kind = 0; kind < KINDS; ++kind) drain_bucket(counts[kind], numbers[kind], sums);
  __syncthreads();
  use_up(buckets, dirty);

  const uint32_t end = owner.first_neuron + n;
  const uint32_t last_population = owner.first_population + owner.n_populations - 1;
  for (uint32_t group = owner.first_neuron / 4 + threadIdx.x; 4 * group < end; group += blockDim.x) {
    const uint32_t first = max(4 * group, owner.first_neuron), stop = min(4 * group + 4, end);
    // the state is needed only after the drive, and there are no registers to keep it in meanwhile
    prefetch(&net.v[4 * group]);
    prefetch(&net.i[4 * group]);
    prefetch(&net.refractory[4 * group]);
    const uint32_t p = population_from(owner.first_population, last_population, first);
    int32_t input[4];
#pragma unroll
    for (int k = 0; k < 4; ++k) input[k] = 4 * group + k >= first && 4 * group + k < stop ? sums[4 * group + k - owner.first_neuron] : 0;
    const bool mixed = p < last_population && stop > net.populations[p + 1].first_neuron;
    for (uint32_t q = 0; q < net.n_inputs; ++q) {
      const int32_t weight = net.poisson_weight[p * net.n_inputs + q];
      if (q > 0 && weight == 0 && !mixed) continue;  // a stimulus that is off; the first input is nobody's to wait for
      const Words words = poisson_words(net.seed, group, step, q);
      const uint32_t word[4] = {words.w0, words.w1, words.w2, words.w3};
#pragma unroll
      for (int k = 0; k < 4; ++k) {
        const uint32_t population = mixed ? population_from(p, last_population, 4 * group + k) : p;
        input[k] += (mixed ? net.poisson_weight[population * net.n_inputs + q] : weight) * count_events(population, q, poisson_uniform(word[k]));
      }
    }
    uint32_t bits = 0;
    if (stop - first == 4 && !mixed) {
      struct alignas(4 * sizeof(Real)) Four {
        Real x[4];
      };
      const Real drift = net.populations[p].drift;
      Four v = *reinterpret_cast<const Four*>(net.v + first), i = *reinterpret_cast<const Four*>(net.i + first);
      ushort4 r = *reinterpret_cast<const ushort4*>(net.refractory + first);
      uint16_t counter[4] = {r.x, r.y, r.z, r.w};
#pragma unroll
      for (int k = 0; k < 4; ++k) {
        NeuronState<Real> state{v.x[k], i.x[k], counter[k]};
        if (update_neuron(state, net.neuron, drift, input[k])) bits |= 1u << k;
        v.x[k] = state.v;
        i.x[k] = state.i;
        counter[k] = static_cast<uint16_t>(state.refractory);
      }
      *reinterpret_cast<Four*>(net.v + first) = v;
      *reinterpret_cast<Four*>(net.i + first) = i;
      *reinterpret_cast<ushort4*>(net.refractory + first) = make_ushort4(counter[0], counter[1], counter[2], counter[3]);
    } else {
      for (uint32_t m = first; m < stop; ++m) {
        const uint32_t population = mixed ? population_from(p, last_population, m) : p;
        NeuronState<Real> state{net.v[m], net.i[m], net.refractory[m]};
        if (update_neuron(state, net.neuron, net.populations[population].drift, input[m % 4])) bits |= 1u << (m - first);
        net.v[m] = state.v;
        net.i[m] = state.i;
        net.refractory[m] = static_cast<uint16_t>(state.refractory);
      }
    }
    if (bits) {
      const uint32_t local = first - owner.first_neuron;
      atomicOr(&spiked[local / 32], bits << (local % 32));
      if (local % 32 > 28 && bits >> (32 - local % 32)) atomicOr(&spiked[local / 32 + 1], bits >> (32 - local % 32));
    }
  }
  __syncthreads();

  uint32_t before = 0;
  for (uint32_t base = 0; base < n_words; base += blockDim.x) {
    uint32_t word = base + threadIdx.x < n_words ? spiked[base + threadIdx.x] : 0;
    uint32_t total;
    uint32_t place = owner.first_neuron + before + exclusive_scan(__popc(word), scratch, total);
    for (; word; word &= word - 1) net.spikes[place++] = owner.first_neuron + 32 * (base + threadIdx.x) + __ffs(word) - 1;
    before += total;
  }
  if (threadIdx.x == 0) net.spike_count[blockIdx.x] = before;
}

}  // namespace procortex
