"""What goes wrong ends in one clear line, and nothing is half-written."""

import os
import resource
import signal
import subprocess
import sys
import time

import pytest
import xarray as xr

from procortex.backends.compile import cpu_library
from procortex.formats.network import read_network, write_network
from procortex.utilities.errors import InputError
from tests.networks import small_network


def simulator(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "procortex", "run", *map(str, arguments)], capture_output=True, text=True, check=False, **options
    )


def assert_one_line(result, *words):
    assert result.returncode == 2
    lines = [line for line in result.stderr.splitlines() if not line.startswith("simulate (")]
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("error: ")
    for word in words:
        assert word in lines[0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--t-sim", "0.25"], ["t_sim", "multiple"]),
        (["--t-sim", "-1"], ["t_sim"]),
        (["--t-sim", "nan"], ["--t-sim nan", "finite"]),
        (["--t-sim", "inf"], ["--t-sim inf", "finite"]),
        (["--t-sim", "1e300"], ["t_sim", "at most 2147483647"]),
        (["--t-sim", "3e8"], ["t_sim", "3e+09 steps; at most 2147483647"]),
        (["--t-sim", "10", "--seed", "0"], ["--seed", "from 1"]),
        (["--t-sim", "10", "--threads", "0"], ["--threads"]),
        (["--t-sim", "10", "--threads", "100000"], ["--threads 100000", "expected 1 to", "can be used here"]),
        (["--t-sim", "10", "--record-first", "-1"], ["--record-first"]),
    ],
)
def test_bad_options(two_areas, tmp_path, arguments, words):
    out = tmp_path / "spikes"
    assert_one_line(simulator(two_areas, "--out", out, "--backend", "cpu", *arguments), *words)
    assert not out.exists()


def test_a_taken_place_is_found_before_the_simulation(two_areas, tmp_path):
    out = tmp_path / "p"
    out.mkdir()
    (out / "thesis.txt").write_text("ten years")
    result = simulator(two_areas, "--t-sim", 1e6, "--out", out, "--backend", "cpu")
    assert_one_line(result, "p: holds thesis.txt, which would be lost", "absent, empty, or an earlier result")
    assert [path.name for path in out.iterdir()] == ["thesis.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["network.nc", "p"]


def test_missing_network_file(tmp_path):
    assert_one_line(simulator(tmp_path / "no.nc", "--t-sim", 10, "--out", tmp_path / "spikes"), "no such network file", "model build")


def test_not_a_network_file(tmp_path):
    path = tmp_path / "text.nc"
    path.write_text("neurons: many\n")
    assert_one_line(simulator(path, "--t-sim", 10, "--out", tmp_path / "spikes"), "not a readable network file")


def test_truncated_network_file(two_areas, tmp_path):
    path = tmp_path / "half.nc"
    path.write_bytes(two_areas.read_bytes()[:-5000])
    assert_one_line(simulator(path, "--t-sim", 10, "--out", tmp_path / "spikes"), "not a readable network file")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("dc", float("nan"), ["dc[V1-23E]", "finite"]),
        ("synapses", -5, ["synapses[0]", "negative"]),
        ("neurons", -1, ["neurons[V1-23E]", "negative"]),
    ],
)
def test_network_with_an_impossible_value(two_areas, tmp_path, name, value, words):
    network = xr.load_dataset(two_areas, engine="h5netcdf")
    network[name].values.flat[0] = value
    path = tmp_path / "bad.nc"
    network.to_netcdf(path, engine="h5netcdf")
    assert_one_line(simulator(path, "--t-sim", 10, "--out", tmp_path / "spikes"), *words)


def test_a_bad_network_is_not_written(tmp_path):
    network = small_network({"V1-23E": 10}, indegree=2, rate=1)
    network["weight_mean"][0] = float("nan")
    with pytest.raises(InputError, match=r"weight_mean\[0\] is not a finite number"):
        write_network(network, tmp_path / "network.nc")
    assert list(tmp_path.iterdir()) == []


def test_all_findings_are_named_at_once(two_areas):
    network = read_network(two_areas).drop_vars(["dc", "neurons", "tau_m"])
    with pytest.raises(InputError) as caught:
        write_network(network, two_areas)
    assert [word for word in ("dc", "neurons", "tau_m") if word in str(caught.value)] == ["dc", "neurons", "tau_m"]


def small_files() -> None:
    """As a full disk does, let every write beyond 2 kB fail."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))


def test_a_full_disk_leaves_nothing(two_areas, tmp_path):
    cpu_library()
    out = tmp_path / "results" / "spikes"
    result = simulator(two_areas, "--t-sim", 500, "--out", out, "--backend", "cpu", preexec_fn=small_files)
    assert_one_line(result, "File too large")
    assert list(out.parent.iterdir()) == []


def test_interruption_leaves_nothing_and_the_rerun_works(two_areas, tmp_path):
    out = tmp_path / "results" / "spikes"
    command = [
        sys.executable,
        "-m",
        "procortex",
        "run",
        str(two_areas),
        "--t-sim",
        "1000000",
        "--checkpoint",
        "1000000",  # none before the end: there is nothing to go on from
        "--out",
        str(out),
        "--backend",
        "cpu",
        "--threads",
        "2",
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"})
    deadline = time.monotonic() + 60
    while not (out.parent.exists() and list(out.parent.iterdir())):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    _, talk = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted: nothing was written" in talk
    assert "Traceback" not in talk
    assert list(out.parent.iterdir()) == []
    assert simulator(two_areas, "--t-sim", 20, "--out", out, "--backend", "cpu").returncode == 0
    assert (out / "_meta.json").is_file()


def test_an_older_result_survives_a_failing_rerun(two_areas, tmp_path):
    out = tmp_path / "spikes"
    assert simulator(two_areas, "--t-sim", 20, "--out", out, "--backend", "cpu").returncode == 0
    before = (out / "_meta.json").read_text()
    assert simulator(two_areas, "--t-sim", 500, "--out", out, "--backend", "cpu", preexec_fn=small_files).returncode == 2
    assert (out / "_meta.json").read_text() == before
