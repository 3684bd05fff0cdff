"""The machine that a run is carried out on: its processors and the memory that a run takes."""

from __future__ import annotations

import os
import platform
import sys


def cores() -> int:
    """The processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def machine() -> str:
    """The kind of system and processor; on another the last bits of a result may differ."""
    model = platform.processor()
    try:
        with open("/proc/cpuinfo") as file:
            models = (line.partition(":")[2] for line in file if line.startswith("model name"))
            model = next(models, model).strip()
    except OSError:
        pass
    return f"{platform.system()} {platform.machine()} {model}".strip()


def reset_peak_memory() -> None:
    """Has the kernel count this process's peak memory anew, without earlier runs (Linux)."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass


def peak_memory() -> int | None:
    """Peak resident memory in bytes since the reset, or since the start where there is none."""
    try:
        with open("/proc/self/status") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM"))
    except OSError:
        pass
    try:
        import resource
    except ImportError:  # Windows
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
