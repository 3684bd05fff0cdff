"""What the command lines of both packages share: how errors end, where data and store lie, how training is watched."""

from __future__ import annotations

import errno
from pathlib import Path

import click
from rich.console import Console

from xo.errors import CheckFailed, InputError

EMBEDDED = Path("data/xo")
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
    default=Path("runs"),
    show_default=True,
    help="Folder of the records: a new or an empty one, or one that this program made.",
)


class Group(click.Group):
    """Ends a command with exit status 2 (bad input), 1 (a check failed) or 130 (Ctrl-C) and one line, never a traceback."""

    def invoke(self, ctx: click.Context):
        try:
            return super().invoke(ctx)
        except (InputError, CheckFailed) as error:
            click.echo(f"error: {error}", err=True)
            ctx.exit(2 if isinstance(error, InputError) else 1)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EDQUOT):
                raise
            click.echo(
                f"error: {error.filename or 'writing'}: {error.strerror}; make room or choose a writable folder; "
                "what was finished before is kept",
                err=True,
            )
            ctx.exit(2)
        except KeyboardInterrupt:
            click.echo(
                "stopped: what was finished is kept; the same command goes on from there", err=True
            )
            ctx.exit(130)


def open_data(folder: Path, store: Path):
    """The data set in `folder`; the embedded one is drawn when it is missing."""
    from xo.data.dataset import ensure, load
    from xo.store.ownership import claim, keep_apart

    keep_apart({"--data": folder, "--store": store})
    claim(store, "store")
    return (ensure if folder == EMBEDDED else load)(folder, store / ".data")


def show_trained(missing, store, **how):
    """Trains runs, given with the reason why each is missing, and returns their records.

    Progress goes to the error stream; so does why a run that was there is trained again, and on Ctrl-C what is kept.
    """
    from xo.runs.execute import execute
    from xo.runs.progress import shown
    from xo.store.store import NEVER

    console = Console(stderr=True)
    for run, why in missing:
        if why != NEVER:
            click.echo(f"{run} is trained again; {why}", err=True)
    runs = [run for run, _ in missing]
    done = []
    try:
        with shown(runs, console) as on_progress:
            for record in execute(runs, store, on_progress=on_progress, **how):
                done.append(record)
    except KeyboardInterrupt:
        click.echo(
            f"stopped: {len(done)} of {len(runs)} runs are finished and kept in {store.root}; the same command "
            "goes on from there",
            err=True,
        )
        raise click.exceptions.Exit(130) from None
    return done
