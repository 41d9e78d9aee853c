"""Readers of the published histograms: the original files, the digest, and what they refuse."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from procortex.utilities.errors import InputError
from sources.checksums import SourceFolder
from sources.histograms import DIGEST, has_histograms, published_histograms, read_files
from sources.registry import HISTOGRAMS, PUBLISHED

EDGES = np.array([0.0, 0.5, 1.0, 2.0])


@pytest.fixture(autouse=True)
def _no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PUBLISHED.variable, raising=False)


def digest(path: Path, **changes: np.ndarray) -> Path:
    """The rates of 5E in every seed, seed k with k neurons more in the last bin."""
    arrays = {"rate_5E_edges": EDGES, "rate_5E_nest": np.array([3, 2, 1])}
    arrays |= {f"rate_5E_genn_seed{seed}": np.array([3, 2, 1 + seed]) for seed in (1, 2, 3)}
    np.savez(path, **(arrays | changes))
    return path


def test_original_files_hold_three_arrays_each(tmp_path: Path) -> None:
    files = {}
    for seed in (1, 2, 3):
        name = f"chi_1_0/nest_seed_{seed}_irregularity_6I.npy"
        files[name] = tmp_path / f"{seed}.npy"
        with files[name].open("wb") as file:
            for array in (EDGES, np.array([5, 4, 3]), np.array([5, 4, seed])):
                np.save(file, array)
    found = read_files(SourceFolder(tmp_path, files))
    assert list(found) == [("lvr", "6I")]
    np.testing.assert_array_equal(found["lvr", "6I"].edges, EDGES)
    np.testing.assert_array_equal(found["lvr", "6I"].nest, [5, 4, 3])
    assert {seed: int(counts[-1]) for seed, counts in found["lvr", "6I"].genn.items()} == {1: 1, 2: 2, 3: 3}


def test_every_registered_histogram_has_the_size_of_its_arrays() -> None:
    """Sizes of the registry: three headers of 128 bytes, n + 1 edges, twice n counts; the same for all seeds."""
    sizes: dict[str, set[int]] = {}
    for entry in PUBLISHED.select((HISTOGRAMS,)):
        assert (entry.bytes - 3 * 128 - 8) % 24 == 0
        sizes.setdefault(entry.file.split("_", maxsplit=5)[-1], set()).add(entry.bytes)
    assert len(sizes) == 22
    assert all(len(each) == 1 for each in sizes.values())


@pytest.mark.parametrize("place", ["", "chi", "file"])
def test_the_digest_lies_in_the_folder_or_beside_it_or_is_named(tmp_path: Path, place: str) -> None:
    path = digest(tmp_path / DIGEST)
    (tmp_path / "chi").mkdir()
    folder = path if place == "file" else tmp_path / place
    assert has_histograms(folder)
    found = published_histograms(folder)
    assert list(found) == [("rate", "5E")]
    assert {seed: int(counts.sum()) for seed, counts in found["rate", "5E"].genn.items()} == {1: 7, 2: 8, 3: 9}


def test_the_variable_goes_before_a_folder_but_not_before_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, count in (("one", 10), ("two", 20)):
        (tmp_path / name).mkdir()
        digest(tmp_path / name / DIGEST, rate_5E_nest=np.array([count, 0, 0]))
    monkeypatch.setenv(PUBLISHED.variable, str(tmp_path / "one"))
    assert published_histograms(tmp_path / "two")["rate", "5E"].nest[0] == 10
    assert published_histograms(tmp_path / "two" / DIGEST)["rate", "5E"].nest[0] == 20


def test_original_files_go_before_the_digest_and_are_checked(tmp_path: Path) -> None:
    digest(tmp_path / DIGEST)
    (tmp_path / "chi_1_0").mkdir()
    (tmp_path / "chi_1_0" / "nest_seed_1_rates_5E.npy").write_bytes(b"no histogram")
    with pytest.raises(InputError, match=r"nest_seed_1_rates_5E\.npy: truncated: 12 bytes instead of 11888"):
        published_histograms(tmp_path)


def test_refusals(tmp_path: Path) -> None:
    assert not has_histograms(tmp_path / "none")
    with pytest.raises(InputError, match="no published histograms here; expected the files of use histograms"):
        published_histograms(tmp_path)
    with pytest.raises(InputError, match="rate_5E has counts that do not fit its edges"):
        published_histograms(digest(tmp_path / "short.npz", rate_5E_nest=np.array([1, 2])))
    with pytest.raises(InputError, match="rate_5E has counts that do not fit its edges"):
        published_histograms(digest(tmp_path / "edges.npz", rate_5E_edges=EDGES[::-1]))
    for wrong in (np.array([3, 2, -1]), np.array([3.0, np.nan, 1.0]), np.array(["3", "2", "1"])):
        with pytest.raises(InputError, match="rate_5E has counts that do not fit its edges"):
            published_histograms(digest(tmp_path / "wrong.npz", rate_5E_nest=wrong))
    np.savez(tmp_path / "half.npz", rate_5E_edges=EDGES)
    with pytest.raises(InputError, match="not readable as published histograms"):
        published_histograms(tmp_path / "half.npz")
    np.savez(tmp_path / "other.npz", something=EDGES)
    with pytest.raises(InputError, match="it holds no histogram"):
        published_histograms(tmp_path / "other.npz")
    np.save(tmp_path / "array.npy", EDGES)
    with pytest.raises(InputError, match="not readable as published histograms"):
        published_histograms(tmp_path / "array.npy")


def test_a_damaged_digest_is_refused(tmp_path: Path) -> None:
    """Whatever the readers of archives and arrays make of a changed byte, one line comes out, or histograms."""
    whole = digest(tmp_path / "whole.npz").read_bytes()
    packed = tmp_path / "packed.npz"
    with np.load(tmp_path / "whole.npz") as arrays:
        np.savez_compressed(packed, **arrays)
    refused: list[str] = []
    for content in (whole, packed.read_bytes()):
        for place in range(0, len(content), 7):
            (tmp_path / "damaged.npz").write_bytes(content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :])
            try:
                assert list(published_histograms(tmp_path / "damaged.npz")) == [("rate", "5E")]
            except InputError as error:
                refused.append(str(error))
    assert len(refused) > 100
    assert not [message for message in refused if "\n" in message]
    (tmp_path / "damaged.npz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="not readable as published histograms"):
        published_histograms(tmp_path / "damaged.npz")


@pytest.mark.golden
def test_the_published_histograms(published_dir: Path) -> None:
    found = published_histograms(published_dir)
    assert len(found) == 22
    assert not {("correlation", "23E"), ("correlation", "6E")} & set(found)
    assert int(found["rate", "23E"].nest.sum()) == 1458130
    assert len(found["correlation", "5E"].nest) == 105558
    assert found["correlation", "5E"].edges[-1] == 1.0
