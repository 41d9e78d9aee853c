"""Spikes in the formats of others: exports (SONATA, Neo, NIX) and imports (NEST's recordings, the original model's arrays)."""
