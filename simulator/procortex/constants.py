"""Numbers that writers and simulators of a network share, in a module that takes no time to import."""

LEVELS = 4096
"""Entries of a table of delays or weights, which the kernels know as `LEVELS`."""

V0_LEVELS = 65536
"""Entries of the table of initial potentials."""

EVENT_WEIGHT_LIMIT = 1 << 16
"""Weights fit a signed 17-bit number, the event format of the parallel backends."""

BIN_MS = 1.0
"""Bins in which spikes are counted (ms)."""
