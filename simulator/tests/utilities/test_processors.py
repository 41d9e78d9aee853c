"""Processors are counted by affinity and by the quota of every control group above; too many threads are refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from procortex.utilities import processors
from procortex.utilities.errors import InputError
from procortex.utilities.processors import available_processors, check_threads


def describe(folder: Path, membership: str, root: str, kind: str, quotas: dict[str, str]) -> Path:
    """Make what Linux tells of a process: its group, where groups are mounted, and files in the folders of groups."""
    process, mount = folder / "self", folder / "with blank"
    process.mkdir()
    (process / "cgroup").write_text(f"7:memory:/elsewhere\n{membership}\n")
    where = str(mount).replace(" ", "\\040")
    (process / "mountinfo").write_text(
        f"31 23 0:28 / /sys rw,relatime - sysfs sysfs rw\n41 31 0:38 {root} {where} rw shared:9 master:3 - {kind}\nbroken\n"
    )
    for name, text in quotas.items():
        path = mount / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return process


V1, V2 = "cgroup cgroup rw,cpu,cpuacct", "cgroup2 cgroup2 rw"


@pytest.mark.parametrize(
    ("membership", "root", "kind", "quotas", "expected"),
    [
        ("0::/job/step", "/", V2, {"job/step/cpu.max": "300000 100000\n"}, 3),
        ("0::/job/step", "/", V2, {"job/step/cpu.max": "max 100000\n", "job/cpu.max": "200000 100000\n"}, 2),
        ("0::/job/step", "/", V2, {"job/step/cpu.max": "500000 100000\n", "job/cpu.max": "350000 100000\n"}, 4),
        ("0::/job", "/", V2, {"job/cpu.max": "20000 100000\n"}, 1),
        ("0::/job", "/", V2, {"job/cpu.max": "max 100000\n"}, 16),
        ("0::/job", "/", V2, {"job/cpu.max": "nonsense\n"}, 16),
        ("0::/", "/", V2, {"cpu.max": "400000 100000\n"}, 4),
        ("0::/job/step", "/job", V2, {"step/cpu.max": "300000 100000\n"}, 3),
        ("0::/../outside", "/", V2, {"cpu.max": "500000 100000\n"}, 5),
        ("3:cpu,cpuacct:/slice", "/", V1, {"slice/cpu.cfs_quota_us": "250000\n", "slice/cpu.cfs_period_us": "50000\n"}, 5),
        ("3:cpu,cpuacct:/slice", "/", V1, {"slice/cpu.cfs_quota_us": "-1\n", "slice/cpu.cfs_period_us": "50000\n"}, 16),
        ("3:cpu:/docker/1234", "/docker/1234", V1, {"cpu.cfs_quota_us": "600000\n", "cpu.cfs_period_us": "100000\n"}, 6),
        ("3:cpuset:/slice", "/", V1, {"slice/cpu.cfs_quota_us": "250000\n", "slice/cpu.cfs_period_us": "50000\n"}, 16),
    ],
)
def test_quotas(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, membership: str, root: str, kind: str, quotas: dict[str, str], expected: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(16)), raising=False)
    assert available_processors(describe(tmp_path, membership, root, kind, quotas)) == expected


def test_affinity_counts_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {3, 5}, raising=False)
    assert available_processors(describe(tmp_path, "0::/", "/", V2, {"cpu.max": "400000 100000\n"})) == 2
    assert available_processors(tmp_path / "none") == 2


@pytest.mark.parametrize(("here", "most"), [(1, 64), (2, 64), (48, 96)])
def test_threads_are_bounded(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], here: int, most: int) -> None:
    monkeypatch.setattr(processors, "available_processors", lambda: here)
    check_threads("--threads", here)
    assert capsys.readouterr().err == ""
    check_threads("--threads", most)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"--threads {most}: {here} processor")
    for wrong in (most + 1, 100_000, 0, -1):
        with pytest.raises(InputError, match=rf"--jobs {wrong}: expected 1 to {most} \({here} processor"):
            check_threads("--jobs", wrong)
