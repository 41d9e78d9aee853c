"""Acceptance: whether the full model agrees with the published NEST simulation, by limits fixed beforehand."""
