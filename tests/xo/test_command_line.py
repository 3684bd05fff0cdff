"""Whatever the system refuses ends a command with one line."""

from __future__ import annotations

import errno
import os

import click
import pytest
from click.testing import CliRunner

from xo.command_line import CommandGroup


def command(error: OSError) -> click.Group:
    @click.group(cls=CommandGroup)
    def main() -> None: ...

    @main.command()
    def write() -> None:
        raise error

    return main


@pytest.mark.parametrize(
    "name", ["ENOSPC", "EFBIG", "EIO", "EACCES", "ENOTDIR", "EISDIR", "EXDEV", "ENAMETOOLONG"]
)
def test_an_error_of_the_system_is_one_line(name):
    number = getattr(errno, name)
    error = OSError(number, os.strerror(number), "runs/file")
    result = CliRunner().invoke(command(error), ["write"], catch_exceptions=False)
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"error: runs/file: {os.strerror(number)}; make ")


def test_who_reads_no_further_is_not_an_error_of_the_disk():
    result = CliRunner().invoke(command(BrokenPipeError(errno.EPIPE, "Broken pipe")), ["write"])
    assert result.exit_code == 1 and "error:" not in result.output
