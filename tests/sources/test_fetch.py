"""Files from outside: checked where they lie, or downloaded from a server that we are in these tests."""

from __future__ import annotations

import hashlib
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from procortex.utilities.errors import InputError
from sources import checksums, receive, registry
from sources.checksums import check_folder
from sources.fetch import copy_files, download, open_folder, published_folder, raw_folder
from sources.registry import PUBLISHED, RAW, Registry

CONTENTS = {"raw/a.csv": b"one\ntwo\n", "K.npy": b"\x00\x01\x02", "raw/unused.csv": b"unused\n"}
USES = {"raw/a.csv": "anatomy", "K.npy": "stabilisation", "raw/unused.csv": "extra"}
IN_REPOSITORY = {"raw/a.csv": "data/raw/a.csv", "K.npy": "figures/K.npy", "raw/unused.csv": "data/raw/unused.csv"}
SMALL = Registry("small", "owner/repository", "0123456", "PROCORTEX_SMALL_DIR", "some.option", ("anatomy", "stabilisation"))


@pytest.fixture(autouse=True)
def small_registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Register three small files."""
    lines = ["file\tpath_in_repository\tsha256\tbytes\tuse"]
    lines += [
        "\t".join((name, IN_REPOSITORY[name], hashlib.sha256(text).hexdigest(), str(len(text)), USES[name]))
        for name, text in CONTENTS.items()
    ]
    here = tmp_path / "registries"
    here.mkdir()
    (here / "small.tsv").write_text("\n".join(lines) + "\n")
    for name in ("raw", "published"):
        (here / f"{name}.tsv").symlink_to(registry.HERE / f"{name}.tsv")
    monkeypatch.setattr(registry, "HERE", here)
    monkeypatch.delenv(SMALL.variable, raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")  # the server of these tests


def write(folder: Path, names: dict[str, str]) -> Path:
    for name, place in names.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_bytes(CONTENTS[name])
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "given", {name: name for name in CONTENTS})


class Server(ThreadingHTTPServer):
    """A server that remembers what it was asked for."""

    def __init__(self, root: Path) -> None:
        self.asked: list[str] = []

        class Handler(SimpleHTTPRequestHandler):
            def __init__(self, *arguments: object) -> None:
                super().__init__(*arguments, directory=str(root))  # type: ignore[arg-type]

            def log_message(self, *_: object) -> None:
                server.asked.append(self.path)

        server = self
        super().__init__(("127.0.0.1", 0), Handler)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    root = tmp_path / "served"
    write(root / SMALL.repository / SMALL.commit, IN_REPOSITORY)
    with Server(root) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.02,))
        thread.start()
        monkeypatch.setattr(checksums, "URL_BASE", f"http://127.0.0.1:{running.server_address[1]}")
        yield running
        running.shutdown()
        thread.join()


def served(tmp_path: Path, name: str) -> Path:
    return tmp_path / "served" / SMALL.repository / SMALL.commit / IN_REPOSITORY[name]


@pytest.fixture
def unreachable(monkeypatch: pytest.MonkeyPatch) -> str:
    """Point the downloads to a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    monkeypatch.setattr(checksums, "URL_BASE", address)
    return address


@pytest.mark.parametrize(
    "places",
    [
        {name: name for name in CONTENTS},
        IN_REPOSITORY,
        {"raw/a.csv": "a.csv", "K.npy": "K.npy"},
    ],
)
def test_folder_is_used_in_place(tmp_path: Path, places: dict[str, str]) -> None:
    found = check_folder(SMALL, write(tmp_path / "in", places))
    assert {name: path.read_bytes() for name, path in found.files.items()} == {name: CONTENTS[name] for name in places}
    assert all(path == tmp_path / "in" / places[name] for name, path in found.files.items())


def test_folder_of_raw_files_with_the_others_beside_it(folder: Path) -> None:
    assert check_folder(SMALL, folder / "raw").path("K.npy").read_bytes() == CONTENTS["K.npy"]


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere: no such folder; set some.option or PROCORTEX_SMALL_DIR"):
        check_folder(SMALL, tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"one\ntw", "raw/a.csv: truncated: 6 bytes instead of 8"),
        (b"", "raw/a.csv: truncated: 0 bytes instead of 8"),
        (b"one\ntwo\nthree\n", "raw/a.csv: too long: 14 bytes instead of 8"),
        (b"one\ntwO\n", "raw/a.csv: content differs"),
    ],
)
def test_changed_file(folder: Path, content: bytes, message: str) -> None:
    (folder / "raw" / "a.csv").write_bytes(content)
    with pytest.raises(InputError) as caught:
        check_folder(SMALL, folder)
    text = str(caught.value)
    assert message in text
    assert hashlib.sha256(CONTENTS["raw/a.csv"]).hexdigest() in text
    assert "owner/repository/0123456/data/raw/a.csv" in text
    assert "\n" not in text


def test_every_finding_has_its_line(folder: Path) -> None:
    (folder / "raw" / "a.csv").write_bytes(b"x")
    (folder / "K.npy").unlink()
    (folder / "raw" / "unused.csv").write_bytes(b"x")
    with pytest.raises(InputError) as caught:
        check_folder(SMALL, folder)
    lines = str(caught.value).splitlines()
    assert [line.split(": ")[0].removeprefix(f"{folder}/") for line in lines] == ["raw/a.csv", "K.npy", "raw/unused.csv"]
    assert "missing" in lines[1]


def test_only_the_needed_files_must_be_there(folder: Path) -> None:
    (folder / "raw" / "unused.csv").unlink()
    (folder / "K.npy").unlink()
    found = check_folder(SMALL, folder, uses=("anatomy",))
    assert list(found.files) == ["raw/a.csv"]
    with pytest.raises(InputError, match=r"K.npy is not among the checked files"):
        found.path("K.npy")


def test_environment_goes_before_the_option(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = write(tmp_path / "other", {name: name for name in CONTENTS})
    assert open_folder(SMALL, folder, tmp_path / "cache").root == folder
    monkeypatch.setenv(SMALL.variable, str(other))
    assert open_folder(SMALL, folder, tmp_path / "cache").root == other
    assert open_folder(SMALL, None, tmp_path / "cache").root == other


def test_download(tmp_path: Path, server: Server) -> None:
    found = open_folder(SMALL, None, tmp_path / "cache")
    assert {name: path.read_bytes() for name, path in found.files.items()} == {name: CONTENTS[name] for name in ("raw/a.csv", "K.npy")}
    assert len(server.asked) == 2


def test_download_keeps_valid_files_and_replaces_others(tmp_path: Path, server: Server) -> None:
    cache = write(tmp_path / "cache", {"raw/a.csv": "raw/a.csv"})
    (cache / "K.npy").write_bytes(b"half")
    download(SMALL, cache)
    assert server.asked == ["/owner/repository/0123456/figures/K.npy"]
    assert (cache / "K.npy").read_bytes() == CONTENTS["K.npy"]
    download(SMALL, cache)
    assert len(server.asked) == 1


def test_download_of_a_wrong_file_leaves_nothing(tmp_path: Path, server: Server) -> None:
    served(tmp_path, "raw/a.csv").write_bytes(b"something else")
    served(tmp_path, "K.npy").unlink()
    with pytest.raises(InputError) as caught:
        download(SMALL, tmp_path / "cache")
    first, second = str(caught.value).splitlines()
    assert "data/raw/a.csv: too long" in first
    assert "figures/K.npy: not downloaded (404" in second
    assert len(server.asked) >= 2
    assert not [path for path in tmp_path.glob("cache/**/*") if path.is_file()]


def test_download_without_connection(tmp_path: Path, unreachable: str) -> None:
    with pytest.raises(InputError) as caught:
        download(SMALL, tmp_path / "cache")
    text = str(caught.value)
    assert text.startswith(f"{unreachable}/owner/repository/0123456/data/raw/a.csv: cannot be reached")
    assert "2 small files are still needed" in text
    assert "some.option or PROCORTEX_SMALL_DIR" in text
    assert "\n" not in text


ENDLESS = [bytes(1 << 16)] * 100


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., list[str]]]:
    """Make a server that answers every request with the same status, headers and body, and remembers what it was asked for."""
    ended = threading.Event()
    asked: list[str] = []

    def start(status: int, headers: dict[str, str], body: list[bytes], *, hang: bool = False) -> list[str]:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    for piece in body:
                        self.wfile.write(piece)
                except OSError:  # nobody reads any more
                    return
                if hang:
                    ended.wait(30)

            def log_message(self, *_: object) -> None:
                return

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threads.append((server, threading.Thread(target=server.serve_forever, args=(0.02,))))
        threads[-1][1].start()
        monkeypatch.setattr(checksums, "URL_BASE", f"http://127.0.0.1:{server.server_address[1]}")
        return asked

    threads: list[tuple[ThreadingHTTPServer, threading.Thread]] = []
    yield start
    ended.set()
    for server, thread in threads:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(
    ("status", "headers", "body", "hang", "message", "requests"),
    [
        (200, {"Content-Length": "999999999999"}, [], True, "too long: more than 8 bytes", 2),
        (200, {}, ENDLESS, False, "too long: more than 8 bytes", 2),
        (200, {"Transfer-Encoding": "chunked"}, [b"9\r\none\ntwo\n\n\r\n0\r\n\r\n"], False, "too long: more than 8 bytes", 2),
        (200, {"Content-Length": "8"}, [b"one"], False, "truncated: 3 bytes instead of 8", 2),
        (200, {}, [b"one\ntwO\n"], False, "content differs from the published file", 2),
        (200, {"Content-Length": "8"}, [b"one"], True, "cannot be reached (timed out)", 1),
        (200, {"Transfer-Encoding": "chunked"}, [b"many\r\n"], False, "cannot be reached (IncompleteRead", 1),
        (404, {}, [], False, "not downloaded (404 Not Found); expected 8 bytes with SHA-256", 2),
        (503, {}, [], False, "cannot be reached (503 Service Unavailable); 2 small files are still needed", 1),
        (302, {"Location": "file:///etc/hostname"}, [], False, "not downloaded (302", 2),
    ],
)
def test_what_a_server_may_answer(
    tmp_path: Path,
    answering: Callable[..., list[str]],
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    headers: dict[str, str],
    body: list[bytes],
    hang: bool,
    message: str,
    requests: int,
) -> None:
    monkeypatch.setattr(receive, "TIMEOUT_S", 0.5)
    asked = answering(status, headers, body, hang=hang)
    with pytest.raises(InputError) as caught:
        download(SMALL, tmp_path / "cache")
    lines = str(caught.value).splitlines()
    assert len(lines) == len(asked) == requests
    assert f"/owner/repository/0123456/data/raw/a.csv: {message}" in lines[0]
    assert not [path for path in tmp_path.glob("cache/**/*") if path.is_file()]


def test_a_download_that_never_ends_is_given_up(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receive, "DEADLINE_S", -1.0)
    with pytest.raises(InputError, match=r"cannot be reached \(not complete after -1 s\); 2 small files are still needed"):
        download(SMALL, tmp_path / "cache")
    assert len(server.asked) == 1


def test_a_download_that_cannot_be_written(tmp_path: Path, server: Server) -> None:
    (tmp_path / "cache").write_text("no folder")
    with pytest.raises(InputError, match=r"cache/raw/a.csv: cannot be written \(.*\); 8 bytes are needed") as caught:
        download(SMALL, tmp_path / "cache")
    assert "\n" not in str(caught.value)


def test_downloads_at_the_same_time_do_not_disturb_each_other(tmp_path: Path, server: Server) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: download(SMALL, tmp_path / "cache"), range(8)))
    for folder in found:
        assert {name: path.read_bytes() for name, path in folder.files.items()} == {name: CONTENTS[name] for name in folder.files}
    assert sorted(path.name for path in tmp_path.glob("cache/**/*.*")) == ["K.npy", "a.csv"]


def test_valid_cache_needs_no_connection(tmp_path: Path, unreachable: str) -> None:
    cache = write(tmp_path / "cache", {name: name for name in CONTENTS})
    assert set(download(SMALL, cache).files) == {"raw/a.csv", "K.npy"}, unreachable


def test_copies_keep_their_registered_names(tmp_path: Path) -> None:
    copy_files(check_folder(SMALL, write(tmp_path / "in", IN_REPOSITORY)), tmp_path / "out")
    assert {str(path.relative_to(tmp_path / "out")): path.read_bytes() for path in tmp_path.glob("out/**/*.*")} == CONTENTS


def test_registries_are_complete() -> None:
    assert len(RAW.entries) == 32
    assert sum(entry.use in RAW.needed for entry in RAW.entries) == 23
    assert Counter(entry.use for entry in PUBLISHED.select(PUBLISHED.needed)) == {"rates": 8, "ground": 40, "resting": 48}
    assert len(PUBLISHED.entries) == 228
    for entry in (*RAW.entries, *PUBLISHED.entries):
        assert len(entry.sha256) == 64
        assert int(entry.sha256, 16)
        assert entry.bytes > 0


@pytest.mark.golden
def test_real_folders(raw_dir: Path, published_dir: Path) -> None:
    assert set(raw_folder(raw_dir, uses=("anatomy",)).files) >= {entry.file for entry in RAW.select(RAW.needed)}
    assert len(published_folder(published_dir).files) >= 96


@pytest.mark.golden
@pytest.mark.parametrize("name", ["raw/overlap.json", "raw/SLN_Data.csv", "K_prime_original.npy"])
def test_truncated_real_file(tmp_path: Path, raw_dir: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    copy_files(raw_folder(raw_dir), tmp_path / "raw_files")
    path = tmp_path / "raw_files" / name
    path.write_bytes(path.read_bytes()[:-100])
    monkeypatch.delenv("PROCORTEX_RAW_DIR")
    with pytest.raises(InputError, match=rf"{path.name}: truncated"):
        raw_folder(tmp_path / "raw_files")
    path.unlink()
    with pytest.raises(InputError, match=rf"{path.name}: missing"):
        raw_folder(tmp_path / "raw_files")


@pytest.mark.golden
def test_command(tmp_path: Path, raw_dir: Path) -> None:
    out = tmp_path / "resources" / "raw"
    command = [sys.executable, "-m", "sources", "fetch", "raw", "--out", str(out), "--from", str(raw_dir)]
    assert subprocess.run(command, check=False).returncode == 0
    assert set(check_folder(RAW, out).files) >= {entry.file for entry in RAW.select(RAW.needed)}


@pytest.mark.golden
def test_command_for_one_use(tmp_path: Path, raw_dir: Path) -> None:
    out = tmp_path / "indegrees"
    command = [sys.executable, "-m", "sources", "fetch", "raw", "--out", str(out), "--from", str(raw_dir), "--use"]
    assert subprocess.run([*command, "stabilisation"], check=False).returncode == 0
    assert [path.name for path in out.rglob("*.*")] == ["K_prime_original.npy"]
    done = subprocess.run([*command, "anatomie"], check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert "--use anatomie: no use of raw files, expected anatomy or extra or functional or stabilisation" in done.stderr


def test_command_with_a_bad_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sources", "fetch", "published", "--out", str(tmp_path / "out"), "--from", str(tmp_path / "none")]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "no such folder" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
