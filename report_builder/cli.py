"""The commands of `python -m report_builder`; each forwards to one function. Those that make
something have modules of their own: `build`, `figure` and `value`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from report_builder.cli_build import build
from report_builder.cli_single import figure, value
from report_builder.options import BUILD, SITE, STUDY
from xo.command_line import DATA, STORE, VARIANT_NAME, VERSION, CommandGroup, say
from xo.errors import InputError
from xo.store.memory import collect_garbage_rarely


@click.group(cls=CommandGroup)
@VERSION
def main() -> None:
    """Turn what was measured into a site.

    Example: python -m report_builder build --study smoke
    """
    collect_garbage_rarely()


for command in (build, figure, value):
    main.add_command(command)


@main.command()
@STUDY
@DATA
@STORE
@BUILD
@SITE
@click.option("--all", "everything", is_flag=True, help="Also what is up to date.")
def status(
    study: str, data_dir: Path, store: Path, build_dir: Path, site: Path, everything: bool
) -> None:
    """What is stale: runs, figures, values, tables, pages, and the input that changed.

    Example: python -m report_builder status --study full
    """
    from report_builder.paths import Paths
    from report_builder.status import status as report_status

    stale = fresh = 0
    for name, why_stale in report_status(study, Paths(data_dir, store, build_dir, site)):
        stale, fresh = stale + bool(why_stale), fresh + (not why_stale)
        if why_stale or everything:
            say(f"{name}: {why_stale or 'up to date'}")
    click.echo(f"{fresh} up to date, {stale} stale")


@main.command()
@BUILD
def check(build_dir: Path) -> None:
    """Whether words and results agree: claims, numbers, references, figures, languages, links.

    It reads the last build; the exit status is 1 where something does not agree.

    Example: python -m report_builder check
    """
    from report_builder.checks.agreement import faults
    from xo.errors import CheckFailed

    found = 0
    for fault in faults(build_dir):
        say(fault)
        found += 1
    if found:
        raise CheckFailed(f"{found} faults")
    click.echo("claims, numbers, references, figures, languages and links are in order")


@main.command()
@STORE
def fix_claims(store: Path) -> None:
    """Write down the rules of all claims, before the seeds that are to confirm them are trained.

    Example: python -m report_builder fix-claims
    """
    from datetime import date

    from report_builder.results import claims, fixed_claims
    from xo.runs.study import STUDIES

    for seed in STUDIES["full"].confirming:
        if seen := next(store.glob(f"*/{seed}-*"), None):
            raise InputError(
                f"{seen}: a confirming seed has been trained, so rules fixed now were not fixed "
                "before it was seen; give the study full a new range of them in xo/runs/study.py"
            )
    say(str(fixed_claims.fix_claims(claims.CLAIMS, claims.CLAIM_TEXTS, date.today())))


@main.command()
@DATA
@STORE
@click.option(
    "--site",
    metavar="FOLDER|ADDRESS",
    help="Check this copy of a site from its manifest alone, and nothing else. "
    "Without it: the store, and the site in the folder 'site'.",
)
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    metavar="K",
    help="Also train K runs of the store again and compare the numbers.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Which K runs are chosen.")
@click.option("--variant", type=VARIANT_NAME, help="Choose among the runs of this variant only.")
@click.option(
    "--jobs", type=click.IntRange(min=1), help="Processes at a time; default: one per core."
)
def verify(
    data_dir: Path,
    store: Path,
    site: str | None,
    sample: int | None,
    seed: int,
    variant: str | None,
    jobs: int | None,
) -> None:
    """Rehash store and site, and name every file that is not as written; exit 1 if there is one.

    Example: python -m report_builder verify --sample 2
    """
    from report_builder.checks.integrity import verify as checks
    from xo.data.load import open_data
    from xo.runs.progress import train_missing

    if variant and not sample:
        raise InputError("--variant says which runs --sample chooses from; give both")
    problems = 0
    for checked in checks(
        store,
        site,
        sample,
        seed,
        variant,
        lambda: open_data(data_dir, store),
        lambda missing, scratch: train_missing(missing, scratch, jobs=jobs),
    ):
        for problem in checked.problems:
            say(problem)
        remedy = f"; {checked.remedy}" if checked.problems and checked.remedy else ""
        say(f"{checked.subject}: {len(checked.problems) or 'no'} problems{remedy}")
        problems += len(checked.problems)
    click.echo(f"{problems} problems in all" if problems else "all is as it was written")
    if problems:
        sys.exit(1)
