"""Images of any size as networks take them, and the picture of both."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from xo.data.fit import Fit, Fitted
from xo.data.images import encode
from xo.data.scaling import scaled
from xo.data.shown import refuse_to_replace, write_sheet
from xo.errors import InputError


def test_a_wide_image_keeps_its_aspect_on_a_ground_of_its_borders_colour():
    image = np.full((10, 40), 200, np.uint8)
    image[2:8, 4:36] = 0
    out = scaled(image, (20, 20))
    assert out.shape == (20, 20) and (out[:7] == 200).all() and (out[13:] == 200).all()
    assert (out[9:11, 4:16] < 40).all()


def test_an_image_of_the_right_size_is_left_as_it_is():
    image = np.random.default_rng(0).integers(0, 256, (20, 30), np.uint8)
    assert Fit((20, 30)).read(encode(image), "x").pixels.tolist() == image.tolist()


@pytest.mark.parametrize("size", [(10, 10), (30, 20), (600, 700)])
def test_one_of_another_size_is_refused_with_both_remedies(size):
    data = encode(np.full(size, 255, np.uint8))
    with pytest.raises(InputError, match=f"{size[1]}x{size[0]}; add --resize .* --photo"):
        Fit((20, 30)).read(data, "x.png")
    assert Fit((20, 30), resize=True).read(data, "x.png").pixels.shape == (20, 30)


def test_a_network_of_colour_gets_colour():
    out = Fit((20, 30), channels=3, resize=True).read(encode(np.zeros((40, 40), np.uint8)), "x")
    assert out.pixels.shape == (20, 30, 3)


def test_the_picture_shows_each_image_below_its_original(tmp_path):
    original, pixels = np.full((40, 60), 50, np.uint8), np.full((30, 30), 200, np.uint8)
    write_sheet(tmp_path / "seen.png", [Fitted(original, pixels)] * 2)
    sheet = np.array(Image.open(tmp_path / "seen.png").convert("L"))
    assert sheet.shape == (78, 78)
    assert sheet[20, 20] == sheet[20, 60] == 50 and sheet[60, 20] == sheet[60, 60] == 200


def test_only_a_picture_of_its_own_is_replaced(tmp_path):
    own, other = tmp_path / "own.png", tmp_path / "other.png"
    write_sheet(own, [Fitted(*[np.zeros((30, 30), np.uint8)] * 2)])
    refuse_to_replace(own)
    refuse_to_replace(tmp_path / "new.png")
    other.write_bytes(encode(np.zeros((30, 30), np.uint8)))
    (tmp_path / "text.png").write_text("mine")
    for path in (other, tmp_path / "text.png"):
        with pytest.raises(InputError, match="--show did not write"):
            refuse_to_replace(path)
    with pytest.raises(InputError, match="ends with .png"):
        refuse_to_replace(tmp_path / "seen.txt")
    with pytest.raises(InputError, match="is not there"):
        refuse_to_replace(tmp_path / "none" / "seen.png")
