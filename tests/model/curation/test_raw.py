"""What the raw files say about defaults that the configuration holds."""

from __future__ import annotations

import numpy as np
import pytest

from model.anatomy import AnatomyParameters
from model.curation.raw import read_synapses_per_neuron
from sources.checksums import SourceFolder


@pytest.mark.golden
def test_default_indegree_of_v1_is_the_mean_of_two_studies(raw: SourceFolder) -> None:
    assert np.mean(read_synapses_per_neuron(raw)) == AnatomyParameters().av_indegree_V1
