"""The weights of the published model (spec section 10), entry by entry."""

import json

import numpy as np
import pytest

from model.configuration.groups import ConnectionParams, NeuronParams
from model.network.weights import external_weight, psc_per_psp, weight_matrices
from procortex.formats.populations import population_labels

pytestmark = pytest.mark.golden


@pytest.mark.parametrize("name", ["base", "stable"])
def test_weight_matrix(golden_dir, name):
    """Mean weights with chi = 1.9, chi_I = 2, target by source, the external column last; J = W tau_syn / C_m."""
    golden = np.load(golden_dir / "anatomy" / f"matrices_{name}.npz", allow_pickle=True)
    connections, neuron = ConnectionParams(cc_weights_factor=1.9, cc_weights_I_factor=2.0), NeuronParams()
    mean, _ = weight_matrices(population_labels(), connections, neuron)
    ours = np.column_stack([mean, np.full(len(mean), external_weight(connections, neuron))])
    np.testing.assert_allclose(ours, golden["W_pA"], rtol=1e-12)
    np.testing.assert_allclose(ours * neuron.tau_syn_ex / neuron.C_m, golden["J_mV"], rtol=1e-12)


def test_psc_per_psp(golden_dir):
    values = json.loads((golden_dir / "anatomy" / "fits_and_totals.json").read_text())
    assert psc_per_psp(250.0, 10.0, 0.5) == pytest.approx(values["PSC_e_over_PSP_e"], rel=1e-12)
