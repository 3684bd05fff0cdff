"""Processes for work side by side: what they start with, and that none is left behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool

import psutil
import pytest

from xo.store.processes import CONTEXT, pool
from xo.store.source_digest import ROOT


def surroundings() -> tuple[str | None, object]:
    return os.environ.get("OMP_NUM_THREADS"), signal.getsignal(signal.SIGINT)


def test_a_process_computes_on_one_thread_and_leaves_ctrl_c_to_the_caller(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    with pool(2) as executor:
        assert executor.submit(surroundings).result() == ("1", signal.SIG_IGN)
    assert "OMP_NUM_THREADS" not in os.environ


def test_a_process_in_the_background_yields_to_others():
    with pool(1) as executor, pool(1, background=True) as behind:
        usual = executor.submit(os.nice, 0).result()
        assert behind.submit(os.nice, 0).result() == min(usual + 10, 19)


def test_no_process_outlives_its_pool_even_when_it_has_not_finished():
    with pytest.raises(KeyboardInterrupt), pool(2) as executor:
        endless = [executor.submit(time.sleep, 3600) for _ in range(4)]
        while not endless[1].running():
            time.sleep(0.01)
        raise KeyboardInterrupt
    assert all(future.done() for future in endless)
    assert not [
        process
        for process in multiprocessing.active_children()
        if isinstance(process, CONTEXT.Process)
    ]


def test_a_killed_process_raises_an_error():
    with pytest.raises(BrokenProcessPool), pool(2) as executor:
        executor.submit(os.kill, executor.submit(os.getpid).result(), signal.SIGKILL)
        executor.submit(time.sleep, 3600).result()


LIBRARIES = ("torch", "sqlite3")
SCRIPT = f"""
import sys, threading
from xo.store import processes

def report():
    print(*(name in sys.modules for name in {LIBRARIES}), threading.active_count())

if __name__ == "__main__":
    processes.start_server({LIBRARIES})
    (process := processes.Process(target=report)).start()
    process.join()
    print("torch" in sys.modules)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each process starts anew")
def test_processes_start_with_libraries_that_the_caller_does_not_load(tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "script.py"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [" ".join([*["True"] * len(LIBRARIES), "1"]), "False"]


def test_no_process_outlives_a_killed_caller(tmp_path):
    (tmp_path / "script.py").write_text("""
import os, time
from xo.store import processes

if __name__ == "__main__":
    with processes.pool(2) as executor:
        print(executor.submit(os.getpid).result(), flush=True)
        executor.submit(time.sleep, 3600).result()
""")
    with subprocess.Popen(
        [sys.executable, "script.py"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as caller:
        worker = psutil.Process(int(caller.stdout.readline()))
        caller.kill()
        assert not psutil.wait_procs([worker], timeout=60)[1]
