"""Marks figures that are written among a user's own files; only what bears the mark is overwritten.

The mark holds a digest of the figure: one that was edited since is the user's.
"""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from PIL import Image

KEY = "xo-report"  # of the text in a PNG, and what the comment at the end of an SVG begins with


def sign(content: bytes, kind: Literal["svg", "png"]) -> bytes:
    """The same figure with its mark."""
    if kind == "svg":
        return content + _comment(content)
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    out, text = io.BytesIO(), PngInfo()
    with Image.open(io.BytesIO(content)) as image:
        text.add_text(KEY, _pixels(image))
        image.save(out, "PNG", pnginfo=text, compress_level=6)
    return out.getvalue()


def is_signed(path: Path) -> bool:
    """Whether the file is a figure as `sign` left it."""
    try:
        content = path.read_bytes()
        figure, start, _ = content.rpartition(f"<!-- {KEY} ".encode())
        if start:
            return content == figure + _comment(figure)
        from PIL import Image

        with Image.open(io.BytesIO(content), formats=("PNG",)) as image:
            return image.info.get(KEY) == _pixels(image)
    except (OSError, SyntaxError, ValueError):  # Pillow's, on what is no image or a damaged one
        return False


def _comment(content: bytes) -> bytes:
    return f"<!-- {KEY} {hashlib.sha256(content).hexdigest()} -->\n".encode()


def _pixels(image: Image.Image) -> str:
    return hashlib.sha256(image.convert("RGB").tobytes()).hexdigest()
