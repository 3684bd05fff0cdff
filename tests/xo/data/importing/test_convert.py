"""Images of any kind become gray, opaque, of 8 bits and of one size; changes are counted."""

from __future__ import annotations

import io
import os

import numpy as np
import pytest
from PIL import Image

from tests.xo.data.sets import make, picture, refused
from xo.data.importing.convert import convert
from xo.data.importing.options import ImportOptions
from xo.data.importing.run import import_images
from xo.data.load import check
from xo.data.scaling import ground

PLAIN = ImportOptions()


def file(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def drawing(size: tuple[int, int], box: tuple[int, int, int, int]) -> Image.Image:
    """A black box on white, of (width, height)."""
    image = Image.new("L", size, 255)
    image.paste(0, box)
    return image


def test_an_image_as_it_should_be_is_left_alone():
    pixels, changes = convert(file(drawing((30, 24), (5, 5, 9, 9))), "a.png", PLAIN)
    assert changes == set() and pixels.shape == (24, 30) and pixels[6, 6] == 0


@pytest.mark.parametrize(("value", "behind"), [(255, 255), (0, 0)])
def test_transparent_ground_is_flattened_onto_the_ground(value, behind):
    image = Image.new("RGBA", (30, 24), (9, 9, 9, 0))
    image.paste((0, 0, 0, 255), (5, 5, 9, 9))
    pixels, changes = convert(file(image), "a.png", ImportOptions(ground=behind))
    assert changes == {"flattened"} and pixels[0, 0] == value and pixels[6, 6] == 0


@pytest.mark.parametrize(
    "pixels",
    [np.linspace(300, 40_000, 720).astype(np.uint16), np.linspace(-1, 2.5, 720).astype(np.float32)],
    ids=["16 bits", "float"],
)
def test_more_than_8_bits_are_brought_to_8_by_the_image_s_range(pixels):
    content = file(Image.fromarray(pixels.reshape(24, 30)), "TIFF")
    found, changes = convert(content, "a.tif", PLAIN)
    assert changes == {"brought to 8 bits"}
    assert (found.min(), found.max()) == (0, 255) and (
        np.diff(found.ravel().astype(int)) >= 0
    ).all()


def test_colors_become_gray_and_are_counted_or_are_kept():
    content = file(picture(1))
    gray, changes = convert(content, "a.png", PLAIN)
    assert gray.shape == (30, 24) and changes == {"brought to gray"}
    kept, changes = convert(content, "a.png", ImportOptions(colour=True))
    assert np.array_equal(kept, np.asarray(picture(1))) and changes == set()
    _, changes = convert(file(picture(1, mode="L").convert("RGB")), "a.png", PLAIN)
    assert changes == set()  # its colors are gray already


def test_an_image_is_turned_by_its_exif():
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter
    content = file(drawing((40, 30), (0, 0, 5, 5)), "JPEG", exif=exif, quality=95)
    pixels, changes = convert(content, "a.jpg", PLAIN)
    assert changes == {"turned"} and pixels.shape == (40, 30) and pixels[2, 27] < 40


def test_the_first_frame_of_an_animation_is_taken_where_it_is_wanted():
    content = file(
        drawing((30, 24), (0, 0, 5, 5)),
        "GIF",
        save_all=True,
        append_images=[drawing((30, 24), (9, 9, 20, 20))],
    )
    refused(lambda: convert(content, "a.gif", PLAIN), "2 frames", "--first-frame")
    pixels, changes = convert(content, "a.gif", ImportOptions(first_frame=True))
    assert changes == {"first frame taken"} and pixels[2, 2] == 0 and pixels[12, 12] == 255


def test_scaling_keeps_the_aspect_and_pads_with_the_ground():
    image = drawing((60, 30), (0, 0, 0, 0))
    image.paste(200, (0, 0, 60, 30))
    image.paste(0, (20, 10, 40, 20))
    pixels, changes = convert(file(image), "a.png", ImportOptions(size=(40, 40)))
    assert changes == {"scaled", "padded"} and pixels.shape == (40, 40)
    assert (pixels[:9] == 200).all() and (pixels[31:] == 200).all()
    assert pixels[20, 20] < 20 and abs(int((pixels < 100).sum(1).max()) - 13) <= 1


def test_a_photograph_is_scaled_down_and_refused_without_a_size():
    content = file(drawing((900, 700), (300, 200, 600, 500)))
    refused(lambda: convert(content, "a.png", PLAIN), "at most 512", "--size")
    pixels, _ = convert(content, "a.png", ImportOptions(size=(116, 116)))
    assert pixels.shape == (116, 116)


def test_cropping_leaves_the_ink_with_a_margin_and_an_empty_sheet_alone():
    options = ImportOptions(crop_to_ink=True)
    pixels, changes = convert(file(drawing((300, 200), (100, 50, 150, 80))), "a.png", options)
    assert changes == {"cropped"} and pixels.shape == (40, 60)
    sheet, changes = convert(file(drawing((30, 30), (0, 0, 0, 0))), "a.png", options)
    assert changes == set() and sheet.shape == (30, 30)


def test_inverting_makes_black_white():
    pixels, changes = convert(
        file(drawing((30, 24), (5, 5, 9, 9))), "a.png", ImportOptions(invert=True)
    )
    assert changes == {"inverted"} and ground(pixels) == 0 and pixels[6, 6] == 255


def test_what_a_c_library_writes_to_the_error_stream_does_not_get_there(capfd):
    content = bytearray(file(picture(1, mode="L"), "TIFF", compression="tiff_lzw"))
    content[len(content) // 2 :] = os.urandom(len(content) - len(content) // 2)
    try:
        convert(bytes(content), "a.tif", PLAIN)
    except Exception as error:
        assert "\n" not in str(error)
    assert capfd.readouterr().err == ""


def test_mixed_sizes_are_refused_with_their_numbers_and_the_option(tmp_path):
    root = make(tmp_path / "pets")
    for name in ("0", "1"):
        picture(99 + int(name), (40, 30)).save(root / f"train/bee/{name}.png")
    refused(
        lambda: import_images(root, tmp_path / "mine"),
        "40x30 pixels, as 2 images have, where 13 have 24x30",
        "--size 24x30",
    )
    found, card = import_images(root, tmp_path / "mine", ImportOptions(size=(24, 30)))
    assert found.image_size == (30, 24) and card.changes == {
        "brought to gray": 15,
        "padded": 2,
        "scaled": 2,
    }


def test_a_set_in_colour_stays_so_and_comes_back_the_same(tmp_path):
    root = make(tmp_path / "pets")
    found, card = import_images(root, tmp_path / "colour", ImportOptions(colour=True))
    assert card.colour and found.channels == 3 and found.train.images.shape == (9, 30, 24, 3)
    again, _ = import_images(tmp_path / "colour", tmp_path / "again")
    assert again.digest == check(tmp_path / "again").digest == found.digest
    assert import_images(root, tmp_path / "gray")[0].digest != found.digest


def test_oddities_are_named_on_the_card(tmp_path):
    root = make(tmp_path / "pets", each=(3, 1))
    (root / "train/ant/0.png").replace(root / "train/ant/zero.png")
    Image.open(root / "train/ant/zero.png").save(root / "train/bee/same.png")
    _, card = import_images(root, tmp_path / "mine")
    text = "\n".join(card.findings)
    assert "1 images stand in two classes" in text and "zero.png" in text
    assert "class ant: one image alone" in text
    dark = make(tmp_path / "dark", ("a", "b"), each=(30, 1))
    for number, path in enumerate(sorted(dark.rglob("*.png"))):
        Image.eval(drawing((30, 30), (number, 4, number + 3, 20)), lambda v: 255 - v).save(path)
    for path in sorted((dark / "train/a").iterdir())[1:]:
        path.unlink()
    _, card = import_images(dark, tmp_path / "inverted")
    text = "\n".join(card.findings)
    assert "62 of" not in text and "light on a dark ground" in text and "--invert" in text
