"""What the sources of pages may ask of the data set: whether it is the original's, what it is
called and how commands name it.
"""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from report_builder import escape
from report_builder.results.report import Report
from report_builder.results.widgets import LAB
from report_builder.text import Text, same

CHANGES = {  # what importing does to images, as its card calls it
    "brought to gray": Text("由彩色转为灰度", "brought from color to gray"),
    "flattened": Text("把透明的底压平", "flattened onto a ground"),
    "scaled": Text("缩放", "scaled"),
    "padded": Text("补边", "padded"),
    "cropped": Text("裁剪", "cropped"),
    "inverted": Text("黑白反转", "inverted"),
    "turned": Text("按 EXIF 转正", "turned by their EXIF"),
    "brought to 8 bits": Text("转为 8 位", "brought to 8 bits"),
    "first frame taken": Text("取动图的第一帧", "taken from the first frame"),
}


def data_words(report: Report, language: str) -> dict[str, Any]:
    """The words by the names that pages call them by; before the first build those of the embedded
    set. What goes into a line for the shell is quoted for it.
    """
    data = report.data
    folder = report.data_folder
    quoted = escape.shell(folder)
    height, width = data.size if data else (116, 116)
    changes = data.changes if data else {}
    return {
        "data": data.name if data else "xo",
        "subject": (data.title[language] or data.name) if data else "xo",
        "shows": data.shows[language] if data else "",  # "a handwritten digit"; empty: not known
        "changes": [(CHANGES.get(kind, same(kind))[language], n) for kind, n in changes.items()],
        "findings": data.findings if data else (),
        "embedded": data.embedded if data else True,  # follows the original's images
        "channels": data.channels if data else 1,
        "in_color": data.channels == 3 if data else False,  # else they are gray, of one channel
        "class_count": data.classes if data else 2,
        "has_lab": LAB in report.widgets if data else True,  # else they cannot be drawn there
        "drawings": data.drawings if data else True,  # shapes on an even ground, which have strokes
        "partial": data.partial if data else False,  # whether the study uses a part of the images
        "height": height,
        "width": width,
        "data_root": folder or "data/xo",
        "data_folder": quoted,
        "data_option": Markup(" --data ") + quoted if folder else "",
        "make_option": Markup(" DATA=") + quoted if folder else "",
    }
