"""The command `python -m xo data import`."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import Progress

from xo.command_line import Command, printable
from xo.data.dataset import EMBEDDED
from xo.errors import InputError

if TYPE_CHECKING:
    from xo.data.card import DataCard
    from xo.data.importing.options import ImportOptions

GROUNDS = {"white": 255, "black": 0}


class Size(click.ParamType):
    """116, or 120x90: width and height in pixels."""

    name = "SIZE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        from xo.data.images import LARGEST, SMALLEST

        match = re.fullmatch(r"(\d{1,4})(?:[x×](\d{1,4}))?", str(value))
        width, height = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not SMALLEST <= min(width, height) <= max(width, height) <= LARGEST:
            self.fail(f"{value!r}: expected 116 or 120x90, each {SMALLEST} to {LARGEST} pixels")
        return width, height


@click.command("import", cls=Command)
@click.argument("source")
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    help="A new folder; by default data/ and the name of SOURCE, or data/imported-xo for xo.",
)
@click.option(
    "--test-share",
    type=click.FloatRange(0, 0.9, min_open=True),
    metavar="SHARE",
    help="Draw this share of each class for testing, for a SOURCE without test images, as 0.15.",
)
@click.option(
    "--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True, help="Of that draw."
)
@click.option(
    "--without-val", is_flag=True, help="Leave validation images out; else they are trained on."
)
@click.option(
    "--size",
    type=Size(),
    help="Scale every image to fit into 116 or 120x90 pixels, its aspect kept, and fill up with "
    "its ground.",
)
@click.option("--crop-to-ink", is_flag=True, help="First cut away the ground around a drawing.")
@click.option(
    "--ground",
    type=click.Choice(list(GROUNDS)),
    default="white",
    show_default=True,
    help="What shows through transparent pixels.",
)
@click.option(
    "--invert", is_flag=True, help="Make black white, for light strokes on a dark ground."
)
@click.option("--first-frame", is_flag=True, help="Take the first frame of animated images.")
@click.option("--colour", is_flag=True, help="Keep colors; else images become gray.")
@click.option(
    "--solved-from",
    type=click.FloatRange(0, 1, min_open=True),
    metavar="ACCURACY",
    help="Test accuracy from which a run counts as having solved its task, as 0.9; by default "
    "0.98. It can be changed later, in the card.json of the images.",
)
@click.option(
    "--names",
    "names_encoding",
    default="",
    metavar="ENCODING",
    help="Of the names in a zip, as shift_jis; by default UTF-8 or GBK, as they are valid.",
)
@click.option(
    "--labels",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE.csv",
    help="A table of images and their classes, where folders are not classes.",
)
@click.option(
    "--image-column", default="", metavar="NAME", help="Of that table; default: its first."
)
@click.option(
    "--class-column", default="", metavar="NAME", help="Of that table; default: its second."
)
def import_(source: str, to: Path | None, without_val: bool, ground: str, **chosen: Any) -> None:
    """Check SOURCE and copy its images into the project.

    SOURCE is a folder, a zip or a tar with train and test images in a folder for each class, or
    the address of such an archive as URL#sha256=DIGEST. Folders may be called training, val, 测试集
    and the like; validation images are trained on. Without test images, give --test-share.

    Example: python -m xo data import drawings.zip --size 116 --test-share 0.15
    """
    from xo.data.importing.options import ImportOptions
    from xo.exchange.download import downloaded, is_address

    options = ImportOptions(without_validation=without_val, ground=GROUNDS[ground], **chosen)
    if not is_address(source):
        _import(Path(source), to, options)
        return
    if to is None:
        raise InputError(f"{source}: an address; name a folder for its images with --to data/NAME")
    with downloaded(source, None) as file:
        _import(file, to, options)


def _import(source: Path, to: Path | None, options: ImportOptions) -> None:
    from xo.data.importing.run import import_images
    from xo.data.statistics import describe
    from xo.runs.resources import cores

    if not source.exists():
        raise InputError(f"{source}: not there; give a folder, a zip, or URL#sha256=DIGEST")
    path = Path(os.path.abspath(source))  # ".", ".." and the like have no name of their own
    name = re.sub(r"\.(zip|tar|tgz|tar\.\w+)$", "", path.name) if source.is_file() else path.name
    if not (to or name):
        raise InputError(
            f"{source}: this folder has no name to call the data set by; "
            "choose one with --to data/NAME"
        )
    target = to or EMBEDDED.with_name(name)
    if target == EMBEDDED:  # whatever lies there must be the embedded set
        target = EMBEDDED.with_name(f"imported-{name}")
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("images", total=None)
        data, card = import_images(
            source,
            target,
            options,
            lambda done, total: progress.update(task, completed=done, total=total),
            cores(),
        )
    for line in (*describe(data), *_described(card)):
        click.echo(printable(line))
    click.echo(f"next: python -m report_builder build --data {_quoted(target)}")


def _described(card: DataCard) -> list[str]:
    """Lines that say what importing did and what it noticed."""
    lines = [f"{count} of {card.images} images {kind}" for kind, count in card.changes.items()]
    if card.drawn_for_testing is not None:
        lines.append(f"test images drawn: {card.drawn_for_testing:.0%} of each class")
    if card.solved_from is not None:
        lines.append(f"a run has solved its task from a test accuracy of {card.solved_from:g}")
    if card.left_out:
        names = ", ".join(f"{count} {name}" for name, count in list(card.left_out.items())[:5])
        lines.append(f"left out: {sum(card.left_out.values())} that are no images of it ({names})")
    return [*lines, *(f"note: {finding}" for finding in card.findings)]


def _quoted(path: Path) -> str:
    """The path as a shell reads it; what would steer the terminal as bash and zsh escape it."""
    text = str(path)
    if printable(text) == text:
        return shlex.quote(text)
    escaped = printable(text.replace("\\", "\\\\").replace("'", "\\'"))
    return f"$'{escaped}'"
