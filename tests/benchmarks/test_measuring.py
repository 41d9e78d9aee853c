"""How a simulation is timed, and the rows that come of it."""

import itertools
import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

import benchmarks.ceilings
import benchmarks.inprocess
from benchmarks.ceilings import compile_ceilings, measure_ceilings
from benchmarks.inprocess import measure_here
from benchmarks.simulate import Case, base_row, default_warm_up, write_row
from procortex.backends.cuda.device import Memory
from procortex.backends.cuda.partition import Shape
from procortex.formats.network import read_network, write_network
from procortex.utilities.errors import InputError
from tests.networks import small_network

SIZES = {"V1-23E": 80, "V1-23I": 20, "V2-23E": 40}


@pytest.fixture
def case(tmp_path):
    path = tmp_path / "network.nc"
    write_network(small_network(SIZES, indegree=10, rate=9000), path)
    return Case("small", path, "cpu", t_sim=200.0, seed=1, threads=1, warm_up=100.0, recording=False)


def test_a_case_survives_its_text(case):
    assert Case.from_json(case.to_json()) == case


def test_warm_up_where_time_allows():
    assert [default_warm_up(t_sim) for t_sim in (100.0, 500.0, 501.0, 1e4)] == [0.0, 0.0, 500.0, 500.0]


def test_base_row(case):
    row = base_row(case, read_network(case.network), {"V1-23E": 8, "V1-23I": 4, "V2-23E": 10}, None)
    assert row["rates"] == {"23E": 1.5, "23I": 2.0}
    assert row["spikes_per_s"] == 220
    assert row["state"] == "ground"
    assert row["events_per_s"] > 0
    assert base_row(case, read_network(case.network), dict.fromkeys(SIZES, 0), 50)["events_per_s"] == 500


def test_unrecorded_on_the_processor(case, tmp_path):
    command = [sys.executable, "-m", "benchmarks", "simulate", "--network", str(case.network), "--name", "small", "--t-sim", "200"]
    subprocess.run([*command, "--warm-up", "100", "--threads", "1", "--record-none", "--out", str(tmp_path)], check=True)
    row = json.loads((tmp_path / "small-cpu-1-seed1-unrecorded.json").read_text())
    assert row["recording"] is False
    assert row["warm_up_ms"] == 100
    assert row["real_time_factor"] > 0
    assert row["events_per_s"] > 0
    assert set(row["phases_us_per_step"]) == {"update", "deliver"}
    assert row["processors"] > 0
    assert row["machine"]["processors"] >= 1


def test_recorded_on_the_processor(case, tmp_path):
    command = [sys.executable, "-m", "benchmarks", "simulate", "--network", str(case.network), "--name", "small", "--t-sim", "50"]
    subprocess.run([*command, "--threads", "1", "--out", str(tmp_path)], check=True)
    row = json.loads((tmp_path / "small-cpu-1-seed1.json").read_text())
    assert row["recording"] is True
    assert row["recorded"] == sum(SIZES.values())
    assert row["processors"] > 0
    assert row["real_time_factor"] == row["real_time_factor_with_warm_up"] > 0


class FakeDevice:
    """Every kernel takes as long as its name is."""

    name, architecture, shape = "fake", 90, Shape(multiprocessors=2, shared_bytes=48 << 10)
    versions = {"driver": "0"}  # noqa: RUF012

    def __init__(self):
        self.profile, self.kernel_ms, self.launched = False, {}, []

    def launch(self, kernel, *arguments):
        self.launched.append(arguments)
        if self.profile:
            self.kernel_ms.setdefault(kernel, []).append(float(len(kernel)))

    def load(self, path):
        assert path.read_bytes() == b"cubin"

    def allocate(self, size):
        return Memory(256, size)

    def upload(self, array):
        return Memory(512, array.nbytes)

    def fill(self, memory, byte):
        pass

    def free_bytes(self):
        return 1 << 30

    def synchronize(self):
        pass

    def close(self):
        pass


class FakeSimulation:
    """A GPU on which every neuron spikes once in a step, in steps of one tick of the clock."""

    chunk_ms, device, versions, device_memory_bytes = 20.0, "fake", {"driver": "0"}, 123

    def __init__(self):
        self._device, self.steps = FakeDevice(), 0

    def advance(self, n_steps):
        for _ in range(n_steps):
            for kernel in ("update_neurons", "plan_delivery", "generate_events"):
                self._device.launch(kernel)
        first, self.steps = self.steps + 1, self.steps + n_steps
        n = sum(SIZES.values())
        return np.repeat(np.arange(first, first + n_steps, dtype=np.int32), n), np.tile(np.arange(n, dtype=np.uint32), n_steps)

    def events(self):
        return 1000 * self.steps

    def statistics(self):
        return {"events": self.events(), "spilled_events": 10 * self.steps, "spilled_rows": self.steps}

    def wall_times(self):
        return {"compile": 0.5, "set_up": 0.25, "simulate": 1.0}

    def close(self):
        pass


def test_timing_of_a_gpu(case, monkeypatch):
    monkeypatch.setattr(benchmarks.inprocess, "set_up", lambda *_: FakeSimulation())
    ticks = itertools.count()
    monkeypatch.setattr(benchmarks.inprocess.time, "perf_counter", lambda: next(ticks) * 0.01)
    case = Case(**{**case.__dict__, "backend": "cuda", "phases": True, "t_sim": 300.0})
    row = measure_here(case)
    assert row["rates"] == {"23E": 1e4, "23I": 1e4}
    assert row["phases_us_per_step"] == {"update": 14e3, "plan": 13e3, "generate": 15e3}
    assert row["events_per_s"] == 1e7
    assert row["spilled_share"] == 0.01
    assert row["spilled_rows"] == 2000
    assert row["device_memory_bytes"] == 123
    assert row["set_up_s"] == 0.25
    assert row["real_time_factor"] == 0.5


@pytest.mark.parametrize("change", [{"backend": "nest"}, {"warm_up": 200.0}])
def test_what_cannot_be_measured_is_said(case, change):
    with pytest.raises(InputError):
        measure_here(Case(**{**case.__dict__, **change}))


def test_one_file_for_recorded_and_unrecorded(tmp_path):
    row = {"case": "a", "backend": "cpu", "threads": 2, "seed": 1}
    paths = {write_row(row | {"recording": recording}, tmp_path).name for recording in (True, False)}
    assert paths == {"a-cpu-2-seed1.json", "a-cpu-2-seed1-unrecorded.json"}


@pytest.mark.skipif(shutil.which("nvcc") is None, reason="no nvcc here")
@pytest.mark.parametrize("architecture", [75, 80, 90, 100])
def test_ceilings_compile(architecture, tmp_path):
    compile_ceilings(architecture, tmp_path / "ceilings.cubin")
    assert (tmp_path / "ceilings.cubin").stat().st_size > 0


def test_ceilings_of_a_small_gpu(monkeypatch):
    device = FakeDevice()
    monkeypatch.setattr(benchmarks.ceilings, "Device", lambda: device)
    monkeypatch.setattr(benchmarks.ceilings, "compile_ceilings", lambda _architecture, out: out.write_bytes(b"cubin"))
    measured = measure_ceilings()
    assert measured["large_bytes"] == 1 << 29
    assert measured["accumulators"] == 12 << 10
    assert measured["ceilings"]["copy_bytes_per_s"] == pytest.approx((1 << 29) / 11e-3)
    assert measured["ceilings"]["synapses_per_s"] == pytest.approx(8 * 512 * 8192 * 2 / 17e-3)
    assert len(device.launched) == 5 * 6
