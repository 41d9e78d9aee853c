"""Commands of the stages in this process."""

from __future__ import annotations

import sys

import pytest

from analysis.__main__ import main


def analyse(*arguments: object) -> int:
    """Exit status of ``python -m analysis`` with some arguments."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["analysis", *map(str, arguments)])
        return main()
