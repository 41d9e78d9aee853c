"""One file over HTTP: its size is bounded and its checksum taken while it arrives, and it appears under its name only if both are right."""

from __future__ import annotations

import hashlib
import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from procortex.utilities.atomic import whole_file
from procortex.utilities.errors import InputError
from sources.registry import Entry

TIMEOUT_S = 30.0
"""Longest silence of the server."""

DEADLINE_S = 600.0
"""Longest time for one file: a server that sends a byte now and then is not silent."""

CHUNK = 1 << 16
LONGEST_REASON = 200
SERVER_FAILS = frozenset({407, 429, *range(500, 600)})
"""HTTP statuses that are the server's or a proxy's trouble: it would be no better for the next file."""


class RefusedError(Exception):
    """The server gives no such file, or another one."""


class UnreachableError(Exception):
    """The server does not answer."""


def receive(url: str, path: Path, entry: Entry) -> None:
    """Download a registered file; memory does not depend on what the server sends.

    Several processes may download the same file: each writes its own temporary file, and the last one takes the name.

    Raises
    ------
    RefusedError
        If the server has no such file, or it differs from the registered one.
    UnreachableError
        If there is no connection, or none that lasts.
    InputError
        If the file cannot be written.
    """
    with _open(url, entry) as answer:
        length = answer.headers.get("Content-Length", "")
        if length.isdecimal() and int(length[:20]) > entry.bytes:
            raise RefusedError(_too_long(entry))
        try:
            with whole_file(path) as temporary, temporary.open("wb") as file:
                digest, size = hashlib.sha256(), 0
                for piece in _pieces(answer):
                    size += len(piece)
                    if size > entry.bytes:
                        raise RefusedError(_too_long(entry))
                    digest.update(piece)
                    file.write(piece)
                if size < entry.bytes:
                    raise RefusedError(f"truncated: {size} bytes instead of {entry.bytes} (SHA-256 {entry.sha256}); try again later")
                if digest.hexdigest() != entry.sha256:
                    raise RefusedError(
                        f"content differs from the published file: SHA-256 {digest.hexdigest()} instead of {entry.sha256}; try again later"
                    )
        except OSError as error:  # of the disk: those of the network have another type by now
            raise InputError(f"{path}: cannot be written ({error.strerror or error}); {entry.bytes} bytes are needed") from None


def _open(url: str, entry: Entry) -> Any:
    try:
        return urllib.request.urlopen(url, timeout=TIMEOUT_S)
    except urllib.error.HTTPError as error:
        error.close()
        reason = _in_short(f"{error.code} {error.reason}")
        if error.code in SERVER_FAILS:
            raise UnreachableError(reason) from None
        raise RefusedError(f"not downloaded ({reason}); expected {entry.bytes} bytes with SHA-256 {entry.sha256}") from None
    except (OSError, http.client.HTTPException, ValueError) as error:  # ValueError: a proxy that is no address
        raise UnreachableError(_in_short(getattr(error, "reason", None) or error)) from None


def _pieces(answer: Any) -> Iterator[bytes]:
    deadline = time.monotonic() + DEADLINE_S
    while True:
        try:
            piece: bytes = answer.read1(CHUNK)  # what is there, without waiting for more
        except (OSError, http.client.HTTPException) as error:
            raise UnreachableError(_in_short(error)) from None
        if not piece:
            return
        if time.monotonic() > deadline:
            raise UnreachableError(f"not complete after {DEADLINE_S:g} s")
        yield piece


def _too_long(entry: Entry) -> str:
    return f"too long: more than {entry.bytes} bytes (SHA-256 {entry.sha256}); try again later"


def _in_short(reason: object) -> str:
    """Give what a server or the system said in one short line."""
    text = " ".join(str(reason).split()) or type(reason).__name__
    return text if len(text) <= LONGEST_REASON else f"{text[:LONGEST_REASON]}…"
