"""The checkout, wherever a test is, and an environment without network."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

NOWHERE = "http://127.0.0.1:9"  # nobody listens there
OFFLINE = {f"{name}_proxy": NOWHERE for name in ("http", "https", "ftp", "all")} | {"no_proxy": ""}
OFFLINE |= {name.upper(): value for name, value in OFFLINE.items()}
"""Environment in which every download fails."""
