"""What the command lines of both packages share: common options, their help, and how a command
ends.
"""

from __future__ import annotations

import codecs
import errno
import io
import signal
import sys
import threading
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from pathlib import Path
from textwrap import fill, indent
from typing import Any
from unicodedata import category

import click
from click.shell_completion import CompletionItem

from xo.data.dataset import EMBEDDED
from xo.errors import CheckFailed, InputError
from xo.store.artifact import Damaged
from xo.store.store import RUNS
from xo.unknown_names import unknown
from xo.variants import VARIANTS

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
VERSION = click.version_option(package_name="xo-report", message="%(package)s %(version)s")
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

NEAREST = "xo-nearest"  # what is done with characters that the console lacks
PLAIN = {"\u2212": "-", "\u2010": "-", "\u2013": "-", "\u2019": "'", "\u00d7": "x"}


def printable(text: str) -> str:
    """Text in which what would end the line or steer the terminal is written out, as `\\x1b`."""
    return "".join(
        c if c.isprintable() or category(c) == "Zs" else c.encode("unicode_escape").decode()
        for c in text
    )


def say(line: str, err: bool = False) -> None:
    """Prints one line, whatever the names in it."""
    click.echo(printable(line), err=err)


def print_anything() -> None:
    """What the console's encoding lacks (gbk and cp1252 lack much) is from now on printed as the
    nearest plain character or written out, as `\\u2212`.
    """
    codecs.register_error(NEAREST, _nearest)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=NEAREST)


def _nearest(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(_plain(c) for c in text), error.end


def _plain(c: str) -> str:
    """A character that every encoding has, or its number."""
    if category(c) == "Zs":
        return " "
    if category(c) == "Cf":  # where a line may break, and the like: nothing to be seen
        return ""
    return PLAIN.get(c) or c.encode("ascii", "backslashreplace").decode()


@contextmanager
def _ended_as_by_ctrl_c() -> Iterator[None]:
    """SIGTERM and SIGHUP raise KeyboardInterrupt within, unless ignored as under nohup."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ends = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {end: signal.getsignal(end) for end in ends}
    for end, handler in before.items():
        if handler is signal.SIG_DFL:
            signal.signal(end, signal.default_int_handler)
    try:
        yield
    finally:
        for end, handler in before.items():
            if handler is signal.SIG_DFL:
                signal.signal(end, handler)


class KnownName(click.ParamType):
    """One of some names, which the help and completion offer; `names` says what they are by now."""

    FEW = 40  # characters of names that the help shows in an option's place

    def __init__(self, kind: str, names: Callable[[], Collection[str]]) -> None:
        self.name, self.names = kind, names

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name itself; InputError for one that is not known."""
        if value not in (names := self.names()):
            raise unknown(self.name, str(value), names, ", ".join(names))
        return str(value)

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """All names where they are few, else what they are names of."""
        choices = f"[{'|'.join(self.names())}]"
        return choices if len(choices) <= self.FEW else self.name.upper()

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The names that begin so."""
        return [CompletionItem(name) for name in self.names() if name.startswith(incomplete)]


def _studies() -> Collection[str]:
    from xo.runs.study import STUDIES

    return STUDIES


VARIANT_NAME = KnownName("variant", lambda: VARIANTS)
STUDY_NAME = KnownName("study", _studies)


class _FullHelp(click.Command):
    """A command whose help has whole sentences, and all names where it takes one of many."""

    def get_short_help_str(self, limit: int = 0) -> str:
        """The first sentence."""
        return super().get_short_help_str(limit=1000)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the names of each kind."""
        kinds = {
            each.type.name: each.type
            for each in self.get_params(ctx)
            if isinstance(each.type, KnownName) and each.type.get_metavar(each).isalpha()
        }
        for kind, of_kind in kinds.items():
            with formatter.section(kind.upper()):
                names = fill(
                    ", ".join(of_kind.names()),
                    formatter.width - formatter.current_indent,
                    break_on_hyphens=False,
                )
                formatter.write(indent(names, " " * formatter.current_indent) + "\n")


class Command(_FullHelp):
    """A command with its help in full."""


class CommandGroup(_FullHelp, click.Group):
    """Ends a command with one line and never a traceback.

    Exit status 1: a check failed, 2: bad input, 130: stopped, by Ctrl-C or by SIGTERM or SIGHUP.
    """

    command_class = Command
    group_class = type

    def main(self, *args: Any, **options: Any) -> Any:
        """Carries out the command line."""
        print_anything()
        with _ended_as_by_ctrl_c():
            return super().main(*args, **options)

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
            if error.errno in (None, errno.EPIPE):  # the reader of the output has ended
                raise
            remedy = "make room" if error.errno in NO_ROOM else "make it usable"
            say(
                f"error: {error.filename or 'writing'}: {error.strerror}; {remedy} or choose "
                "another folder; what was finished before is kept",
                err=True,
            )
            ctx.exit(2)
        except (EOFError, BrokenExecutor):  # of pipes to processes; input that ends is click's
            say(
                "error: a process that works for this command was killed, most likely for want of "
                "memory; run the same command again; what was finished is kept",
                err=True,
            )
            ctx.exit(1)
        except KeyboardInterrupt as interrupt:
            kept = str(interrupt) or "what was finished is kept"
            click.echo(f"stopped: {kept}; the same command goes on from there", err=True)
            ctx.exit(130)
