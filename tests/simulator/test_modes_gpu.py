"""Every mode of the model on a GPU: the spikes of the cpu backend, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from procortex.backends.cuda.usable import cuda_works
from tests.gpu.test_cuda import assert_same
from tests.simulator.modes import MODES, T_SIM, mode_network

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not cuda_works(), reason="no GPU, driver, PyCUDA or nvcc here")]


@pytest.mark.parametrize("mode", MODES)
def test_every_mode(mode: str, tmp_path: Path) -> None:
    assert_same(mode_network(mode, tmp_path), round(T_SIM / 0.1))
