// Where events wait: every bucket (an owner's events of one step and kind) is a chain of pages that double in size, taken from one pool.
//
// Page e of a bucket holds its events FIRST_PAGE * (2^e - 1) and on, FIRST_PAGE * 2^e of them. Whoever reserves the event that opens a
// page takes the page; others wait for its number. Pages are taken while synapses are regenerated and given back while neurons are
// updated, never both at once: the free lists are plain stacks. When the pool is used up, or a bucket has no more pages, events go into
// the spill ring.
#pragma once

#include "network.cuh"

namespace procortex {

constexpr uint32_t FIRST_PAGE = 256;       // events
constexpr uint32_t NO_PAGE = UINT32_MAX;   // there was none to take; 0: not taken yet, else the page's first event / FIRST_PAGE + 1

__device__ __forceinline__ uint32_t page_of(uint32_t position) { return 31 - __clz(position / FIRST_PAGE + 1); }
__device__ __forceinline__ uint32_t page_begin(uint32_t page) { return FIRST_PAGE * ((1u << page) - 1); }
__device__ __forceinline__ uint32_t page_event(uint32_t number) { return (number - 1) * FIRST_PAGE; }

__device__ __forceinline__ uint32_t take_page(uint32_t page) {
  const int32_t left = atomicSub(&net.free_count[page], 1);
  if (left > 0) return net.free_pages[net.first_free[page] + left - 1];
  atomicAdd(&net.free_count[page], 1);  // the stack is empty; nobody pushes now, so nobody misreads the count in between
  const unsigned long long unit = atomicAdd(net.pool_used, 1ull << page);
  return unit + (1ull << page) <= net.pool_pages ? static_cast<uint32_t>(unit) + 1 : NO_PAGE;
}

// Reserve n events of a bucket and take the pages that they open; gives the position of the first event.
__device__ __forceinline__ uint32_t reserve_events(uint32_t bucket, uint32_t n) {
  const uint32_t position = atomicAdd(&net.fill[bucket], n);
  uint32_t page = page_of(position);
  if (page_begin(page) < position) ++page;
  for (; page < net.pages_per_bucket && page_begin(page) < position + n; ++page)
    atomicExch(&net.pages[bucket * net.pages_per_bucket + page], take_page(page));
  return position;
}

// Number of a page of a bucket, once it is taken.
__device__ __forceinline__ uint32_t page_number(uint32_t bucket, uint32_t page) {
  if (page >= net.pages_per_bucket) return NO_PAGE;
  const volatile uint32_t* number = &net.pages[bucket * net.pages_per_bucket + page];
  uint32_t found;
  while ((found = *number) == 0) {
  }
  return found;
}

// Give the pages of a drained bucket back; called by threads 0 ... pages_per_bucket - 1 of one block.
__device__ __forceinline__ void give_back_page(uint32_t bucket, uint32_t page) {
  uint32_t* number = &net.pages[bucket * net.pages_per_bucket + page];
  if (*number != 0 && *number != NO_PAGE) net.free_pages[net.first_free[page] + atomicAdd(&net.free_count[page], 1)] = *number;
  *number = 0;
}

}  // namespace procortex
