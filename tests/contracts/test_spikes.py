"""The spike files: whole or not there, equal bytes for equal spikes, sorted, with clear errors."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest

import contracts.spikes
from contracts.errors import InputError
from contracts.spike_meta import SpikeMeta, read_meta
from contracts.spikes import SpikeWriter, read_spikes

POPULATIONS = {"V1-23E": 50, "V1-23I": 12, "TH-5E": 30, "46-4E": 9}


def meta(writer):
    n = dict(POPULATIONS)
    return SpikeMeta(0.1, 100.0, 1, "cpu", "here", n, n, writer.counts, {}, {})


def some_spikes(n=5000):
    random = np.random.default_rng(3)
    pairs = np.unique(np.column_stack([random.integers(1, 1001, n), random.integers(0, 101, n)]), axis=0)
    return pairs[:, 0].astype(np.int32), pairs[:, 1].astype(np.uint32)


def write(folder, cuts):
    steps, neurons = some_spikes()
    with SpikeWriter(folder, POPULATIONS) as writer:
        for begin, end in zip([0, *cuts], [*cuts, len(steps)], strict=True):
            writer.append(steps[begin:end], neurons[begin:end])
        writer.set_meta(meta(writer))
    return {path.name + str(path.parent.name): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


@pytest.mark.parametrize("group", [1 << 20, 700, 64])
def test_equal_spikes_make_equal_bytes_however_they_come(tmp_path, monkeypatch, group):
    monkeypatch.setattr(contracts.spikes, "ROW_GROUP_SIZE", group)
    written = [write(tmp_path / str(k), cuts) for k, cuts in enumerate(([], [1, 2, 3000], list(range(100, 4000, 100))))]
    assert written[0] == written[1] == written[2]
    file = pq.ParquetFile(tmp_path / "0" / "area=V1" / "part-0000.parquet")
    sizes = [file.metadata.row_group(k).num_rows for k in range(file.metadata.num_row_groups)]
    assert all(size == group for size in sizes[:-1])
    assert sizes[-1] <= group


def test_what_is_read_is_what_was_written(tmp_path):
    write(tmp_path / "spikes", [])
    steps, neurons = some_spikes()
    first = 0
    for label, size in POPULATIONS.items():
        area, population = label.split("-")
        frame = read_spikes(tmp_path / "spikes", area, [population])
        mine = (neurons >= first) & (neurons < first + size)
        assert frame["step"].tolist() == steps[mine].tolist()
        assert frame["neuron"].tolist() == (neurons[mine] - first).tolist()
        first += size
    assert sum(read_meta(tmp_path / "spikes").spikes.values()) == len(steps)


def test_window_is_half_open(tmp_path):
    write(tmp_path / "spikes", [])
    every = read_spikes(tmp_path / "spikes", "V1")["step"]
    first, end = int(every.iloc[100]), int(every.iloc[300])
    window = read_spikes(tmp_path / "spikes", "V1", first_step=first, end_step=end)["step"]
    assert window.tolist() == every[(every >= first) & (every < end)].tolist()
    assert window.iloc[0] == first


def test_a_failing_write_is_raised_and_leaves_nothing(tmp_path, monkeypatch):
    def fail(writer, columns):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(contracts.spikes, "_write_rows", fail)
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path / "results" / "spikes", [])
    assert list((tmp_path / "results").iterdir()) == []


def write_interrupted(folder):
    with SpikeWriter(folder, POPULATIONS) as writer:
        writer.append(*some_spikes())
        raise KeyboardInterrupt


def test_an_interruption_leaves_the_older_result(tmp_path):
    before = write(tmp_path / "spikes", [])
    with pytest.raises(KeyboardInterrupt):
        write_interrupted(tmp_path / "spikes")
    after = {path.name + str(path.parent.name): path.read_bytes() for path in sorted((tmp_path / "spikes").rglob("*.parquet"))}
    assert after == before
    assert [path.name for path in tmp_path.iterdir()] == ["spikes"]


def test_errors_name_the_place(tmp_path):
    with pytest.raises(InputError, match=r"no spikes here \(meta.json is missing\)"):
        read_meta(tmp_path)
    write(tmp_path / "spikes", [])
    with pytest.raises(InputError, match="no readable spikes of area V2"):
        read_spikes(tmp_path / "spikes", "V2")
    (tmp_path / "spikes" / "area=V1" / "part-0000.parquet").write_bytes(b"PAR1 and nothing more")
    with pytest.raises(InputError, match="no readable spikes of area V1"):
        read_spikes(tmp_path / "spikes", "V1")
    (tmp_path / "spikes" / "meta.json").write_text(json.dumps({"dt": 0.1}))
    with pytest.raises(InputError, match="not readable as the description of a simulation"):
        read_meta(tmp_path / "spikes")
