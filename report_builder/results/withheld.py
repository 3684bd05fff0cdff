"""Which results are about the images and the printed logs of the original report. On any other data
set they are withheld, with the reason, even where its images have the same size and number.
"""

from __future__ import annotations

from report_builder.evidence.study import Evidence
from report_builder.text import Text

# What the others state, that pooling saves parameters and the like, can be asked of any images.
CLAIMS = (
    "accuracy-near-99.7",
    "loss-gone-by-epoch-7",
    "conv3-leaves-12x12",
    "dense-input-5x5x5",
    "0.069-means-chance",
    "right-labels-print-two-rows",
    "odd-logs-are-of-the-split",
    "failed-log-fits-folders",
    "no-pooling-plateau-fits-folders",
    "no-pooling-fall-fits-folders",
    "folders-can-fall",
)
FIGURES = ("published-logs", "published-readings")
TABLES = ("published", "readings", "plateaus")
PRINTED = "printed-"  # begins the name of the table of each log
VALUES = "published"  # begins the name of each value that compares with the logs


def withheld(evidence: Evidence, printed_logs: tuple[str, ...]) -> dict[str, Text]:
    """`claim accuracy-near-99.7`, `table published`, ... -> why it is not shown; nothing on the
    embedded data set, which takes the place of the original's images.

    `printed_logs` are the original's. All values of the section `published` count as one
    demonstration, as pages look them up.
    """
    if evidence.embedded:
        return {}
    names = [
        *(f"claim {name}" for name in CLAIMS),
        *(f"figure {name}" for name in FIGURES),
        *(f"table {name}" for name in (*TABLES, *(f"{PRINTED}{log}" for log in printed_logs))),
        f"demonstration {VALUES}",
    ]
    return dict.fromkeys(names, reason(evidence.data.name))


def is_withheld(kind: str, name: str, evidence: Evidence) -> bool:
    """Whether a claim, figure or table of that name is withheld."""
    if evidence.embedded:
        return False
    listed = {"claim": CLAIMS, "figure": FIGURES, "table": TABLES}[kind]
    return name in listed or (kind == "table" and name.startswith(PRINTED))


def reason(data: str) -> Text:
    """Why, on the data set of that name."""
    return Text(
        f"它说的是原报告的图像和日志，而这里的数据集是“{data}”",
        "it is about the images and logs of the original report, and the data set here is "
        f"“{data}”",
    )
