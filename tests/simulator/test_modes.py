"""Every mode of the model on our simulator and on NEST: the same rates."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from procortex.backends.base import Options
from procortex.formats.network import write_network
from procortex.formats.spike_meta import read_meta
from procortex.run import run
from tests.simulator.modes import MODES, T_SIM, mode_network

pytestmark = pytest.mark.nest
pytest.importorskip("nest", reason="PyNEST is not installed")

SEEDS = (1, 2, 3)
LEVEL = 1e-3
"""Family-wise, over all comparisons of this file."""


@pytest.mark.parametrize("mode", MODES)
def test_rates_of_both_backends_agree(mode: str, tmp_path: Path) -> None:
    """Mean rates of excitatory and inhibitory neurons: Welch's t test over seeds, Bonferroni over modes and kinds."""
    write_network(mode_network(mode, tmp_path), tmp_path / "network.nc")
    counts: dict[tuple[str, bool], list[int]] = {}
    for backend in ("cpu", "nest"):
        for seed in SEEDS:
            run(tmp_path / "network.nc", backend, T_SIM, tmp_path / f"{backend}-{seed}", Options(seed=seed, threads=1))
            spikes = read_meta(tmp_path / f"{backend}-{seed}").spikes
            for kind in (True, False):
                counts.setdefault((backend, kind), []).append(sum(n for label, n in spikes.items() if label.endswith("E") == kind))
    for kind in (True, False):
        ours, theirs = (np.array(counts[backend, kind], dtype=float) for backend in ("cpu", "nest"))
        assert theirs.mean() > 50
        # seeds of few spikes can be alike by chance: what a Poisson process varies by is the least spread
        variance = max(ours.var(ddof=1) + theirs.var(ddof=1), ours.mean() + theirs.mean()) / len(SEEDS)
        limit = stats.t.isf(LEVEL / 2 / (2 * len(MODES)), 2 * len(SEEDS) - 2)
        assert abs(ours.mean() - theirs.mean()) < limit * np.sqrt(variance), (ours, theirs)
