"""The version of the code: of its own checkout or archive, whoever owns it and whatever lies around it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from packaging.version import Version as Packaged

from procortex.utilities.repository import ARCHIVED, RELEASE, ROOT, Version, version

USER = ("-c", "user.name=somebody", "-c", "user.email=somebody@localhost", "-c", "commit.gpgsign=false")


def git(folder: Path, *arguments: str) -> str:
    run = subprocess.run(["git", *USER, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return run.stdout.strip()


def commit_all(folder: Path, message: str) -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", message)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with this one's file for archives."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "checkout"
    folder.mkdir()
    for name in (ARCHIVED, ".gitattributes"):
        shutil.copy(ROOT / name, folder)
    git(folder, "init", "--quiet", "-b", "main")
    commit_all(folder, "first")
    return folder


@pytest.fixture
def archive(checkout: Path, tmp_path: Path) -> Path:
    """What `git archive` makes of it, unpacked inside another repository."""
    around = tmp_path / "around"
    (around / "unpacked").mkdir(parents=True)
    git(around, "init", "--quiet")
    commit_all(around, "of somebody else")
    git(checkout, "archive", "--output", str(tmp_path / "archive.tar"), "HEAD")
    with tarfile.open(tmp_path / "archive.tar") as file:
        file.extractall(around / "unpacked", filter="data")
    return around / "unpacked"


def head(folder: Path) -> str:
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def no_git(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_arguments: object, **_options: object) -> None:
        raise FileNotFoundError("git")

    monkeypatch.setattr("procortex.utilities.repository.subprocess.run", missing)


def test_a_checkout_and_changed_files(checkout: Path) -> None:
    assert version(checkout) == Version(head(checkout), False)
    assert str(version(checkout)) == f"{RELEASE}+g{head(checkout)[:12]}"
    (checkout / ARCHIVED).write_text("changed")
    assert version(checkout).changed
    assert str(version(checkout)) == f"{RELEASE}+g{head(checkout)[:12]}.changed"


@pytest.mark.parametrize("changed", [True, False, None])
def test_the_version_is_one_of_a_python_package(changed: bool | None) -> None:
    parsed = Packaged(str(Version("0123456789ab" * 4, changed)))
    assert (parsed.public, str(parsed.local).split(".")[0]) == (RELEASE, "g0123456789ab")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_checkout_of_another_user(checkout: Path) -> None:
    for path in (checkout, *checkout.rglob("*")):
        os.chown(path, 12345, 12345)
    with pytest.raises(subprocess.CalledProcessError):
        head(checkout)  # git itself refuses
    assert version(checkout).changed is False


@pytest.mark.parametrize("variable", ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_CEILING_DIRECTORIES"])
def test_the_environment_names_another_repository(checkout: Path, archive: Path, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    expected = version(checkout)
    around = archive.parent
    value = {"GIT_DIR": around / ".git", "GIT_INDEX_FILE": around / ".git" / "index"}.get(variable, around)
    monkeypatch.setenv(variable, str(value))
    assert version(checkout) == expected
    assert version(archive) == Version(expected.commit)


def test_an_archive_inside_another_repository(checkout: Path, archive: Path) -> None:
    assert version(archive) == Version(head(checkout))
    assert str(version(archive)) == f"{RELEASE}+g{head(checkout)[:12]}.unchecked"


def test_an_archive_that_became_a_repository(archive: Path, checkout: Path) -> None:
    git(archive, "init", "--quiet")
    assert version(archive).commit == head(checkout)  # nothing is committed yet


def test_a_copy_without_its_history_has_the_release_alone(checkout: Path) -> None:
    shutil.rmtree(checkout / ".git")
    assert version(checkout) == Version()
    assert str(version(checkout)) == RELEASE


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("place", ["main", "worktree", "detached"])
@pytest.mark.usefixtures("checkout")
def test_worktrees_with_and_without_git(tmp_path: Path, request: pytest.FixtureRequest, place: str, packed: bool) -> None:
    folder = tmp_path / "checkout"
    if place == "worktree":
        git(folder, "worktree", "add", "--quiet", "-b", "side/branch", "../worktree")
        folder = tmp_path / "worktree"
        commit_all(folder, "second")
    elif place == "detached":
        git(folder, "checkout", "--quiet", "--detach")
    if packed:
        git(folder, "pack-refs", "--all")
    expected = head(folder)
    assert version(folder) == Version(expected, False)
    request.getfixturevalue("no_git")
    assert version(folder) == Version(expected)


@pytest.mark.parametrize("says", ["echo hello", "printf '\\377'", "head -c 40 /dev/zero", "true"])
def test_a_git_that_is_none(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str) -> None:
    expected = head(checkout)
    program = tmp_path / "programs" / "git"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{says}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    assert version(checkout) == Version(expected)  # by the files
