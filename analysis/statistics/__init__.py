"""Statistics of spikes: columnar over every neuron (rates, LvR), by Elephant on a subsample (correlations)."""
