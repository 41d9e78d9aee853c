"""On a GPU: drive over time, taking a simulation up again, and noting neurons give the bits of the cpu backend."""

from __future__ import annotations

import numpy as np
import pytest

from procortex.backends.base import Options, Watch
from procortex.backends.cpu import CpuSimulation
from procortex.backends.cuda.partition import Limits
from procortex.backends.cuda.usable import cuda_works
from procortex.formats.network import write_network
from procortex.formats.potentials import read_potentials
from procortex.formats.series import read_series
from procortex.run import Outputs, run
from tests.gpu.test_cuda import SMALL, assert_same, cuda_simulation
from tests.networks import small_network
from tests.test_checkpoint import StoppedError, everything
from tests.test_drive_over_time import stimulated

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not cuda_works(), reason="no GPU, driver, PyCUDA or nvcc here")]


@pytest.fixture(scope="module")
def small():
    return small_network(SMALL, indegree=60, rate=9000)


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_drive_over_time(precision):
    assert_same(stimulated({"V1-23E": 803, "V1-23I": 201}), 700, precision)


@pytest.mark.parametrize("limits", [Limits(), Limits(events=0), Limits(events=20_000, rows=20, pairs=300)], ids=str)
@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("step", [30, 777, 1200])
def test_taken_up_after_any_step(small, precision, limits, step):
    """By either backend from what either gives."""
    options = Options(seed=3, threads=2, precision=precision)
    whole = CpuSimulation(small, options)
    steps, neurons = whole.advance(step)
    recent = steps > step - whole.longest_delay
    state = whole.state()
    expected = whole.advance(400)
    given = cuda_simulation(small, options, limits, None)
    first = given.advance(step)
    assert all((a == b).all() for a, b in zip(first, (steps, neurons), strict=True))
    states = {"cpu": state, "cuda": given.state()}
    given.close()
    for name in ("v", "i", "refractory"):
        assert (getattr(states["cpu"], name) == getattr(states["cuda"], name)).all()
        assert getattr(states["cpu"], name).dtype == getattr(states["cuda"], name).dtype
    for backend in (CpuSimulation(small, options), cuda_simulation(small, options, limits, None)):
        backend.restore(states["cuda"], step, steps[recent], neurons[recent])
        found = backend.advance(400)
        backend.close()
        assert all((a == b).all() for a, b in zip(found, expected, strict=True))


@pytest.mark.parametrize("every", [1, 7])
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_notes(small, precision, every):
    options = Options(seed=3, threads=2, precision=precision, watch=Watch((0, 803, 1500, 5), every))
    ours, theirs = cuda_simulation(small, options, None, None), CpuSimulation(small, options)
    for piece in (200, 1, 6, 555):
        ours.advance(piece)
        theirs.advance(piece)
        for a, b in zip(ours.watched(), theirs.watched(), strict=True):
            np.testing.assert_array_equal(a, b)
    ours.close()


def test_stopped_on_the_gpu_and_finished_by_either(small, tmp_path, monkeypatch):
    from procortex.backends.cuda.simulation import CudaSimulation

    write_network(small, tmp_path / "network.nc")

    def simulate(backend, name):
        records = Outputs(counts=True, potentials_neurons=3, checkpoint_ms=30.0)
        return run(tmp_path / "network.nc", backend, 100.0, tmp_path / name / "spikes", Options(seed=1, threads=2), records)

    simulate("cpu", "whole")
    advance = CudaSimulation.advance

    def failing(self, n_steps):
        if self._next_step > 700:
            raise StoppedError
        return advance(self, n_steps)

    for backend in ("cpu", "cuda"):
        with monkeypatch.context() as patch:
            patch.setattr(CudaSimulation, "advance", failing)
            with pytest.raises(StoppedError):
                simulate("cuda", backend)
        assert simulate(backend, backend).attempts == 2
    parts = {name: {k: v for k, v in everything(tmp_path / name).items() if k.endswith(".parquet")} for name in ("whole", "cpu", "cuda")}
    assert parts["whole"] == parts["cpu"] == parts["cuda"]
    assert len(parts["whole"]) == 3 * 4
    for name in ("cpu", "cuda"):
        assert (
            read_series(tmp_path / name / "spikes" / "_series.nc")
            .drop_attrs()
            .equals(read_series(tmp_path / "whole" / "spikes" / "_series.nc").drop_attrs())
        )
        assert (
            read_potentials(tmp_path / name / "spikes" / "_potentials.nc")
            .drop_attrs()
            .equals(read_potentials(tmp_path / "whole" / "spikes" / "_potentials.nc").drop_attrs())
        )
