"""What the command lines of both packages share: common options, and how a command ends."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any
from unicodedata import category

import click

from xo.data.dataset import EMBEDDED
from xo.errors import CheckFailed, InputError
from xo.store.artifact import Damaged
from xo.store.store import RUNS

DATA = click.option(
    "--data",
    "data_dir",
    type=click.Path(path_type=Path),
    default=EMBEDDED,
    show_default=True,
    help="Folder of the data set.",
)
STORE = click.option(
    "--store",
    type=click.Path(path_type=Path),
    default=RUNS,
    show_default=True,
    help="Folder of the records: a new or an empty one, or one that this program made.",
)
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def printable(text: str) -> str:
    """Text in which what would end the line or steer the terminal is written out, as `\\x1b`."""
    return "".join(
        c if c.isprintable() or category(c) == "Zs" else c.encode("unicode_escape").decode()
        for c in text
    )


def say(line: str, err: bool = False) -> None:
    """Prints one line, whatever the names in it."""
    click.echo(printable(line), err=err)


class CommandGroup(click.Group):
    """Ends a command with one line and never a traceback.

    Exit status 1: a check failed, 2: bad input, 130: Ctrl-C.
    """

    def invoke(self, ctx: click.Context) -> Any:
        """Invokes the command that the context names."""
        try:
            return super().invoke(ctx)
        except (InputError, CheckFailed) as error:
            say(f"error: {error}", err=True)
            ctx.exit(2 if isinstance(error, InputError) else 1)
        except Damaged as damage:
            remedy = f"remove the folder {damage.folder} and run the same command again"
            say(f"error: {damage}; {remedy}", err=True)
            ctx.exit(1)
        except OSError as error:
            if error.errno in (None, errno.EPIPE):  # who reads the output has ended
                raise
            remedy = "make room" if error.errno in NO_ROOM else "make it usable"
            say(
                f"error: {error.filename or 'writing'}: {error.strerror}; {remedy} or choose "
                "another folder; what was finished before is kept",
                err=True,
            )
            ctx.exit(2)
        except KeyboardInterrupt as interrupt:
            kept = str(interrupt) or "what was finished is kept"
            click.echo(f"stopped: {kept}; the same command goes on from there", err=True)
            ctx.exit(130)
