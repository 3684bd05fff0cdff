"""The `python -m xo` commands; each forwards to one function."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from xo.cli_import import import_
from xo.cli_predict import predict
from xo.command_line import DATA, STORE, STUDY_NAME, VARIANT_NAME, VERSION, CommandGroup, say
from xo.data.dataset import EMBEDDED
from xo.errors import InputError
from xo.variants import VARIANTS, Variant, find_variant

if TYPE_CHECKING:
    import numpy as np

    from xo.network.measurements import Layer

UNBROKEN = 120  # columns of a table that goes to a file or a pipe
TOLD_APART = ("variant", "maps", "pooling", "dense", "epochs", "rate", "parameters")


@click.group(cls=CommandGroup)
@VERSION
def main() -> None:
    """Train and measure the XO networks.

    Example: python -m xo train three-conv --seed 1
    """


@main.command("list")
@click.argument("names", type=VARIANT_NAME, nargs=-1)
@DATA
@STORE
def list_(names: tuple[str, ...], data_dir: Path, store: Path) -> None:
    """All variants in one table; of each VARIANT named, its layers, for the data set at hand.

    In the table, maps are those of each convolution, dense the units of each hidden layer.
    "train/test" learns which of the two sets an image comes from, "uneven" from 300 images of one
    class and 1,700 of the other; the assignment's logs suggest both. Layers come with their output
    shapes, parameters and multiply-adds.

    Example: python -m xo list baseline three-conv
    """
    if not names:
        _print_table(_variant_table())
        click.echo("parameters: for two classes of 116x116 images; layers: list VARIANT")
        return
    from xo.data.load import open_data
    from xo.network.model import layers

    data = open_data(data_dir, store)
    for variant in map(find_variant, names):
        classes = 2 if variant.labels == "split" else len(data.classes)
        _print_table(
            _layer_table(variant, layers(variant, data.image_size, classes, data.channels))
        )


def _print_table(table: Table) -> None:
    """Prints a table as wide as the terminal; where there is none, no cell is broken in two."""
    console = Console()
    console.print(table, width=None if console.is_terminal else max(console.width, UNBROKEN))


def _variant_table() -> Table:
    """A row for each variant with what tells it apart, within 80 columns."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for name in (*TOLD_APART, "otherwise"):
        counted = name in ("epochs", "rate", "parameters")
        table.add_column(name, justify="right" if counted else "left", no_wrap=name in TOLD_APART)
    for row in VARIANTS.values():
        dense = "average" if row.head == "average" else "-".join(map(str, row.dense))
        table.add_row(
            row.name,
            "-".join(map(str, row.channels)),
            row.pool or "none",
            dense or "none",
            str(row.epochs),
            str(row.lr),
            f"{row.parameters:,}" if row.parameters else "",  # a new row, before they are counted
            ", ".join(_settings_otherwise(row)),
        )
    return table


def _settings_otherwise(row: Variant) -> Iterator[str]:
    """The settings that are not the default and have no column of their own."""
    if row.kernels:
        yield f"sides {'-'.join(map(str, row.kernels))}"
    if row.initialisation != Variant.initialisation:
        yield row.initialisation
    if row.batch_size != Variant.batch_size:
        yield f"batch {row.batch_size}"
    if row.labels != Variant.labels:
        yield "train/test" if row.labels == "split" else row.labels


def _layer_table(variant: Variant, rows: list[Layer]) -> Table:
    table = Table(title=f"{variant.name}: {variant.en}", title_justify="left")
    for name in ("layer", "output", "parameters", "multiply-adds"):
        table.add_column(name, justify="left" if name == "layer" else "right")
    for row in rows:
        shape = "x".join(map(str, row.shape))
        counts = f"{row.parameters:,}", f"{row.multiply_adds:,}"
        table.add_row(row.name, shape, *counts, end_section=row is rows[-1])
    parameters, work = (
        sum(counts) for counts in zip(*((row.parameters, row.multiply_adds) for row in rows))
    )
    table.add_row("total", "", f"{parameters:,}", f"{work:,}")
    return table


@main.group()
def data() -> None:
    """Draw the embedded data set, import one, check one.

    Example: python -m xo data import drawings.zip
    """


@data.command()
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    default=EMBEDDED,
    show_default=True,
    help="A new folder, or one that holds this data set already.",
)
@STORE
def generate(to: Path, store: Path) -> None:
    """Draw the embedded data set: the same images on every machine.

    Example: python -m xo data generate
    """
    from xo.data.load import load_embedded
    from xo.data.statistics import describe
    from xo.store.ownership import claim, keep_apart, refuse_inside_own
    from xo.store.store import Store

    keep_apart({"--to": to, "--store": store})
    refuse_inside_own(to, "--to")
    claim(store, "store")
    click.echo("\n".join(describe(load_embedded(to, Store(store)))))


data.add_command(import_)


@data.command()
@click.argument("folder", type=click.Path(path_type=Path), default=EMBEDDED)
@click.option("--statistics", "with_statistics", is_flag=True, help="Also ink, boxes, centers.")
def check(folder: Path, with_statistics: bool) -> None:
    """Read every image of FOLDER and say what is there.

    Example: python -m xo data check data/xo --statistics
    """
    import numpy as np

    from xo.data.load import check as check_data
    from xo.data.statistics import describe, statistics

    found = check_data(folder)
    click.echo("\n".join(describe(found)))
    if with_statistics:
        images = np.concatenate([found.train.images, found.test.images])
        labels = np.concatenate([found.train.labels, found.test.labels])
        for name, row in statistics(images, labels, found.classes).items():
            values = ", ".join(f"{quantity} {value:.4g}" for quantity, value in row.items())
            click.echo(f"{name}: {values}")


@main.command()
@click.argument("variant", type=VARIANT_NAME)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Decides the first weights and the order of the images.",
)
@DATA
@STORE
@click.option(
    "--keep-weights", is_flag=True, help="Keep the weights, whatever their size and the outcome."
)
def train(variant: str, seed: int, data_dir: Path, store: Path, keep_weights: bool) -> None:
    """Train one VARIANT and print lines like the original's: [epoch batch] loss.

    A run that is in the store already is not trained again.

    Example: python -m xo train three-conv --seed 1
    """
    from xo.data.load import open_data
    from xo.runs.progress import train_missing
    from xo.runs.study import find_records, find_with_weights, one_run
    from xo.store.source_digest import Source
    from xo.store.store import Store

    run = one_run(find_variant(variant), seed, open_data(data_dir, store), Source())
    if keep_weights:
        found, missing = find_with_weights(run, Store(store))
    else:
        found, missing = find_records([run], Store(store), quarantine=True)
    if missing:
        found = train_missing(missing, Store(store), jobs=1, keep_weights=keep_weights)
    (record,) = found
    for line in original_log(record.array("batch_loss")):
        click.echo(line)
    click.echo(
        f"Accuracy on the {len(record.test_ids)} test images: {100 * record.test_accuracy:.2f} %"
    )
    click.echo(f"record: {record.folder}")


def original_log(batch_loss: np.ndarray) -> list[str]:
    """The lines that the original script prints for losses `(epochs, batches)`.

    It divides the sum of ten batches by 100, so that a line shows a tenth of their mean.
    """
    return [
        f"[{epoch} {last:5d}] loss: {sum(losses[last - 10 : last]) / 100:.3f}"
        for epoch, losses in enumerate(batch_loss, 1)
        for last in range(10, len(losses) + 1, 10)
    ]


main.add_command(predict)


@main.group()
def runs() -> None:
    """List, prune, export and merge the records of a store.

    Example: python -m xo runs list
    """


@runs.command("list")
@DATA
@STORE
def list_runs(data_dir: Path, store: Path) -> None:
    """What the store holds by variant, its size, and what is outdated and why.

    Example: python -m xo runs list --store runs
    """
    from xo.data.load import open_data
    from xo.exchange.contents import contents, reasons, rows
    from xo.store.store import Store

    found = contents(open_data(data_dir, store), Store(store))
    table = Table()
    table.add_column("variant")
    for name in ("runs", "solved", "with weights", "outdated", "MB"):
        table.add_column(name, justify="right")
    counts = [(row[1:5], row.bytes) for row in rows(found.stored)]
    for row in rows(found.stored):
        table.add_row(row.name, *map(str, row[1:5]), f"{row.bytes / 1e6:,.1f}")
    if counts:
        table.add_section()
        totals = (sum(column) for column in zip(*(row for row, _ in counts)))
        size = sum(each for _, each in counts)
        table.add_row("all", *map(str, totals), f"{size / 1e6:,.1f}")
    _print_table(table)
    for reason, count in reasons(found.stored):
        say(f"{count} of {reason}")
    for line in found.damaged:
        say(f"damaged: {line}")


@runs.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@DATA
@STORE
@click.option("--stale", is_flag=True, help="What today's code and data do not ask for.")
@click.option("--yes", is_flag=True, help="Delete without asking.")
def prune(names: tuple[str, ...], data_dir: Path, store: Path, stale: bool, yes: bool) -> None:
    """Delete records: those NAMEd, as baseline/3 or baseline, or all that are --stale.

    It shows what it would delete and asks first.

    Example: python -m xo runs prune --stale
    """
    from xo.data.load import open_data
    from xo.exchange.contents import contents, select
    from xo.store.store import Store

    if not (names or stale):
        raise InputError("say what to delete: --stale, or names as baseline/3")
    data = open_data(data_dir, store)
    chosen = select(contents(data, Store(store)).stored, names, stale)
    for each in chosen:
        say(f"{each.artifact.folder}: {each.outdated or 'current'}")
    size = sum(each.bytes for each in chosen)
    what = f"{len(chosen)} records, {size / 1e6:,.1f} MB"
    if chosen and not (yes or click.confirm(f"Delete {what}?")):
        click.echo("nothing was deleted")
        return
    for each in chosen:
        Store(store).remove(each.artifact)
    click.echo(f"deleted {what}")


@runs.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--study",
    type=STUDY_NAME,
    help="Only the records of this study; default: all that are current.",
)
@DATA
@STORE
@click.option("--weights", is_flag=True, help="All weights that were kept, whatever their size.")
def export(file: Path, study: str | None, data_dir: Path, store: Path, weights: bool) -> None:
    """Write records to FILE, a zip for `runs merge`: runs, demonstrations, a few weights.

    Example: python -m xo runs export runs.zip --study default
    """
    from xo.data.load import open_data
    from xo.exchange.export import export as run_export
    from xo.store.store import Store

    done = run_export(file, study, open_data(data_dir, store), Store(store), weights)
    lacking = f" of {done.runs + done.missing}" if done.missing else ""
    without = f"; without those of {', '.join(done.without_weights)}, which --weights brings"
    click.echo(
        f"{file}: {done.runs}{lacking} runs, {done.with_weights} of them with weights"
        f"{without if done.without_weights else ''}; {done.demonstrations} demonstrations; "
        f"{done.bytes / 1e6:.1f} MB, SHA-256 {done.sha256}"
    )


@runs.command()
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@DATA
@STORE
@click.option("--sha256", metavar="DIGEST", help="Of the SOURCE; an address needs it.")
def merge(sources: tuple[str, ...], data_dir: Path, store: Path, sha256: str | None) -> None:
    """Take over records that are current: of an export, another store, or URL#sha256=DIGEST.

    Example: python -m xo runs merge runs.zip
    """
    from xo.data.load import open_data
    from xo.errors import CheckFailed
    from xo.exchange.merge import merge as run_merge
    from xo.store.store import Store

    data = open_data(data_dir, store)
    done = run_merge(list(sources), data, Store(store), sha256, say)
    click.echo(
        f"merged {done.merged} records, {done.present} were there already, "
        f"left out {len(done.left_out)}, damaged {len(done.damaged)}"
    )
    if done.damaged:
        raise CheckFailed(f"{len(done.damaged)} damaged records, named above; fetch them again")
