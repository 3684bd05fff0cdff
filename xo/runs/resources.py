"""What a run is carried out with: its environment, the processors at hand, the memory it takes."""

from __future__ import annotations

import os
import platform
import re
import sys

import msgspec

# What makes PyTorch and its libraries take other instructions, and so sums in another order.
SWITCHES = (
    "ATEN_CPU_CAPABILITY",
    "DNNL_DEFAULT_FPMATH_MODE",
    "DNNL_MAX_CPU_ISA",
    "MKL_CBWR",
    "MKL_DEBUG_CPU_TYPE",
    "MKL_ENABLE_INSTRUCTIONS",
    "NPY_DISABLE_CPU_FEATURES",
    "ONEDNN_DEFAULT_FPMATH_MODE",
    "ONEDNN_MAX_CPU_ISA",
    "OPENBLAS_CORETYPE",
)


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """What carried out a run; in another the last bits of a result may differ."""

    python: str  # version; no result depends on it
    torch: str  # version with the label of its build, as 2.14.1+cpu
    numpy: str  # version
    instruction_set: str  # of the processor, as far as PyTorch uses it, as AVX512
    blas: str  # library of PyTorch's matrix products, as mkl 2024.2
    threads: int  # of one run
    system: str  # as Linux x86_64
    processor: str  # its model
    switches: str = ""  # variables that choose instructions, as MKL_CBWR=COMPATIBLE


def environment() -> Environment:
    """That of this process."""
    import numpy
    import torch

    return Environment(
        python=platform.python_version(),
        torch=str(torch.__version__),
        numpy=numpy.__version__,
        instruction_set=torch.backends.cpu.get_cpu_capability(),
        blas=_blas(torch.__config__.show()),
        threads=torch.get_num_threads(),
        system=f"{platform.system()} {platform.machine()}",
        processor=processor(),
        switches=" ".join(f"{each}={os.environ[each]}" for each in SWITCHES if each in os.environ),
    )


def _blas(configuration: str) -> str:
    """The library and its version, as far as PyTorch's build configuration names them."""
    library = re.search(r"BLAS_INFO=(\w+)", configuration)
    mkl = re.search(r"Math Kernel Library Version ([\d.]+)", configuration)
    return " ".join(found[1] for found in (library, mkl) if found)


def processor() -> str:
    """The model of the processor here; on another the last bits of a result may differ."""
    try:
        with open("/proc/cpuinfo") as file:
            models = (line.partition(":")[2] for line in file if line.startswith("model name"))
            return next(models, platform.processor()).strip()
    except OSError:
        return platform.processor()


def cores() -> int:
    """The processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


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
