"""The `python -m xo` commands; each forwards to one function, and only here errors become exit statuses."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from xo.commands import DATA, EMBEDDED, STORE, Group, open_data, show_trained
from xo.errors import InputError


@click.group(cls=Group)
def main() -> None:
    """Train and measure the XO networks."""


@main.command("list")
@click.argument("names", metavar="[VARIANT]...", nargs=-1)
@DATA
@STORE
def list_(names: tuple[str, ...], data_dir: Path, store: Path) -> None:
    """Layers, output shapes, parameters and multiply-adds of the variants, computed for the data set at hand."""
    from xo.network.model import layers
    from xo.network.train import task_shape
    from xo.variants import VARIANTS, find_variant

    data = open_data(data_dir, store)
    console = Console()
    for variant in map(find_variant, names or VARIANTS):
        rows = layers(variant, data.image_size, task_shape(variant, data))
        table = Table(
            "layer",
            "output",
            "parameters",
            "multiply-adds",
            title=f"{variant.name}: {variant.en}",
            title_justify="left",
        )
        for column in table.columns[1:]:
            column.justify = "right"
        for row in rows:
            table.add_row(
                row.name,
                "x".join(map(str, row.shape)),
                f"{row.parameters:,}",
                f"{row.multiply_adds:,}",
                end_section=row is rows[-1],
            )
        table.add_row(
            "total",
            "",
            *(
                f"{sum(getattr(row, name) for row in rows):,}"
                for name in ("parameters", "multiply_adds")
            ),
        )
        console.print(table)


@main.group(cls=Group)
def data() -> None:
    """Draw the embedded data set, import one, check one."""


@data.command()
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    default=Path("data/xo"),
    show_default=True,
    help="A new folder, or one that holds this data set already.",
)
@STORE
def generate(to: Path, store: Path) -> None:
    """Draw the embedded data set: the same images on every machine."""
    from xo.data.dataset import describe, ensure
    from xo.store.ownership import claim, keep_apart, refuse_inside_own

    keep_apart({"--to": to, "--store": store})
    refuse_inside_own(to, "--to")
    claim(store, "store")
    click.echo("\n".join(describe(ensure(to, store / ".data"))))


@data.command("import")
@click.argument("source", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    help="A new folder; by default data/ and the name of SOURCE, or data/imported-xo for one named xo.",
)
def import_(source: Path, to: Path | None) -> None:
    """Check the images of SOURCE, a folder or zip with train and test images per class, and copy them into the project."""
    from xo.data.dataset import describe, import_images

    place = Path(os.path.abspath(source))  # for ".", ".." and the like have no name of their own
    name = place.stem if source.is_file() else place.name
    if not (to or name):
        raise InputError(
            f"{source}: this folder has no name to call the data set by; choose one with --to data/NAME"
        )
    target = to or EMBEDDED.with_name(name)
    if target == EMBEDDED:  # whatever lies there must be the embedded set
        target = EMBEDDED.with_name(f"imported-{name}")
    click.echo("\n".join(describe(import_images(source, target))))


@data.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("data/xo"))
@click.option("--statistics", is_flag=True, help="Also ink, boxes and centers per class.")
def check(folder: Path, statistics: bool) -> None:
    """Read every image of FOLDER and say what is there."""
    import numpy as np

    from xo.data import dataset as data_module

    found = data_module.check(folder)
    click.echo("\n".join(data_module.describe(found)))
    if statistics:
        both = found.train, found.test
        numbers = data_module.statistics(
            np.concatenate([part.images for part in both]),
            np.concatenate([part.labels for part in both]),
            found.classes,
        )
        for name, row in numbers.items():
            click.echo(
                f"{name}: "
                + ", ".join(f"{quantity} {value:.4g}" for quantity, value in row.items())
            )


@main.command()
@click.argument("variant")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@DATA
@STORE
@click.option(
    "--keep-weights", is_flag=True, help="Keep the weights, whatever their size and the outcome."
)
def train(variant: str, seed: int, data_dir: Path, store: Path, keep_weights: bool) -> None:
    """Train one VARIANT and print the original's lines: [epoch batch] loss, the sum of ten batches over 100."""
    from xo.runs.study import find_records, one_run
    from xo.store.source_digest import Source
    from xo.store.store import Store
    from xo.variants import find_variant

    run = one_run(find_variant(variant), seed, open_data(data_dir, store), Source())
    place = Store(store)
    state = find_records([run], place, quarantine=True)
    missing = state.missing
    if keep_weights and state.found and not state.found[0].has_weights:
        missing = [(run, "its weights were not kept")]
    record = (
        show_trained(missing, place, jobs=1, keep_weights=keep_weights)[0]
        if missing
        else state.found[0]
    )
    for line in original_log(record.array("batch_loss")):
        click.echo(line)
    last = record.epochs[-1]
    click.echo(
        f"Accuracy on the {len(record.test_ids)} test images: {100 * last.test_accuracy:.2f} %"
    )
    click.echo(f"record: {record.folder}")


def original_log(batch_loss) -> list[str]:
    """The lines that the original script printed, from losses `(epochs, batches)`: a tenth of the mean of ten batches."""
    return [
        f"[{epoch} {last:5d}] loss: {sum(losses[last - 10 : last]) / 100:.3f}"
        for epoch, losses in enumerate(batch_loss, 1)
        for last in range(10, len(losses) + 1, 10)
    ]


@main.command()
@click.argument(
    "images", metavar="IMAGE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option("--variant", default="baseline", show_default=True)
@click.option(
    "--seed", type=click.IntRange(min=0), help="Default: the one with the highest test accuracy."
)
@DATA
@STORE
@click.option(
    "--resize", is_flag=True, help="Scale images of another size instead of refusing them."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
def predict(
    images: tuple[Path, ...],
    variant: str,
    seed: int | None,
    data_dir: Path,
    store: Path,
    resize: bool,
    as_json: bool,
) -> None:
    """Class and probability of each IMAGE (png, bmp or jpg), by a trained network of the store.

    Which network it is, and its test accuracy, is printed to the error stream; with --json it is in every object.
    """
    from xo.runs.predict import predict as run_predict
    from xo.runs.record import SOLVED
    from xo.runs.study import stored
    from xo.store.source_digest import Source
    from xo.store.store import Store
    from xo.variants import find_variant

    record = stored(find_variant(variant), open_data(data_dir, store), Source(), Store(store), seed)
    test_images = len(record.test_ids)
    predictions = run_predict(record, list(images), resize)
    if not as_json:
        unsolved = (
            "" if record.solved else f"; below {SOLVED:.0%} a network has not solved its task"
        )
        click.echo(
            f"network: {record.variant} seed {record.seed}, test accuracy {record.test_accuracy:.2%} "
            f"(n = {test_images} test images){unsolved}",
            err=True,
        )
    for row in predictions:
        if as_json:
            click.echo(
                json.dumps(
                    {
                        "path": str(row.path),
                        "class": row.label,
                        "probability": row.probability,
                        "variant": record.variant,
                        "seed": record.seed,
                        "test_accuracy": record.test_accuracy,
                        "test_images": test_images,
                    },
                    ensure_ascii=False,
                )
            )
        else:
            click.echo(f"{row.path}\t{row.label}\t{row.probability:.4f}")
