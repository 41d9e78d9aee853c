"""Simulations that run at the same time spread over the GPUs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from procortex.backends.cuda.claim import claim

TWO = ["0000:1B:00.0", "0000:43:00.0"]


def test_each_takes_another(tmp_path: Path) -> None:
    first, second = claim(TWO, tmp_path), claim(TWO, tmp_path)
    assert (first.ordinal, second.ordinal) == (0, 1)
    first.release()
    assert claim(TWO, tmp_path).ordinal == 0


def test_more_simulations_than_gpus_share_the_first(tmp_path: Path) -> None:
    held = [claim(TWO, tmp_path) for _ in TWO]
    late = claim(TWO, tmp_path)
    assert (late.ordinal, late.lock) == (0, None)
    late.release()
    assert claim(TWO, tmp_path).ordinal == 0
    assert all(each.lock is not None for each in held)


def test_other_ordinals_are_the_same_gpus(tmp_path: Path) -> None:
    """CUDA_VISIBLE_DEVICES renumbers the GPUs; the address stays."""
    held = claim(TWO, tmp_path)
    assert claim(TWO[::-1], tmp_path).ordinal == 0
    assert held.ordinal == 0
    assert claim(TWO[:1], tmp_path).lock is None


def test_a_claim_ends_with_its_process(tmp_path: Path) -> None:
    code = f"from pathlib import Path; from procortex.backends.cuda.claim import claim; assert claim({TWO!r}, Path({str(tmp_path)!r})).lock"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert claim(TWO, tmp_path).ordinal == 0


def test_without_a_folder_to_write_to_there_are_no_claims(tmp_path: Path) -> None:
    assert claim(TWO, tmp_path / "missing").lock is None
