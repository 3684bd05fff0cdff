"""Under CI a skipped test is a failure: there, whatever a test needs is installed."""

from __future__ import annotations

import os

import pytest


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
