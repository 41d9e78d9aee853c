"""Statistics of spikes: rates, LvR (all neurons), correlations (a subsample), histograms, fluctuations and spectra."""
