"""What a process does with memory: whether the C library returns what is freed to the system, and
how often Python looks for garbage.
"""

from __future__ import annotations

import ctypes
import gc
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


def collect_garbage_rarely() -> None:
    """From now on Python looks for garbage after half a million new objects: records, syntax trees
    and pages are many, and hardly any of them garbage.
    """
    gc.set_threshold(500_000)
