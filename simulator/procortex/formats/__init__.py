"""The files that the simulator reads and writes: networks, spikes, series of counts, potentials."""
