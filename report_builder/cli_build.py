"""The command `python -m report_builder build`: its options, and which of them go together."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track

from report_builder.options import BUILD, SITE, STUDY
from xo.command_line import DATA, STORE, Command, KnownName, say
from xo.errors import InputError


def _claims() -> list[str]:
    from report_builder.results.claims import CLAIMS

    return ["all", *CLAIMS]


@click.command(cls=Command)
@STUDY
@DATA
@STORE
@BUILD
@SITE
@click.option(
    "--partial",
    is_flag=True,
    help="Train nothing: make the site of the runs there are; its pages say how many are planned.",
)
@click.option(
    "--jobs", type=click.IntRange(min=1), help="Processes at a time; default: one per core."
)
@click.option(
    "--engine",
    type=click.Choice(["local", "dask"]),
    default="local",
    show_default=True,
    help="Train on this machine, or on the workers of a Dask cluster.",
)
@click.option("--scheduler", metavar="ADDRESS", help="Of the Dask scheduler, as tcp://host:8786.")
@click.option(
    "--attach-runs",
    is_flag=True,
    help="The site offers the study's records as runs-STUDY.zip, for 'xo runs merge' elsewhere.",
)
@click.option(
    "--edition",
    is_flag=True,
    help="The site offers itself as one HTML file for each language, and as a PDF if there is a "
    "browser that prints it.",
)
@click.option(
    "--settle",
    "claims",
    type=KnownName("claim", _claims),
    multiple=True,
    help="First train the seeds that this undecided claim lacks, or 'all' of them.",
)
@click.option("--budget", metavar="TIME", help="What --settle may take, as 30min; by default all.")
@click.option(
    "--shard",
    metavar="I/N",
    help="Train the Ith of N shares of the study and nothing else; 'xo runs merge' unites them.",
)
def build(
    study: str,
    data_dir: Path,
    store: Path,
    build_dir: Path,
    site: Path,
    partial: bool,
    jobs: int | None,
    engine: str,
    scheduler: str | None,
    attach_runs: bool,
    edition: bool,
    claims: tuple[str, ...],
    budget: str | None,
    shard: str | None,
) -> None:
    """Train, draw, render and publish whatever is missing or stale.

    Example: python -m report_builder build --study full --jobs 4
    """
    if (engine == "dask") != bool(scheduler):
        raise InputError("--engine dask and --scheduler ADDRESS go together; give both or neither")
    if claims and (partial or shard):
        raise InputError("--settle trains seeds and makes the site; leave --partial, --shard out")
    if budget and not claims:
        raise InputError("--budget is what --settle may take; give both")
    if scheduler:
        from xo.runs.cluster import check_scheduler

        check_scheduler(scheduler)  # even where nothing is to be trained
    from xo.runs.progress import has_reader, train_missing
    from xo.store.store import Store

    if shard:
        if partial:
            raise InputError("--shard trains and --partial does not; give one of them")
        if attach_runs:
            raise InputError("--shard makes no site to attach runs to; leave --attach-runs out")
        if edition:
            raise InputError("--shard makes no site to make an edition of; leave --edition out")
        from xo.runs.shard import train_shard

        def train_share(missing):
            return train_missing(missing, Store(store), jobs=jobs, scheduler=scheduler)

        click.echo(train_shard(study, shard, data_dir, store, train_share))
        return
    from report_builder.build import build as run_build
    from report_builder.paths import Paths
    from xo.runs.duration import expected_seconds
    from xo.runs.resources import cores

    console = Console(stderr=True)
    watched = has_reader(console)

    def follow(made: Iterator[str], n: int) -> None:
        for _ in track(made, "making", total=n, console=console, disable=not watched):
            pass

    def train(missing, on_record):
        return train_missing(
            missing, Store(store), jobs=jobs, scheduler=scheduler, on_record=on_record
        )

    def expect(runs):
        return expected_seconds(runs, Store(store), jobs or cores())

    paths = Paths(data_dir, store, build_dir, site)
    if claims:
        from report_builder.settle import budget_seconds, settle

        settle(
            claims,
            study,
            paths,
            lambda missing: train_missing(missing, Store(store), jobs=jobs, scheduler=scheduler),
            expect,
            jobs or cores(),
            budget_seconds(budget) if budget else None,
            lambda line: click.echo(line, err=True),
        )
    summary = run_build(
        study,
        paths,
        None if partial else train,
        jobs or cores(),
        follow,
        None if scheduler else expect,  # nothing is known of the machines of a cluster
        lambda line: click.echo(line, err=True),
        attach=attach_runs,
        edition=edition,
    )
    say(f"{summary}; '{serving(site)}' shows it at http://127.0.0.1:8000/")


def serving(site: Path) -> str:
    """The command that shows a site: links of pages lead to folders, which a browser that opens a
    file lists instead.
    """
    return shlex.join(["python", "-m", "http.server", "--directory", str(site), "8000"])
