"""What the sources of pages may ask of the data set: whether it is the original's, what it is
called and how commands name it.
"""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from report_builder.results.report import Report


def data_words(report: Report, language: str) -> dict[str, Any]:
    """The words by the names that pages call them by; before the first build those of the embedded
    set. What goes into a line for the shell is quoted for it.
    """
    data = report.data
    options = data.options if data else ""
    return {
        "data": data.name if data else "xo",
        "subject": (data.title[language] or data.name) if data else "xo",
        "embedded": data.embedded if data else True,  # follows the original's images
        "drawings": data.drawings if data else True,  # shapes on an even ground, which have strokes
        "partial": data.partial if data else False,  # whether the study uses a part of the images
        "data_option": Markup(options),
        "data_folder": Markup(options.removeprefix(" --data ")),
        "make_option": Markup(options.replace(" --data ", " DATA=")),
    }
