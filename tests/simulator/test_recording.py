"""Recording some neurons, and writing in the background."""

import numpy as np
import pytest

from contracts.errors import InputError
from contracts.spikes import read_spikes
from simulator.backends.base import Options
from simulator.recording import BackgroundWriter, Recording
from simulator.run import run

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
