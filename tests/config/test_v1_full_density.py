"""V1 at full density, its surround replaced by Poisson input: our spikes have the statistics of NEST's."""

import numpy as np
import pytest
from scipy import stats

from model.configuration import load_experiment
from model.network.build import build_network
from procortex.backends.base import Options
from procortex.formats.network import write_network
from procortex.formats.spikes import read_spikes
from procortex.run import run
from tests.helpers.paths import ROOT

pytestmark = [pytest.mark.golden, pytest.mark.slow]
CONFIG = ROOT / "config" / "v1.yaml"
FIRST_STEP, END_STEP = 5000, 15000


@pytest.fixture(scope="module")
def spikes(tmp_path_factory, raw_dir, published_dir):
    folder = tmp_path_factory.mktemp("v1")
    parameters = load_experiment([CONFIG], {}).state("ground")
    write_network(build_network(parameters), folder / "network.nc")
    meta = run(folder / "network.nc", "cpu", 1500.0, folder / "spikes", Options(seed=1, threads=0))
    assert sum(meta.populations.values()) == 197_932
    frame = read_spikes(folder / "spikes", "V1", first_step=FIRST_STEP, end_step=END_STEP)
    neurons = frame.groupby("population", observed=True)["neuron"]
    return {name: np.bincount(group, minlength=meta.populations[f"V1-{name}"]) for name, group in neurons}


def test_rates_equal_nest(spikes, golden_dir):
    """Spike counts of one second: all our neurons against the first 3000 of each of NEST's populations (Welch, family-wise level 1e-3)."""
    golden = np.load(golden_dir / "dynamics" / "V1_full_ground_nest.npz", allow_pickle=True)
    steps = np.rint(golden["times"] / 0.1).astype(int)
    inside = (steps >= FIRST_STEP) & (steps < END_STEP)
    for name, first, size in zip(golden["names"], golden["first"], golden["n"], strict=True):
        population = str(name).removeprefix("V1-")
        recorded = min(int(size), 3000)
        senders = golden["senders"][inside] - first
        nest = np.bincount(senders[(senders >= 0) & (senders < recorded)], minlength=recorded)
        assert stats.ttest_ind(spikes[population], nest, equal_var=False).pvalue > 1e-3 / 8, population
        # the whole distribution over neurons as well, which shows the spread of in-degrees
        assert stats.ks_2samp(spikes[population], nest).pvalue > 1e-3 / 8, population
