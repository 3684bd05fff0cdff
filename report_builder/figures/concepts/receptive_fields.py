"""How much of the image a value of each layer sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from report_builder.evidence.shown_network import network_of
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.layout import DASHES, POINT, SMALL, apart
from report_builder.figures.toolkit.picture import ON_WHITE, Picture
from report_builder.figures.toolkit.pixels import ACROSS, as_rgb, enlarged, fit, points
from report_builder.figures.toolkit.style import Style
from report_builder.text import Text, class_name

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import DemonstrationRecord, Evidence, Figure, Variant

SIDE = 720  # pixels of the enlarged detail, at most
MARGIN = 40  # pixels between the whole image and the detail


class FramedField(NamedTuple):
    """The receptive field of one value of a layer, in pixels of the image."""

    layer: str
    variant: str
    size: int  # of each side
    stride: int  # from one value's field to the next
    row: int  # of the upper left corner
    column: int

    @property
    def sides(self) -> str:
        return f"{self.size}×{self.size}"


class ReceptiveFields(NamedTuple):
    """For each layer, the field around the same pixel of one image."""

    image: np.ndarray  # (H, W) uint8, or (H, W, 3)
    image_id: str
    class_name: str
    fields: list[FramedField]  # from the first layer to the last
    first: Variant  # whose fields are framed by solid lines
    last: Variant  # whose fields are framed by dashed lines


def measure(evidence: Evidence) -> ReceptiveFields:
    """The fields nearest to the middle of the window that "sliding-window" starts with."""
    record = evidence.shown_demonstration("windows")
    facts, layers = record.facts, record.facts["layers"]
    middle = [start + 1 for start in facts["start"]]
    return ReceptiveFields(
        image=record.array("image"),
        image_id=facts["id"],
        class_name=class_name(facts["image"]),
        fields=[_field(record, layer, middle) for layer in layers],
        first=network_of(evidence, record, "baseline").variant,
        last=network_of(evidence, record, layers[-1]["variant"]).variant,
    )


def _field(record: DemonstrationRecord, layer: dict[str, Any], middle: list[int]) -> FramedField:
    name, size, stride = layer["name"], layer["size"], layer["stride"]
    shape = record.array("map" if name == "conv1" else f"map.{name}").shape
    row, column = (
        _nearest_field(at, length, size, stride, layer["offset"])
        for at, length in zip(middle, shape)
    )
    return FramedField(name, layer["variant"], size, stride, row, column)


def _nearest_field(at: int, length: int, size: int, stride: int, offset: int) -> int:
    """The first pixel of the field whose middle is nearest to pixel `at`, of `length` values."""
    middles = offset + stride * np.arange(length) + (size - 1) / 2
    return offset + stride * int(np.abs(middles - at).argmin())


def draw(numbers: ReceptiveFields, style: Style) -> Figure:
    """Nested frames on the image and on its enlarged detail, each with its layer's name."""
    image, fields = numbers.image, numbers.fields
    largest = max(field.size for field in fields)
    span = min(largest + 8, *image.shape[:2])  # sides of the detail, in pixels of the image
    top, left = (
        int(np.clip(at - (span - largest) // 2, 0, length - span))
        for at, length in zip((fields[-1].row, fields[-1].column), image.shape[:2])
    )
    scale, head = SIDE // span, points(ACROSS, 14)
    side = span * scale
    picture = Picture(style, describe(numbers).title, ACROSS, head + side + 12)
    overview = fit(as_rgb(image), 360, 360)
    x = 10 + overview.shape[1] + MARGIN  # of the detail
    picture.paint(overview, 10, head)
    picture.paint(enlarged(as_rgb(image[top : top + span, left : left + span]), scale), x, head)
    above = head - picture.points(3)
    picture.note(10, above, Text("整幅图像", "The whole image"))
    words = Text(f"放大 {span}×{span} 像素", f"{span}×{span} pixels of it, enlarged")
    picture.note(x, above, words)
    share, corners = overview.shape[1] / image.shape[1], []
    for field in fields:
        dash = "-" if field.variant == fields[0].variant else DASHES
        place = 10 + field.column * share, head + field.row * share
        _frame(picture, *place, field.size * share, lw=0.7, ls=dash)
        place = x + (field.column - left) * scale, head + (field.row - top) * scale
        _frame(picture, *place, field.size * scale, lw=1.4, ls=dash)
        corners.append((place[0] + field.size * scale, place[1] + field.size * scale))
    _name_fields(picture, fields, corners, x + side + 16, (head + 10, head + side - 10))
    return picture.finished()


def _frame(picture: Picture, x: float, y: float, side: float, **options) -> None:
    picture.rectangle(x, y, side, side, fc="none", ec=ON_WHITE, **options)


def _name_fields(
    picture: Picture,
    fields: list[FramedField],
    corners: list[tuple[float, float]],
    x: float,
    between: tuple[float, float],
) -> None:
    """A line from each frame's lower right corner to the layer's name at `x`, moved apart."""
    gap = 1.5 * SMALL * POINT * picture.dpi
    # a convolution's field may share a corner with its pooling's: then the smaller is named first
    wanted = [y + field.size / 100 for field, (_, y) in zip(fields, corners)]
    places = apart(wanted, gap, *between)
    for field, corner, y in zip(fields, corners, places):
        picture.line(corner, (x, y), lw=0.6, color=picture.style.color("chance"))
        picture.note(x + 6, y, f"{field.layer}  {field.sides}", va="center")


def describe(numbers: ReceptiveFields) -> Description:
    """The sizes in words, and a row for each layer."""
    sizes = [str(field.size) for field in numbers.fields]
    layers = [f"{field.layer} {field.sides}" for field in numbers.fields]
    first, last, name = numbers.first, numbers.last, numbers.class_name
    return Description(
        title=Text(
            f"越往后的层，一个值看到的图像越大：边长依次为 {'、'.join(sizes)} 个像素",
            "The later the layer, the more of the image one value sees: "
            f"{', '.join(sizes)} pixels a side",
        ),
        alt=Text(
            f"一幅 {name} 上套着的方框，由小到大：{'、'.join(layers)}。",
            f"Nested frames on an image of {name}, from small to large: {', '.join(layers)}.",
        ),
        caption=Text(
            f"测试图像 {numbers.image_id} 上，各层离窗口中心最近的那个值的感受野。实线属于"
            f"{first.zh}，虚线属于{last.zh}。边长由各层的核与步幅算出，并由测试核对："
            "翻转框内像素，值改变；翻转框外像素，值不变。",
            f"On test image {numbers.image_id}: for each layer, the receptive field of the value "
            f"nearest to the window's middle. Solid frames belong to “{first.en}”, dashed ones to "
            f"“{last.en}”. Sizes are worked out from kernels and strides and tested: inverting "
            "pixels inside a frame changes the value, outside it does not.",
        ),
        rows=[
            {
                "layer": field.layer,
                "variant": field.variant,
                "size": field.size,
                "stride": field.stride,
                "first_row": field.row,
                "first_column": field.column,
            }
            for field in numbers.fields
        ],
    )
