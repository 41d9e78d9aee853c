"""Who leads and who drives: lags and hierarchy of areas, Granger causality and paths of strongest influence between populations."""
