// Everything the cuda backend compiles, for one device architecture and one choice of number formats (-D, see network.cuh).
#include "generate.cuh"
#include "plan.cuh"
#include "replay.cuh"
#include "rows.cuh"
#include "update.cuh"

namespace procortex {

// What the host must agree on: sizes of the structs that it fills, and the shared memory of generate_events before its tables.
extern "C" __device__ const uint32_t layout_bytes[] = {sizeof(Network), sizeof(Population), sizeof(Projection), sizeof(Area), sizeof(Owner), sizeof(List), sizeof(Row), sizeof(GenerateMemory)};

}  // namespace procortex
