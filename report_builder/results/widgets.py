"""The table of pictures that a reader can change, and the data that their scripts read.

The script of a widget is docs/assets/widgets/NAME.js; a page calls it with `widget("NAME")`. Where
it shows a trained network, its data name that, as `network`.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any, NamedTuple

import msgspec

from report_builder.evidence.recording import Origin, recorded
from report_builder.evidence.study import Evidence

DATA = "report_builder.results.widget_data"


class Widget(NamedTuple):
    """What stands on the page where no script runs, and in print; and where the data come from."""

    still: str  # "figure sliding-window" or "table plateaus"
    # Names a function `content(evidence)`, plain data for JSON, or None where there is nothing to
    # show: then the page has the still picture only.
    module: str
    beside: bool = False  # whether the picture stays where the script runs: the widget has less
    layers: bool = False  # whether the script computes with the lab's, engine/layers.js


WIDGETS: dict[str, Widget] = {
    "convolution": Widget("figure small-convolution", f"{DATA}.convolution", layers=True),
    "stepper": Widget("figure sliding-window", f"{DATA}.stepper", layers=True),
    "sharing": Widget("figure shifted-maps", f"{DATA}.sharing", layers=True),
    "pooling": Widget("figure pooling-kinds", f"{DATA}.pooling"),
    "fcn": Widget("figure fcn-canvas", f"{DATA}.fcn"),
    "levels": Widget("figure levels", f"{DATA}.levels"),
    "partial-sums": Widget("figure partial-sums", f"{DATA}.partial_sums", layers=True),
    "mixing": Widget("figure mixing", f"{DATA}.mixing"),
    "backward": Widget("figure gradient-routing", f"{DATA}.backward"),
    "fates": Widget("figure fates", f"{DATA}.fates", beside=True),
    "plateau": Widget("table plateaus", f"{DATA}.plateau", layers=True),
}
LAB = "lab"  # a page of its own, whose script loads the networks
LAB_STILL = "passage"  # the figure in its place where no script runs


def widgets(evidence: Evidence) -> Iterator[tuple[str, dict[str, Any], Origin]]:
    """Name, data for the script, and where these come from, of each that the evidence can show."""
    modules = {name: widget.module for name, widget in WIDGETS.items()} | {LAB: f"{DATA}.lab"}
    for name, module in modules.items():
        content, origin = recorded(import_module(module).content, evidence)
        if content is not None:
            yield name, msgspec.to_builtins(content), origin
