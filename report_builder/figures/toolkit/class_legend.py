"""The key to the colors of classes: a square of its color and the whole name for each."""

from __future__ import annotations

from report_builder.figures.toolkit.picture import Picture
from report_builder.figures.toolkit.pixels import points as pixels
from report_builder.figures.toolkit.words import shorten, width
from report_builder.text import Text

IN_WORDS = {"O": Text("蓝色为 O", "blue is O"), "X": Text("橙色为 X", "orange is X")}
MOST = 10  # classes, each of which has a color of its own; with more, colors repeat
ROW = 15  # points of height
SQUARE = 8  # points
LONGEST = 60  # columns of a name
COLUMN = 4.9  # points that a half-width column takes at most


def is_needed(names: tuple[str, ...]) -> bool:
    """Whether the figure must have it: a caption can name the colors of O and X."""
    return len(names) <= MOST and not set(names) <= IN_WORDS.keys()


def height(names: tuple[str, ...], across: int) -> int:
    """The pixels that it takes below a picture so many pixels wide; 0 where it is not needed."""
    return len(_rows(names)) * pixels(across, ROW) if is_needed(names) else 0


def draw(picture: Picture, names: tuple[str, ...], y: int) -> None:
    """Draws it with its upper edge at `y`, where it is needed."""
    if not is_needed(names):
        return
    colors = dict(zip(names, picture.style.class_colors(names)))
    for k, row in enumerate(_rows(names)):
        x, middle = picture.points(8), y + picture.points(ROW * (k + 0.5))
        for name in row:
            side = picture.points(SQUARE)
            fill = {"fc": colors[name], "ec": "none"}
            picture.rectangle(x, middle - side / 2, side, side, **fill)
            written = shorten(name, LONGEST)
            picture.note(x + side * 1.5, middle, written, 9, va="center", color=colors[name])
            x += picture.points(_points(name))


def in_words(names: tuple[str, ...]) -> Text:
    """What a caption says of the colors."""
    if is_needed(names):
        return Text("见图下的图例", "see the key below the pictures")
    if len(names) > MOST:
        return Text(
            f"{len(names)} 类共用 {MOST} 种颜色，每块的类别在数据（CSV）里",
            f"{len(names)} classes share {MOST} colors, and the data (CSV) has the class of each",
        )
    return Text(
        "，".join(IN_WORDS[name].zh for name in names),
        ", ".join(IN_WORDS[name].en for name in names),
    )


def _rows(names: tuple[str, ...]) -> list[list[str]]:
    """The names as they follow one another within the figure's width."""
    rows: list[list[str]] = [[]]
    for name in names:
        if rows[-1] and sum(map(_points, (*rows[-1], name))) > 490:
            rows.append([])
        rows[-1].append(name)
    return rows


def _points(name: str) -> float:
    return SQUARE * 1.5 + COLUMN * min(width(name), LONGEST) + 12
