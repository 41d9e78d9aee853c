"""Recording some neurons, and writing in the background."""

import threading
import time

import numpy as np
import pytest

from procortex import recording
from procortex.backends.base import Options
from procortex.formats.network import read_network, write_network
from procortex.formats.spikes import read_spikes
from procortex.recording import BackgroundWriter, Recording
from procortex.run import run
from procortex.utilities.errors import InputError

SIZES = {"V1-23E": 100, "V1-23I": 20, "V2-4E": 50}


def test_selection():
    recording = Recording.of(SIZES, 10, ("V1-23I", "V2-4E"))
    assert recording.count.tolist() == [0, 10, 10]
    steps, neurons = recording.select(np.arange(170, dtype=np.int32), np.arange(170, dtype=np.uint32))
    assert neurons.tolist() == [*range(100, 110), *range(120, 130)]
    assert steps.tolist() == neurons.tolist()
    assert Recording.of(SIZES, None, None).everything


def test_unknown_population():
    with pytest.raises(InputError, match=r"--record: no population V9-4E in this network; expected labels such as V1-23E"):
        Recording.of(SIZES, None, ("V9-4E",))


def test_recorded_populations_are_those_of_the_whole(two_areas, tmp_path):
    run(two_areas, "cpu", 50.0, tmp_path / "all", Options(seed=1, threads=1))
    run(two_areas, "cpu", 50.0, tmp_path / "some", Options(seed=1, threads=1, record_populations=("V2-4E",)))
    assert read_spikes(tmp_path / "some", "V1").empty
    assert read_spikes(tmp_path / "some", "V2").equals(read_spikes(tmp_path / "all", "V2", ["4E"]))


@pytest.mark.parametrize("backend", ["cpu", pytest.param("nest", marks=pytest.mark.nest)])
def test_a_network_says_what_is_recorded_of_it(two_areas, tmp_path, backend):
    if backend == "nest":
        pytest.importorskip("nest", reason="PyNEST is not installed")
    rows = {"recorded_population": ("recording", [2, 0]), "recorded_neurons": ("recording", [7, 10**6])}
    write_network(read_network(two_areas).assign(rows), tmp_path / "recorded.nc")
    found = run(tmp_path / "recorded.nc", backend, 20.0, tmp_path / "some", Options(seed=1, threads=1))
    assert dict(found.recorded) == {"V1-23E": 803, "V1-23I": 0, "V2-4E": 7, "V2-4I": 0}
    assert set(read_spikes(tmp_path / "some", "V2")["neuron"]) <= set(range(7))
    asked = run(tmp_path / "recorded.nc", backend, 20.0, tmp_path / "asked", Options(seed=1, threads=1, record_first=3))
    assert set(asked.recorded.values()) == {3}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            {"recorded_population": ("recording", [4]), "recorded_neurons": ("recording", [7])},
            r"recorded_population\[0\] is 4",
        ),
        ({"recorded_population": ("recording", [0])}, "recorded_population and recorded_neurons belong together"),
        ({"recorded_population": ("recording", [0]), "recorded_neurons": ("recording", [-7])}, r"recorded_neurons\[0\] is negative"),
    ],
)
def test_recordings_that_cannot_be(two_areas, tmp_path, rows, message):
    with pytest.raises(InputError, match=message):
        write_network(read_network(two_areas).assign(rows), tmp_path / "recorded.nc")


class FailingWriter:
    def append(self, steps, neurons):
        raise OSError(28, "No space left on device")


def write_pieces(n):
    with BackgroundWriter(FailingWriter(), Recording.of(SIZES, None, None)) as record:
        for _ in range(n):
            record.append(np.empty(0, np.int32), np.empty(0, np.uint32))


@pytest.mark.parametrize("n", [1, 10])
def test_what_goes_wrong_in_the_background_is_raised(n):
    with pytest.raises(OSError, match="No space left"):
        write_pieces(n)


class SlowWriter:
    """Notes how many spikes came, slowly."""

    def __init__(self):
        self.spikes = []

    def append(self, steps, neurons):
        time.sleep(0.01)
        self.spikes.append(len(steps))


def piece(n):
    return np.zeros(n, np.int32), np.zeros(n, np.uint32)


def test_a_task_is_done_behind_the_pieces_before_it():
    writer, seen = SlowWriter(), []
    with BackgroundWriter(writer, Recording.of(SIZES, None, None)) as record:
        for n in range(3):
            record.append(*piece(n))
        record.submit(lambda: seen.extend(writer.spikes), 0)
        record.append(*piece(3))
    assert seen == [0, 1, 2]
    assert writer.spikes == [0, 1, 2, 3]


class GatedWriter(SlowWriter):
    """Writes nothing before the gate opens."""

    def __init__(self):
        super().__init__()
        self.gate = threading.Event()

    def append(self, steps, neurons):
        self.gate.wait()
        self.spikes.append(len(steps))


def test_a_simulation_waits_when_too_much_is_to_be_written(monkeypatch):
    monkeypatch.setattr(recording, "BYTES_WAITING", 2 * 40)  # two pieces of five spikes
    writer, handed_over, two = GatedWriter(), [], threading.Event()

    def simulate():
        with BackgroundWriter(writer, Recording.of(SIZES, None, None)) as record:
            for n in range(4):
                record.append(*piece(5))
                handed_over.append(n)
                if n == 1:
                    two.set()

    simulation = threading.Thread(target=simulate)
    simulation.start()
    assert two.wait(timeout=60)
    simulation.join(timeout=0.1)
    assert handed_over == [0, 1]
    writer.gate.set()
    simulation.join()
    assert handed_over == [0, 1, 2, 3]
    assert writer.spikes == [5] * 4


def test_more_than_may_wait_goes_alone(monkeypatch):
    monkeypatch.setattr(recording, "BYTES_WAITING", 8)
    writer = SlowWriter()
    with BackgroundWriter(writer, Recording.of(SIZES, None, None)) as record:
        for _ in range(3):
            record.append(*piece(5))
    assert writer.spikes == [5] * 3


def piece_and_checkpoint(writer, done, stopped_by=None):
    with BackgroundWriter(writer, Recording.of(SIZES, None, None)) as record:
        record.append(*piece(0))
        record.submit(lambda: done.append("checkpoint"), 0)
        if stopped_by:
            raise stopped_by


def test_nothing_is_done_after_something_went_wrong():
    done = []
    with pytest.raises(OSError, match="No space left"):
        piece_and_checkpoint(FailingWriter(), done)
    assert done == []


def test_what_was_handed_over_is_written_when_a_simulation_is_stopped():
    done = []
    with pytest.raises(KeyboardInterrupt):
        piece_and_checkpoint(SlowWriter(), done, KeyboardInterrupt)
    assert done == ["checkpoint"]
