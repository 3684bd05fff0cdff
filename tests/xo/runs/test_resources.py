"""What a record says of where its run was carried out."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import torch

from xo.runs.resources import SWITCHES, _blas, environment
from xo.store.source_digest import ROOT


def test_the_environment_is_that_of_this_process():
    here = environment()
    assert (here.python, here.torch) == (platform.python_version(), torch.__version__)
    assert here.threads == torch.get_num_threads()
    assert here.instruction_set in torch.__config__.show()
    assert here.system.startswith(platform.system()) and here.system.endswith(platform.machine())


def test_the_matrix_library_is_named_with_its_version_where_there_is_one():
    intel = (
        "- Intel(R) oneAPI Math Kernel Library Version 2024.2-Product Build 2024, BLAS_INFO=mkl, "
    )
    assert _blas(intel) == "mkl 2024.2"
    assert _blas("Build settings: BLAS_INFO=accelerate, BUILD_TYPE=Release") == "accelerate"
    assert _blas("Build settings: ") == ""


def test_what_chooses_instructions_is_recorded():
    """In a process of its own: PyTorch looks at these once."""
    code = (
        "from xo.runs.resources import environment; e = environment(); "
        "print(e.instruction_set, e.switches)"
    )
    chosen = {"ATEN_CPU_CAPABILITY": "default", "MKL_CBWR": "COMPATIBLE"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={name: os.environ[name] for name in os.environ if name not in SWITCHES} | chosen,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [
        "DEFAULT",
        "ATEN_CPU_CAPABILITY=default",
        "MKL_CBWR=COMPATIBLE",
    ]
