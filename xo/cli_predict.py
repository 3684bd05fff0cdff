"""The command `python -m xo predict`: what networks answer, and how far to rely on it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xo.command_line import DATA, STORE, VARIANT_NAME, Command, printable, say
from xo.data.card import goal
from xo.errors import InputError
from xo.variants import VARIANTS, Variant, find_variant

if TYPE_CHECKING:
    from xo.data.fit import Fitted
    from xo.runs.predict import Answer, Classifier
    from xo.runs.record import RunRecord

AT_A_TIME = 100  # images in memory


@click.command(cls=Command)
@click.argument("images", metavar="IMAGE...", nargs=-1, required=True)
@click.option(
    "--photo",
    is_flag=True,
    help="The images are photographs of drawings: the light is evened out and the strokes are "
    "drawn anew, dark or light, in the size and with the pen of the training images.",
)
@click.option(
    "--resize",
    is_flag=True,
    help="Scale images of another size, their aspect kept, instead of refusing them.",
)
@click.option(
    "--show",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.png",
    help="Write a picture of what the network was shown, each below its original.",
)
@click.option(
    "--variant",
    type=VARIANT_NAME,
    help="One network only; default: the one that is right most often.",
)
@click.option(
    "--seed", type=click.IntRange(min=0), help="Default: the one with the highest test accuracy."
)
@DATA
@STORE
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.pass_context
def predict(
    context: click.Context,
    images: tuple[str, ...],
    photo: bool,
    resize: bool,
    show: Path | None,
    variant: str | None,
    seed: int | None,
    data_dir: Path,
    store: Path,
    as_json: bool,
) -> None:
    """The class of each IMAGE, by the best trained network of the store.

    An IMAGE is a file (png, jpg, bmp, ...), a folder, a pattern such as 'drawings/*.jpg', or - for
    the standard input. Each gets a line, its parts separated by tabs: the name; the class; its
    probability; the probabilities of all classes; how many of the recorded networks that solved the
    task agree; and, where it is so, "unlike the training images" with the measures that say so,
    beyond those of 99.9 % of the training images. Such an answer is a guess.

    Which network answers, and its test accuracy, is printed to the error stream; with --json it is
    in every object. What cannot be read is named there, and the exit status is then 2.

    Example: python -m xo predict drawing.jpg --photo --show seen.png
    """
    from xo.data.fit import Fit
    from xo.data.image_files import image_files
    from xo.data.load import open_data
    from xo.data.photograph import pen_of
    from xo.data.shown import MOST, refuse_to_replace, thumbnail, write_sheet
    from xo.runs.predict import Classifier
    from xo.runs.study import networks
    from xo.store.source_digest import Source
    from xo.store.store import Store

    if photo and resize:
        raise InputError("--photo and --resize: a photograph is scaled anyway; leave out --resize")
    if show:
        refuse_to_replace(show)
    data = open_data(data_dir, store)
    found = networks(_variants(variant), data, Source(), Store(store), seed)
    fit = Fit(data.image_size, data.channels, resize, pen_of(data.train.images) if photo else None)
    classifier: Classifier | None = None
    answered = unlike = problems = 0
    shown: list[Fitted] = []
    for files in _several(image_files(images), AT_A_TIME):
        read: list[tuple[str, Fitted]] = []
        for each in files:
            try:
                if isinstance(each, InputError):
                    raise each
                read.append((each.path, fit.read(each.read(), each.path)))
            except InputError as error:
                problems += 1
                say(f"error: {error}", err=True)
        if read and classifier is None:
            classifier = Classifier(found, data)
            if not as_json:
                say(_network_line(classifier.record), err=True)
        if read and classifier:
            for (path, _), answer in zip(
                read, classifier.answers([each.pixels for _, each in read])
            ):
                line = _json(path, answer, classifier.record) if as_json else _line(path, answer)
                click.echo(line)
                answered, unlike = answered + 1, unlike + bool(answer.unlike)
        if show:
            shown += [thumbnail(each) for _, each in read[: MOST - len(shown)]]
    if show and shown:
        write_sheet(show, shown)
        say(
            f"{show}: the first {len(shown)} of {answered} images, as the network was shown them",
            err=True,
        )
    if unlike and not (photo or as_json):
        say(
            f"{unlike} of {answered} images are unlike the training images, and their class is a "
            "guess; for photographs of drawings there is --photo",
            err=True,
        )
    if problems:
        context.exit(2)


def _variants(name: str | None) -> list[Variant]:
    """The variant of that name; without one, all that learn the classes of the images."""
    if name:
        return [find_variant(name)]
    return [row for row in VARIANTS.values() if row.labels == "class"]


def _several(files: Iterator[Any], size: int) -> Iterator[list[Any]]:
    """So many at a time."""
    while several := list(islice(files, size)):
        yield several


def _network_line(record: RunRecord) -> str:
    """Which network answers."""
    unsolved = f"; below {100 * goal(record.data):g}% a network has not solved its task"
    return (
        f"network: {record.variant} seed {record.seed}, test accuracy {record.test_accuracy:.2%} "
        f"(n = {len(record.test_ids)} test images){'' if record.solved else unsolved}"
    )


def _line(path: str, answer: Answer) -> str:
    """One answer as parts between tabs."""
    every = ", ".join(f"{name} {value:.4f}" for name, value in answer.probabilities.items())
    agreeing = f"{answer.agreeing} of {answer.networks} networks agree"
    parts = [path, answer.label, f"{answer.probabilities[answer.label]:.4f}", every, agreeing]
    if answer.unlike:
        beyond = ", ".join(
            "{} {:.3g}, not {:.3g} to {:.3g}".format(name.replace("_", " "), *answer.measures[name])
            for name in answer.unlike
        )
        parts.append(f"unlike the training images ({beyond})")
    return "\t".join(map(printable, parts))


def _json(path: str, answer: Answer, record: RunRecord) -> str:
    """One answer as a JSON object; a name that is no UTF-8 has its bytes as \\udc80 to \\udcff, as
    Python does (os.fsencode).
    """
    line = {
        "path": path,
        "class": answer.label,
        "probability": answer.probabilities[answer.label],
        "probabilities": answer.probabilities,
        "agreeing_networks": answer.agreeing,
        "networks": answer.networks,
        "unlike_training_images": bool(answer.unlike),
        "unlike_in": answer.unlike,
        "measures": {name: each._asdict() for name, each in answer.measures.items()},
        "variant": record.variant,
        "seed": record.seed,
        "test_accuracy": record.test_accuracy,
        "test_images": len(record.test_ids),
    }
    text = json.dumps(line, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(line)
    return text
