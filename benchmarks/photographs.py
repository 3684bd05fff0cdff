"""How often `predict --photo` is right on synthetic photographs of hand-drawn O and X.

It asks the network that `predict` asks; train one first. The demonstration of the report does the
same on fewer photographs, of another seed.

    python benchmarks/photographs.py                        200 photographs
    python benchmarks/photographs.py --seed 1 --wrong wrong.png     and a picture of the mistakes
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from report_builder.evidence.estimates import share
from report_builder.text import percent
from xo.command_line import STORE, CommandGroup
from xo.data.dataset import EMBEDDED
from xo.data.fit import Fit
from xo.data.load import open_data
from xo.data.photograph import pen_of
from xo.data.shown import refuse_to_replace, write_sheet
from xo.data.synthetic_photographs import TOOLS, synthetic_photographs
from xo.errors import CheckFailed
from xo.runs.predict import Classifier
from xo.runs.study import networks
from xo.store.source_digest import Source
from xo.store.store import Store
from xo.variants import VARIANTS, find_variant

LEAST = 0.95  # accuracy below which the benchmark fails


@click.group(cls=CommandGroup, invoke_without_command=True)
@click.option("--count", type=click.IntRange(min=1), default=200, show_default=True)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--variant", help="Default: the network that is right most often.")
@click.option("--wrong", type=click.Path(path_type=Path), help="A PNG of those named wrongly.")
@STORE
def main(count: int, seed: int, variant: str | None, wrong: Path | None, store: Path) -> None:
    """Accuracy on COUNT photographs, by what they are drawn with."""
    if wrong:
        refuse_to_replace(wrong)
    data = open_data(EMBEDDED, store)
    rows = [find_variant(variant)] if variant else [*VARIANTS.values()]
    found = networks([row for row in rows if row.labels == "class"], data, Source(), Store(store))
    fit = Fit(data.image_size, data.channels, pen=pen_of(data.train.images))
    taken = synthetic_photographs(count, seed)
    fitted = [fit.read(each.jpeg, f"photograph {k}") for k, each in enumerate(taken)]
    answers = Classifier(found, data).answers([each.pixels for each in fitted])
    right = [answer.label == each.label for answer, each in zip(answers, taken)]
    table = Table(title=f"{found.best.variant} seed {found.best.seed}, {count} photographs")
    for name in ("drawn with", "photographs", "right", "accuracy", "95 % interval", "unlike"):
        table.add_column(name, justify="left" if name == "drawn with" else "right")
    of_tool = {tool: [k for k, each in enumerate(taken) if each.tool == tool] for tool in TOOLS}
    for name, chosen in (*of_tool.items(), ("all", range(count))):
        if not chosen:
            continue
        k, n = sum(right[each] for each in chosen), len(chosen)
        of = share(k, n)
        unlike = Counter(bool(answers[each].unlike) for each in chosen)[True]
        interval = f"{percent(of.low)} to {percent(of.high)}"
        cells = map(str, (n, k, percent(k / n), interval, unlike))
        table.add_row(name, *cells, end_section=name == "chalk")
    Console().print(table)
    mistaken = [each for each, is_right in zip(fitted, right) if not is_right]
    if wrong and mistaken:
        write_sheet(wrong, mistaken)
    if sum(right) < LEAST * count:
        raise CheckFailed(f"{sum(right)} of {count} right, expected {percent(LEAST)} or more")


if __name__ == "__main__":
    main()
