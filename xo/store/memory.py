"""Whether the C library returns freed memory to the system, or keeps it for what comes next."""

from __future__ import annotations

import ctypes
import os


def keep_freed_memory() -> None:
    """Returns freed memory to the system now, and from now on keeps it in the process.

    Each training step allocates anew what the last one freed; mapping it each time would take a
    third of the time.
    """
    if os.name != "posix":
        return
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):  # glibc
        for option in (-1, -3):  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD
            libc.mallopt(option, 1 << 30)
        libc.malloc_trim(0)
