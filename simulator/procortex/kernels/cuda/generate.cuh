// Regenerate synapses and write them into the calendar, sorted by owner and arrival within a chunk.
#pragma once

#include "network.cuh"
#include "pages.cuh"
#include "scan.cuh"
#include "spill.cuh"

namespace procortex {

constexpr uint32_t PAIRS_PER_THREAD = PAIRS_PER_CHUNK / GENERATE_THREADS;

constexpr uint32_t NO_PLACE = UINT32_MAX;
constexpr uint32_t IN_PIECES = 1u << 15;  // marks bins whose events lie in several pages, or in none

struct GenerateMemory {
  union {
    uint32_t starts[PAIRS_PER_CHUNK + 1];  // of the chunk's rows, while synapses are regenerated
    uint32_t sorted[2 * PAIRS_PER_CHUNK];  // events, afterwards
  };
  uint16_t bins[2 * PAIRS_PER_CHUNK];  // of the sorted events
  uint32_t first_chunk[MAX_AREAS + 1];
  uint32_t scratch[33];
  uint32_t chunk;
};

// Rows and pairs of a list that found their places.
__device__ __forceinline__ uint2 list_extent(uint32_t list) {
  const unsigned long long size = net.list_size[list], pairs = size & ((1ull << PAIR_BITS) - 1);
  return {min(static_cast<uint32_t>(size >> PAIR_BITS), net.lists[list].row_capacity), static_cast<uint32_t>(min(pairs, static_cast<unsigned long long>(net.list_limit[list])))};
}

__device__ __forceinline__ uint32_t bucket_of(const Area& area, int kind, uint32_t owner, uint32_t delay, uint32_t step) {
  return net.owners[area.first_owner + owner].first_bucket[kind] + (step + delay) % area.slots[kind];
}

// Regenerate one chunk of a list.
// bin = owner * (slots - 1) + delay - 1; `first` (n_bins) counts, then begins of the bins; `base` (n_bins, behind them): the event of the calendar that
// the chunk's first event would be if the bin went on to both sides, or the bin's position in its bucket if it lies in pieces.
template <bool STAGED>
__device__ void generate_chunk(GenerateMemory& shared, uint32_t* first, const uint16_t* delays, const Weight* weights, int kind, uint32_t area_index, uint32_t chunk,
                               uint32_t step) {
  const Area area = net.areas[area_index];
  const List list = net.lists[kind * net.n_areas + area_index];
  const uint2 extent = list_extent(kind * net.n_areas + area_index);
  const uint32_t n_rows = extent.x, n_pairs = extent.y;
  const uint32_t begin = chunk * PAIRS_PER_CHUNK, count = min(PAIRS_PER_CHUNK, n_pairs - begin);
  const uint32_t longest = area.slots[kind] - 1, n_bins = area.n_owners * longest;
  uint32_t* base = first + n_bins;
  const uint32_t first_row = net.chunk_row[list.first_chunk + chunk];
  const Row* rows = net.rows + list.first_row;
  for (uint32_t b = threadIdx.x; b < n_bins; b += blockDim.x) first[b] = 0;
  const uint32_t last_row = begin + PAIRS_PER_CHUNK < n_pairs ? net.chunk_row[list.first_chunk + chunk + 1] : n_rows - 1;
  const uint32_t n_here = min(last_row - first_row + 1, count);  // every row has at least one pair
  for (uint32_t r = threadIdx.x; r < n_here; r += blockDim.x) shared.starts[r] = rows[first_row + r].start;
  if (threadIdx.x == 0) shared.starts[n_here] = UINT32_MAX;
  __syncthreads();

  // A warp takes 32 * PAIRS_PER_THREAD neighbouring pairs: from one of a thread's pairs to its next it is seldom far to the next row.
  uint32_t events[2 * PAIRS_PER_THREAD], places[2 * PAIRS_PER_THREAD];  // place: bin in the lower half, rank within the bin in the upper
  const uint32_t my_pair = threadIdx.x / 32 * 32 * PAIRS_PER_THREAD + threadIdx.x % 32;
  uint32_t r = last_not_above(shared.starts, n_here, begin + my_pair), loaded = UINT32_MAX;
  Row row{};
  Projection projection{};
  uint32_t delay_table = 0, weight_table = 0;
#pragma unroll
  for (uint32_t u = 0; u < PAIRS_PER_THREAD; ++u) {
    const uint32_t k = my_pair + 32 * u, pair = begin + k;
    places[2 * u] = places[2 * u + 1] = NO_PLACE;
    if (k >= count) continue;
    while (shared.starts[r + 1] <= pair) ++r;
    if (r != loaded) {
      row = rows[first_row + r];
      projection = net.projections[row.projection];
      delay_table = projection.delay_class * LEVELS;
      weight_table = projection.weight_class * LEVELS;
      loaded = r;
    }
    const uint32_t j = pair - row.start;
    const Words words = synapse_words(net.seed, projection.id, row.source, j);
#pragma unroll
    for (uint32_t half = 0; half < 2; ++half) {
      if (half && 2 * j + 1 >= row.length) continue;
      const Synapse synapse = half ? make_synapse(words.w2, words.w3, projection.n_target) : make_synapse(words.w0, words.w1, projection.n_target);
      const uint32_t target = projection.offset + synapse.target, owner = mulhi(target, area.owner_magic);
      const uint32_t delay_at = delay_table + synapse.delay_level, weight_at = weight_table + synapse.weight_level;
      const uint32_t delay = STAGED ? delays[delay_at] : __ldg(&delays[delay_at]);
      const int32_t weight = STAGED ? weights[weight_at] : __ldg(&weights[weight_at]);
      const uint32_t bin = owner * longest + delay - 1;
      events[2 * u + half] = make_event(target - owner * area.owner_size, weight);
      places[2 * u + half] = bin | atomicAdd(&first[bin], 1u) << 16;
    }
  }
  __syncthreads();

  // counts to begins: every thread adds up neighbouring bins; places in the calendar
  const uint32_t bins_per_thread = (n_bins + blockDim.x - 1) / blockDim.x, my_first = threadIdx.x * bins_per_thread;
  const uint32_t my_end = min(my_first + bins_per_thread, n_bins);
  uint32_t mine = 0, total;
  for (uint32_t b = my_first; b < my_end; ++b) mine += first[b];
  uint32_t start = exclusive_scan(mine, shared.scratch, total);
  for (uint32_t b = my_first; b < my_end; ++b) {
    const uint32_t n = first[b];
    first[b] = start;
    base[b] = n;
    start += n;
  }
  __syncthreads();
  for (uint32_t b = threadIdx.x; b < n_bins; b += blockDim.x) {
    const uint32_t n = base[b];
    if (n == 0) continue;
    const uint32_t bucket = bucket_of(area, kind, b / longest, b % longest + 1, step);
    const uint32_t position = reserve_events(bucket, n), page = page_of(position);
    const uint32_t number = page_number(bucket, page);
    const bool whole = number != NO_PAGE && position + n <= page_begin(page + 1);
    base[b] = whole ? page_event(number) + (position - page_begin(page)) - first[b] : position;
    if (!whole) first[b] |= IN_PIECES;
  }
  __syncthreads();
#pragma unroll
  for (uint32_t u = 0; u < 2 * PAIRS_PER_THREAD; ++u) {
    if (places[u] == NO_PLACE) continue;
    const uint32_t bin = places[u] & 0xFFFF, begin_of_bin = first[bin], at = (begin_of_bin & (IN_PIECES - 1)) + (places[u] >> 16);
    shared.sorted[at] = events[u];
    shared.bins[at] = static_cast<uint16_t>(bin | (begin_of_bin & IN_PIECES));
  }
  __syncthreads();

  uint32_t spilled = 0;
  for (uint32_t k = threadIdx.x; k < total; k += blockDim.x) {
    const uint32_t bin = shared.bins[k], event = shared.sorted[k];
    if (!(bin & IN_PIECES)) {
      __stcs(&net.calendar[base[bin] + k], event);
      continue;
    }
    const uint32_t b = bin & (IN_PIECES - 1), owner = b / longest, delay = b % longest + 1;
    const uint32_t position = base[b] + k - (first[b] & (IN_PIECES - 1)), page = page_of(position);
    const uint32_t number = page_number(bucket_of(area, kind, owner, delay, step), page);
    if (number != NO_PAGE) {
      net.calendar[page_event(number) + (position - page_begin(page))] = event;
    } else {
      spill_event(area, step, owner, event_local(event), delay, event_weight(event));
      ++spilled;
    }
  }
  if (spilled) atomicAdd(&net.statistics[1], spilled);
  if (threadIdx.x == 0) atomicAdd(&net.statistics[0], total);
  __syncthreads();
}

// Copy a table whose size is a multiple of 16 bytes.
template <typename Number>
__device__ __forceinline__ void copy_table(Number* to, const Number* from, uint32_t count) {
  for (uint32_t k = threadIdx.x; k < count * sizeof(Number) / 16; k += blockDim.x) reinterpret_cast<uint4*>(to)[k] = reinterpret_cast<const uint4*>(from)[k];
}

// All chunks of one kind, shared among the blocks. `rest` is shared memory for the tables, if they are staged, and the bins.
template <bool STAGED>
__device__ void generate_kind(GenerateMemory& shared, unsigned char* rest, int kind, uint32_t step) {
  uint32_t chunks = 0;
  for (uint32_t a0 = 0; a0 < net.n_areas; a0 += blockDim.x) {
    const uint32_t a = a0 + threadIdx.x;
    const uint32_t mine = a < net.n_areas ? (list_extent(kind * net.n_areas + a).y + PAIRS_PER_CHUNK - 1) / PAIRS_PER_CHUNK : 0;
    uint32_t total;
    const uint32_t before = chunks + exclusive_scan(mine, shared.scratch, total);
    if (a < net.n_areas) shared.first_chunk[a] = before;
    chunks += total;
  }
  if (blockIdx.x >= chunks) {  // nothing for this block
    __syncthreads();
    return;
  }
  Weight* weights = reinterpret_cast<Weight*>(rest);
  uint16_t* delays = reinterpret_cast<uint16_t*>(weights + (STAGED ? net.staged_weights[kind] * LEVELS : 0));
  uint32_t* first = reinterpret_cast<uint32_t*>(delays + (STAGED ? net.staged_delays[kind] * LEVELS : 0));
  if (STAGED) {
    copy_table(weights, net.weights[kind], net.staged_weights[kind] * LEVELS);
    copy_table(delays, net.delays[kind], net.staged_delays[kind] * LEVELS);
  }
  for (;;) {
    if (threadIdx.x == 0) shared.chunk = atomicAdd(&net.next_chunk[kind], 1u);
    __syncthreads();
    const uint32_t chunk = shared.chunk;
    if (chunk >= chunks) break;
    const uint32_t area = last_not_above(shared.first_chunk, net.n_areas, chunk);
    generate_chunk<STAGED>(shared, first, STAGED ? delays : net.delays[kind], STAGED ? weights : net.weights[kind], kind, area, chunk - shared.first_chunk[area], step);
  }
  __syncthreads();
}

// Grid: as many blocks as are resident; each takes chunks until none are left. Those between areas come first: they are few, and each
// takes long for its many bins.
// Which block regenerates a chunk, and where its events lie within a bucket, depends on timing; the sums do not.
extern "C" __global__ void __launch_bounds__(GENERATE_THREADS, 1024 / GENERATE_THREADS) generate_events(uint32_t step) {
  extern __shared__ __align__(16) unsigned char memory[];
  GenerateMemory& shared = *reinterpret_cast<GenerateMemory*>(memory);
  unsigned char* rest = memory + (sizeof(GenerateMemory) + 15) / 16 * 16;
  for (int kind = KINDS - 1; kind >= 0; --kind) {
    if (net.staged_delays[kind])
      generate_kind<true>(shared, rest, kind, step);
    else
      generate_kind<false>(shared, rest, kind, step);
  }
}

}  // namespace procortex
