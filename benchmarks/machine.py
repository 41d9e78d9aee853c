"""What a measurement was taken on."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime

from procortex.backends.compile import processor_name
from procortex.utilities.processors import available_processors
from procortex.utilities.repository import repository_version


def describe_machine() -> dict[str, str | int | float]:
    """Describe processor, memory, operating system, commit and date.

    The environment variable PROCORTEX_COMMIT names the commit where the code lies outside a checkout.
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": processor_name(),
        "processors": available_processors(),
        "memory_gb": round(memory / 1e9, 1),
        "gpu": _gpu(),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "commit": os.environ.get("PROCORTEX_COMMIT") or repository_version(),
        "date": datetime.now(UTC).date().isoformat(),
    }


def _gpu() -> str:
    try:
        query = ["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"]
        run = subprocess.run(query, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "none"
    return run.stdout.strip().replace("\n", "; ")
