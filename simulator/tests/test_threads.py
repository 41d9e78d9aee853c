"""Threads: what a network is worth, and one line where they cannot be started."""

import os
import resource
import subprocess
import sys
import threading

import pytest

from procortex import threads
from procortex.backends.base import Options
from procortex.formats.network import read_network
from procortex.formats.spike_meta import read_meta
from procortex.run import run
from procortex.threads import NEURONS_PER_THREAD, check_startable, number_of_threads, worthwhile_threads
from procortex.usage import NOTHING, Usage
from procortex.utilities.errors import InputError

STACK, MEMORY = 1 << 30, 3 << 30
"""Bytes of address space: of the stack of a thread, and for all stacks; not touched."""
STARVED = """
import resource, sys
from pathlib import Path
from procortex.utilities.errors import InputError
from procortex.formats.network import read_network
from procortex.backends.base import Options
from procortex.backends.cpu import CpuSimulation, load_library

load_library()
network = read_network(Path(sys.argv[1]))

def starve():
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + int(sys.argv[3]),) * 2)

try:
    if sys.argv[2] == "set up":
        starve()
    simulation = CpuSimulation(network, Options(seed=1, threads=8))
    starve()
    simulation.advance(200)
except InputError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits of address space")
@pytest.mark.parametrize(("when", "words"), [("set up", "cannot set up the network"), ("run", "the cpu backend stopped")])
def test_threads_that_cannot_be_started(two_areas, when, words):
    """Some are started and wait for the others: they end, and so does the simulation, in one line."""
    command = [sys.executable, "-c", STARVED, str(two_areas), when, str(MEMORY)]
    result = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_STACK, (STACK, resource.getrlimit(resource.RLIMIT_STACK)[1])),
    )
    assert (result.returncode, result.stderr) == (0, "")
    (line,) = result.stdout.splitlines()
    assert words in line
    assert "cannot start thread" in line
    assert "of 8 (" in line
    assert "choose fewer threads" in line


def test_threads_are_tried_where_a_library_would_end_the_process(monkeypatch):
    before, start, started = threading.active_count(), threading.Thread.start, []

    def third_fails(thread):
        if len(started) == 2:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    check_startable(4)
    monkeypatch.setattr(threading.Thread, "start", third_fails)
    with pytest.raises(InputError, match=r"cannot start thread 4 of 9 \(can't start new thread\): choose fewer threads"):
        check_startable(9)
    assert threading.active_count() == before


@pytest.mark.parametrize(
    ("neurons", "synapses", "processors", "expected"),
    [
        (0, 0, 8, 1),
        (363, 226_316, 8, 1),
        (NEURONS_PER_THREAD, 0, 8, 1),
        (3 * NEURONS_PER_THREAD, 0, 8, 3),
        (NEURONS_PER_THREAD, 4000 * NEURONS_PER_THREAD, 8, 2),
        (41_174, 24_122_642, 16, 11),
        (4_130_000, 24_100_000_000, 64, 64),
        (4_130_000, 24_100_000_000, 1, 1),
    ],
)
def test_threads_that_a_network_is_worth(neurons, synapses, processors, expected):
    assert worthwhile_threads(neurons, synapses, processors) == expected


def test_the_default_follows_from_the_network(two_areas, tmp_path, monkeypatch):
    monkeypatch.setattr(threads, "available_processors", lambda: 6)
    run(two_areas, "cpu", 10.0, tmp_path / "spikes", Options(seed=1, threads=0))
    assert read_meta(tmp_path / "spikes").threads == 1
    network = read_network(two_areas)
    network["neurons"][:] = NEURONS_PER_THREAD
    assert [number_of_threads(0, network, backend) for backend in ("cpu", "nest", "cuda")] == [4, 4, 6]
    assert number_of_threads(2, network, "cpu") == 2


@pytest.mark.nest
@pytest.mark.parametrize(("chosen", "expected"), [(None, "PASSIVE"), ("active", "ACTIVE")])
def test_nest_waits_without_spinning(two_areas, tmp_path, chosen, expected):
    """OpenMP's library itself says how its threads wait; what the user has set stays."""
    pytest.importorskip("nest", reason="PyNEST is not installed")
    environment = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    environment |= {"OMP_DISPLAY_ENV": "true"} | ({"OMP_WAIT_POLICY": chosen} if chosen else {})
    command = [
        sys.executable,
        "-m",
        "procortex",
        "run",
        str(two_areas),
        "--backend",
        "nest",
        "--t-sim",
        "1",
        "--out",
        str(tmp_path / "out"),
    ]
    result = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert [line.split("=")[1].strip(" '") for line in result.stderr.splitlines() if "OMP_WAIT_POLICY =" in line] == [expected]
    assert "another package" not in result.stderr


TICKS = os.sysconf("SC_CLK_TCK")


def test_usage_of_the_machine(tmp_path, monkeypatch):
    statistics, own = tmp_path / "stat", iter([1.0, 3.5])
    monkeypatch.setattr("procortex.usage.time.process_time", lambda: next(own))

    def work(**seconds):
        states = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal", "guest", "guest_nice")
        statistics.write_text("cpu  " + " ".join(str(seconds.get(state, 0) * TICKS) for state in states) + "\ncpu0 1 1\n")

    work(user=10, idle=100)
    usage = Usage(statistics)
    work(user=13, nice=1, system=2, steal=1, idle=200, iowait=50, guest=3)
    earlier = {"processor_s": 1.0, "others_s": 2.0}
    assert usage.totals(earlier) == {"processor_s": 3.5, "others_s": 2 + 7 - 2.5}


def test_usage_that_nobody_counts(tmp_path):
    used = Usage(tmp_path / "none").totals(NOTHING)
    assert used["processor_s"] >= 0
    assert used["others_s"] is None
    assert Usage().totals({}) == {"processor_s": None, "others_s": None}  # taken up from a checkpoint that has none


def test_a_simulation_says_what_it_used(two_areas, tmp_path):
    meta = run(two_areas, "cpu", 200.0, tmp_path / "spikes", Options(seed=1, threads=1))
    assert meta.processor_s > 0
    assert meta.processors == meta.processor_s / meta.simulate_s
    assert read_meta(tmp_path / "spikes") == meta
