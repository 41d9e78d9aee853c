"""The spike files: whole or not there, equal bytes for equal spikes, sorted, with clear errors."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet as pq
import pytest

import procortex.formats.spike_writer
from procortex.formats import spike_meta
from procortex.formats.spike_folder import SpikeFolder
from procortex.formats.spike_meta import SpikeMeta, read_meta
from procortex.formats.spike_writer import SpikeWriter, spike_data_set
from procortex.formats.spikes import read_spikes, spikes_by_population
from procortex.utilities.errors import InputError

V1 = ["V1-23E", "V1-23I"]
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
    with spike_data_set(folder, POPULATIONS) as writer:
        for begin, end in zip([0, *cuts], [*cuts, len(steps)], strict=True):
            writer.append(steps[begin:end], neurons[begin:end])
        writer.set_meta(meta(writer))
    return {path.name + str(path.parent.name): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


@pytest.mark.parametrize("group", [1 << 20, 700, 64])
def test_equal_spikes_make_equal_bytes_however_they_come(tmp_path, monkeypatch, group):
    monkeypatch.setattr(procortex.formats.spike_writer, "ROW_GROUP_SIZE", group)
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

    monkeypatch.setattr(procortex.formats.spike_writer, "_write_rows", fail)
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path / "results" / "spikes", [])
    assert list((tmp_path / "results").iterdir()) == []


def write_interrupted(folder):
    with spike_data_set(folder, POPULATIONS) as writer:
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
    with pytest.raises(InputError, match=r"no spikes here \(_meta.json is missing\)"):
        read_meta(tmp_path)
    write(tmp_path / "spikes", [])
    with pytest.raises(InputError, match="no readable spikes of area V2"):
        read_spikes(tmp_path / "spikes", "V2")


def table_of(path):
    return pq.read_table(path, schema=procortex.formats.spike_writer.SCHEMA, partitioning=None)


def rewrite(change):
    """Write a part once more with other rows."""

    def damage(folder):
        path = folder / "area=V1" / "part-0000.parquet"
        pq.write_table(change(table_of(path)), path, compression="zstd")

    return damage


def flip(position):
    """Change a byte in the middle of the data."""

    def damage(folder):
        path = folder / "area=V1" / "part-0000.parquet"
        content = bytearray(path.read_bytes())
        content[position] ^= 0xFF
        path.write_bytes(content)

    return damage


def neurons_beyond(table):
    return table.set_column(1, "neuron", pa.array(np.full(len(table), 50, np.uint32)))


def text_populations(table):
    return table.set_column(0, "population", table["population"].cast(pa.string()))


DAMAGES = {
    "doubled": (rewrite(lambda table: pa.concat_tables([table, table])), "was changed after the simulation: it holds"),
    "halved": (rewrite(lambda table: table.slice(0, len(table) // 2)), "was changed after the simulation: it holds"),
    "out of range": (rewrite(neurons_beyond), "was changed after the simulation"),
    "late": (rewrite(lambda table: table.set_column(2, "step", pa.array(np.full(len(table), 2000, np.int32)))), "was changed after"),
    "text": (rewrite(text_populations), "was changed after the simulation"),
    "column missing": (rewrite(lambda table: table.drop_columns(["step"])), "no readable spikes of area V1"),
    "no Parquet": (
        lambda folder: (folder / "area=V1" / "part-0000.parquet").write_bytes(b"PAR1 and nothing more"),
        "no readable spikes of area V1",
    ),
    "empty": (lambda folder: (folder / "area=V1" / "part-0000.parquet").write_bytes(b""), "no readable spikes of area V1"),
    "missing": (lambda folder: (folder / "area=V1" / "part-0000.parquet").unlink(), "no readable spikes"),
    "no folder": (lambda folder: shutil.rmtree(folder / "area=V1"), "no readable spikes"),
    "foreign": (
        lambda folder: shutil.copy(folder / "area=TH" / "part-0000.parquet", folder / "area=V1" / "part-0001.parquet"),
        "part-0001.parquet: is no file of this simulation",
    ),
    "of another area": (
        lambda folder: shutil.copy(folder / "area=TH" / "part-0000.parquet", folder / "area=V1" / "part-0000.parquet"),
        "was changed after the simulation",
    ),
    "flipped byte": (flip(3000), "no readable spikes of area V1"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_files_are_compared_with_their_description(tmp_path, damage):
    folder, (spoil, message) = tmp_path / "spikes", DAMAGES[damage]
    write(folder, [])
    spoil(folder)
    with pytest.raises(InputError, match=message):
        read_spikes(folder, "V1")
    with pytest.raises(InputError, match=message):
        list(spikes_by_population(folder, read_meta(folder), "V1"))
    assert not read_spikes(folder, "TH").empty


def with_digest(text):
    """Make the digest that of the content, where it is readable, so that only a look at the content can find a fault."""
    try:
        values = json.loads(text)
        values.pop("digest")
    except (ValueError, RecursionError, KeyError):
        return text
    return json.dumps(values | {"digest": spike_meta._digest(values)})


def changed(**values):
    return lambda meta: json.dumps(meta | values)


METAS = {
    "fewer spikes": (lambda meta: json.dumps(meta | {"spikes": dict.fromkeys(meta["spikes"], 1)}), "the files hold .* their description"),
    "shorter": (changed(t_sim=50.0), "holds spikes of the steps .* but the simulation has 500 steps"),
    "fewer neurons": (lambda meta: json.dumps(meta | {"recorded": meta["recorded"] | {"V1-23E": 3}}), "has a spike of neuron"),
    "exchanged": (
        lambda meta: json.dumps(meta | {"spikes": meta["spikes"] | dict(zip(V1, map(meta["spikes"].get, V1[::-1]), strict=True))}),
        "spikes, expected",
    ),
    "not UTF-8": (lambda meta: b"\xff\xfe{}", "not readable as the description"),
    "half": (lambda meta: json.dumps(meta)[:100], "not readable as the description"),
    "dt 0": (changed(dt=0), "dt: Input should be greater than 0"),
    "dt text": (changed(dt="fast"), "dt: Input should be a valid number"),
    "t_sim NaN": (changed(t_sim=float("nan")), "t_sim: Input should be"),
    "t_sim infinite": (changed(t_sim=float("inf")), "t_sim: Input should be"),
    "negative": (lambda meta: json.dumps(meta | {"spikes": meta["spikes"] | {"V1-23E": -1}}), "spikes.V1-23E: Input should be"),
    "brackets": (lambda meta: "[" * 100_000, "not readable as the description"),
    "digits": (lambda meta: json.dumps(meta).replace('"seed": 1', '"seed": ' + "9" * 5000), "not readable as the description"),
    "other populations": (lambda meta: json.dumps(meta | {"recorded": {"V9-23E": 1}}), "name different populations"),
    "strange labels": (
        lambda meta: json.dumps(meta | {name: {"V1": 1} for name in ("populations", "recorded", "spikes")}),
        "V1 is no population",
    ),
    "too long": (changed(t_sim=1e12), "is no number of steps"),
    "tiny dt": (changed(dt=5e-324), "is no number of steps"),
    "other steps": (changed(identity={"n_steps": 999}), "n_steps follows as 1000, but the simulation had 999"),
    "other seed": (changed(identity={"n_steps": 1000, "seed": 2}), "seed follows as 1, but the simulation had 2"),
    "too many neurons": (lambda meta: json.dumps(meta | {"recorded": meta["recorded"] | {"V1-23E": 2**62}}), "recorded.V1-23E: Input"),
    "more recorded": (lambda meta: json.dumps(meta | {"recorded": meta["recorded"] | {"V1-23E": 51}}), "cannot have been recorded"),
    "a part elsewhere": (lambda meta: json.dumps(meta).replace("area=V1/part", "area=V1/../part"), "String should match pattern"),
    "a part with NUL": (lambda meta: json.dumps(meta).replace("area=V1/part", "area=V1\\u0000/part"), "String should match pattern"),
    "incomplete": (lambda meta: json.dumps({"dt": 0.1}), "Field required"),
}


@pytest.mark.parametrize("case", METAS)
def test_descriptions_are_checked(tmp_path, case):
    folder, (change, message) = tmp_path / "spikes", METAS[case]
    write(folder, [])
    path = folder / "_meta.json"
    text = change(json.loads(path.read_text()))
    path.write_bytes(text if isinstance(text, bytes) else with_digest(text).encode())

    def read():
        for area in ("V1", "TH", "46"):
            list(spikes_by_population(folder, read_meta(folder), area))

    with pytest.raises(InputError, match=message):
        read()


@pytest.mark.parametrize("change", [{"t_sim": 200.0, "dt": 0.2}, {"backend": "cuda"}, {"digest": "0"}])
def test_changed_descriptions_are_refused(tmp_path, change):
    write(tmp_path / "spikes", [])
    path = tmp_path / "spikes" / "_meta.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(InputError, match="was changed after the simulation"):
        read_meta(tmp_path / "spikes")


def test_a_foreign_area_is_found(tmp_path):
    write(tmp_path / "spikes", [])
    shutil.copytree(tmp_path / "spikes" / "area=TH", tmp_path / "spikes" / "area=V7")
    with pytest.raises(InputError, match="area=V7: is no folder of this simulation"):
        read_spikes(tmp_path / "spikes", "V1")


def test_readers_of_parquet_take_the_folder_as_it_is(tmp_path):
    write(tmp_path / "spikes", [])
    (tmp_path / "spikes" / "_series.nc").write_bytes(b"a file beside the spikes")
    spikes = sum(read_meta(tmp_path / "spikes").spikes.values())
    frame = pd.read_parquet(tmp_path / "spikes")
    assert sorted(frame.columns) == ["area", "neuron", "population", "step"]
    assert len(frame) == pyarrow.dataset.dataset(tmp_path / "spikes", partitioning="hive").count_rows() == spikes
    assert set(frame["area"]) == {"V1", "TH", "46"}


def test_parts_beyond_ten_thousand_keep_their_order(tmp_path):
    steps, neurons = some_spikes()
    halves = [slice(None, 2000), slice(2000, None)]
    place = SpikeFolder(tmp_path / "spikes", {})
    with place.open() as folder:
        with SpikeWriter(folder, POPULATIONS, part=9999) as writer:
            writer.append(steps[halves[0]], neurons[halves[0]])
            writer.next_part()
            writer.append(steps[halves[1]], neurons[halves[1]])
            writer.set_meta(meta(writer))
        place.finish()
    found = read_spikes(tmp_path / "spikes", "V1")["step"].to_numpy()
    assert (np.diff(found) >= 0).all()
    assert found[-1] > steps[2000]


def test_few_open_files_leave_nothing(tmp_path):
    """With a limit of open files below the number of areas, in a process of its own."""
    program = (
        "import resource, sys; from pathlib import Path; from procortex.formats.populations import population_labels\n"
        "from procortex.formats.spike_writer import spike_data_set\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))\n"
        "with spike_data_set(Path(sys.argv[1]), dict.fromkeys(population_labels(), 1)): pass"
    )
    result = subprocess.run([sys.executable, "-c", program, tmp_path / "spikes"], capture_output=True, text=True, check=False)
    assert "Too many open files" in result.stderr
    assert list(tmp_path.iterdir()) == []
