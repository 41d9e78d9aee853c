"""Without a GPU: every kernel compiles, and what is missing is said in one line."""

import os
import subprocess
import sys

import pytest

from procortex.backends.choose import resolve
from procortex.backends.cuda.compile import compile_module, nvcc_command
from procortex.backends.cuda.usable import cuda_works
from procortex.formats.network import write_network
from procortex.utilities.errors import InputError
from tests.cuda.test_layout import require_nvcc
from tests.networks import small_network

FORMATS = {
    "small": {"PROCORTEX_ROW": "uint16_t", "PROCORTEX_WEIGHT": "int16_t"},
    "wide": {"PROCORTEX_ROW": "uint32_t", "PROCORTEX_WEIGHT": "int32_t", "GENERATE_THREADS": 256, "PAIRS_PER_CHUNK": 1024},
}
without_gpu = pytest.mark.skipif(cuda_works(), reason="a GPU works here")


@pytest.mark.parametrize(("real", "formats"), [("float", "small"), ("double", "wide")])
@pytest.mark.parametrize("architecture", [75, 80, 90, 100])
def test_every_kernel_compiles(architecture, real, formats, tmp_path):
    require_nvcc()
    macros = {"PROCORTEX_REAL": real, **FORMATS[formats]}
    path = compile_module(architecture, macros, tmp_path)
    content = path.read_bytes()
    for kernel in (
        b"update_neurons",
        b"plan_delivery",
        b"generate_events",
        b"count_row_lengths",
        b"draw_initial_potentials",
        b"replay_spikes",
        b"watch_neurons",
    ):
        assert kernel in content
    modified = path.stat().st_mtime_ns
    assert compile_module(architecture, macros, tmp_path) == path
    assert path.stat().st_mtime_ns == modified
    assert list(tmp_path.iterdir()) == [path]


def test_no_nvcc(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CUDA_HOME", str(tmp_path))
    monkeypatch.delenv("NVCC", raising=False)
    monkeypatch.setattr("procortex.backends.cuda.compile.shutil.which", lambda name: None)
    with pytest.raises(InputError, match=r"no nvcc found[^\n]+--backend cpu$"):
        nvcc_command()


def test_too_old_a_gpu(tmp_path):
    with pytest.raises(InputError, match=r"compute capability 7.0; the cuda backend needs 7.5 or newer"):
        compile_module(70, {}, tmp_path)


def test_a_compiler_that_fails(monkeypatch, tmp_path):
    nvcc = tmp_path / "nvcc"
    nvcc.write_text("#!/bin/sh\necho 'module.cu(1): error: no such thing' >&2\nexit 1\n")
    nvcc.chmod(0o755)
    monkeypatch.setenv("NVCC", str(nvcc))
    with pytest.raises(InputError, match=r"cannot compile module\.cu for sm_90: .+no such thing"):
        compile_module(90, {}, tmp_path / "kept")
    assert not list((tmp_path / "kept").glob("*"))


@without_gpu
def test_auto_is_the_processor_here():
    assert resolve("auto") == "cpu"


@without_gpu
def test_without_a_gpu_the_backend_says_so(tmp_path):
    network = tmp_path / "network.nc"
    write_network(small_network({"V1-23E": 20, "V1-23I": 5}, indegree=5, rate=9000), network)
    command = [sys.executable, "-m", "procortex", "run", network, "--backend", "cuda", "--t-sim", "1", "--out", tmp_path / "spikes"]
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | {"CUDA_VISIBLE_DEVICES": ""})
    assert result.returncode == 2
    assert result.stderr.startswith("error: --backend cuda ")
    assert "--backend cpu" in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "spikes").exists()
