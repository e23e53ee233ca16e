"""Standard input, line by line, for the commands that take `-`."""

from __future__ import annotations

import sys
from collections.abc import Iterator


def standard_input() -> Iterator[str]:
    """UTF-8 whatever the locale; bytes that are none are replaced, so that each line gets its answer."""
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace").rstrip("\r\n")
