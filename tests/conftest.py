"""The site of the smoke study, built once for all tests that read one.

Under CI a skipped test is a failure: there, whatever a test needs is installed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from xo.store.source_digest import ROOT

os.environ.setdefault("OMP_NUM_THREADS", "1")  # torch, once loaded: the workers share the cores
# What a shell starts in the background ignores Ctrl-C, and what it starts in turn would, too.
signal.signal(signal.SIGINT, signal.default_int_handler)
LONGEST = ("test_browser", "test_names", "test_workflow", "test_widgets", "test_build")
SITE_URL = "http://127.0.0.1/xo-report/"


@pytest.fixture(scope="session")
def smoke(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `runs`, `build` and `site`, as `build --study smoke` leaves them; to be read
    only.

    The workers of pytest-xdist share it; the first builds.
    """
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    folder = base / "smoke"
    options = [
        f"--{name}={folder / directory}"
        for name, directory in (("store", "runs"), ("build", "build"), ("site", "site"))
    ]
    with FileLock(base / "smoke.lock"):
        if not (folder / "site").exists():
            done = subprocess.run(
                [sys.executable, "-m", "report_builder", "build", "--study", "smoke", *options],
                cwd=ROOT,
                env={**os.environ, "SITE_URL": SITE_URL},
                capture_output=True,
                text=True,
                timeout=900,
            )
            assert done.returncode == 0, done.stdout + done.stderr
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files whose fixtures take longest come first, so that no worker ends long after the other;
    with `--no-loadscope-reorder` pytest-xdist keeps this order.
    """
    items.sort(key=lambda item: not item.path.name.startswith(LONGEST))


def pytest_sessionfinish(session: pytest.Session) -> None:
    if _skipped(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(config: pytest.Config) -> None:
    if count := _skipped(config):
        config.get_terminal_writer().line(
            f"CI: {count} tests were skipped, which counts as a failure", red=True
        )


def _skipped(config: pytest.Config) -> int:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return (
        len(reporter.stats.get("skipped", ())) if os.environ.get("CI") == "true" and reporter else 0
    )
