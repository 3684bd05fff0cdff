"""Photographs of hand-drawn O and X that no camera took: pens, paper, shadows, perspective.

They stand for what people photograph, wherever real photographs cannot be shipped: in examples, in
tests, and where it is measured how well `predict --photo` does.
"""

from __future__ import annotations

import io
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from xo.data.generate import CLASSES

SIZE = 640, 480  # pixels, or turned by a quarter
FINE = 2  # pixels drawn for each of the photograph


class _Tool(NamedTuple):
    """What is drawn with: widths in pixels, colours of ink and ground as red, green, blue."""

    width: tuple[float, float]
    ink: tuple[int, int, int]
    grain: float  # how unevenly it covers, 0..1
    ground: tuple[int, int, int] = (238, 234, 224)


TOOLS = {
    "ballpoint": _Tool((3.0, 4.5), (40, 55, 130), 0.15),
    "pencil": _Tool((3.5, 6.0), (95, 95, 100), 0.35),
    "ink pen": _Tool((5.0, 8.0), (25, 25, 35), 0.05),
    "marker": _Tool((12.0, 20.0), (150, 35, 40), 0.05),
    "brush": _Tool((16.0, 26.0), (30, 30, 30), 0.15),
    "chalk": _Tool((7.0, 12.0), (225, 228, 222), 0.3, (38, 52, 46)),
}


class SyntheticPhotograph(NamedTuple):
    """A photograph as a phone stores it, and what it shows."""

    jpeg: bytes
    label: str  # one of CLASSES
    tool: str  # one of TOOLS


def photograph(rng: np.random.Generator, label: str, tool: str) -> SyntheticPhotograph:
    """A photograph of one drawing of the class `label`, made with `tool`."""
    wide, high = SIZE if rng.random() < 0.5 else SIZE[::-1]
    pen = TOOLS[tool]
    paper = _paper(rng, pen, wide, high)
    cover = _strokes(rng, _circle(rng) if label == CLASSES[0] else _cross(rng), pen, wide, high)
    grain = 1 - np.float32(pen.grain) * rng.random((high, wide, 1), np.float32)
    page = paper + cover[..., None] * grain * (np.array(pen.ink, np.float32) - paper)
    seen = _perspective(rng, page)
    seen *= _light(rng, wide, high)[..., None]
    image = Image.fromarray(np.clip(seen, 0, 255).astype(np.uint8))
    image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.4, 1.3)))
    noise = np.float32(rng.uniform(1, 6)) * rng.standard_normal((high, wide, 3), np.float32)
    noisy = np.asarray(image, np.float32) + noise
    out = io.BytesIO()
    quality = int(rng.integers(55, 92))
    Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(out, "JPEG", quality=quality)
    return SyntheticPhotograph(out.getvalue(), label, tool)


def synthetic_photographs(count: int, seed: int) -> list[SyntheticPhotograph]:
    """So many, of both classes and all tools in turn."""
    rng = np.random.default_rng(seed)
    tools = list(TOOLS)
    return [
        photograph(rng, CLASSES[number % 2], tools[number // 2 % len(tools)])
        for number in range(count)
    ]


def _circle(rng: np.random.Generator) -> list[np.ndarray]:
    """One stroke `(P, 2)` of (x, y) within -1 to 1: round, but for a hand's wobble and a gap or an
    overlap where it ends.
    """
    turn = np.linspace(0, 2 * np.pi + rng.uniform(-0.25, 0.5), 240)
    radius = 1 + rng.uniform(-0.08, 0.08) * turn / 6
    for wave in (2, 3, 4):
        radius += rng.normal(0, 0.06 / wave) * np.cos(wave * turn + rng.uniform(0, 6))
    angle = turn * rng.choice((-1, 1)) + rng.uniform(0, 2 * np.pi)
    squeezed = np.array([rng.uniform(0.7, 1.0), 1.0])[:: rng.choice((-1, 1))]
    return [np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1) * squeezed]


def _cross(rng: np.random.Generator) -> list[np.ndarray]:
    """Two strokes `(P, 2)` of (x, y) within about -1 to 1, bent a little, that cross."""
    strokes = []
    along = np.linspace(-1, 1, 120)
    for direction in (1, -1):
        angle = direction * np.pi / 4 + rng.normal(0, 0.12)
        length, bend = rng.uniform(0.8, 1.1), rng.normal(0, 0.07)
        across = bend * (1 - along**2) + rng.normal(0, 0.01) * np.sin(9 * along)
        turned = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        line = np.stack([along * length, across], axis=1) @ turned
        strokes.append(line + rng.normal(0, 0.08, 2))
    return strokes


def _strokes(
    rng: np.random.Generator, strokes: list[np.ndarray], pen: _Tool, wide: int, high: int
) -> np.ndarray:
    """float32 `(high, wide)`, 0 to 1: where ink covers the page."""
    size = rng.uniform(0.2, 0.36) * min(wide, high)
    center = np.array([wide, high]) * rng.uniform(0.42, 0.58, 2)
    image = Image.new("L", (wide * FINE, high * FINE))
    draw = ImageDraw.Draw(image)
    width = rng.uniform(*pen.width)
    for stroke in strokes:
        dense = np.stack(
            [np.interp(np.linspace(0, 1, 900), np.linspace(0, 1, len(stroke)), c) for c in stroke.T]
        ).T
        pressure = 1 + 0.15 * np.sin(np.linspace(0, rng.uniform(2, 9), 900) + rng.uniform(0, 6))
        for (x, y), radius in zip((dense * size + center) * FINE, pressure * width * FINE / 2):
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.asarray(image.resize((wide, high), Image.Resampling.BOX), np.float32) / 255


def _paper(rng: np.random.Generator, pen: _Tool, wide: int, high: int) -> np.ndarray:
    """float32 `(high, wide, 3)`: fibres and stains, on every fourth sheet faint rules."""
    texture = np.zeros((high, wide), np.float32)
    for side, strength in ((1, 2.0), (4, 2.0), (24, 3.0)):
        coarse = high // side + 2, wide // side + 2
        noise = np.float32(strength) * rng.standard_normal(coarse, np.float32)
        grown = Image.fromarray(noise).resize((wide, high), Image.Resampling.BICUBIC)
        texture += np.asarray(grown)
    ground = np.array(pen.ground, np.float32) * np.float32(rng.uniform(0.88, 1.03))
    paper = ground + texture[..., None]
    if rng.random() < 0.25:
        step = int(rng.integers(28, 48))
        paper[step // 2 :: step] *= 0.93
        if rng.random() < 0.5:
            paper[:, step // 2 :: step] *= 0.93
    return paper


def _perspective(rng: np.random.Generator, page: np.ndarray) -> np.ndarray:
    """The page seen aslant and turned a little, float32 `(H, W, 3)`; of every fourth one the edges
    show, and the table around.
    """
    high, wide, _ = page.shape
    corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], float)
    angle = rng.normal(0, 0.1)
    turned = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.array([wide, high]) / 2
    nearness = rng.uniform(0.7, 0.86) if rng.random() < 0.75 else rng.uniform(0.95, 1.1)
    source = (corners - middle) * nearness @ turned + middle
    source += rng.uniform(-0.06, 0.06, (4, 2)) * (wide, high)
    equations, values = [], []
    for (x, y), (u, v) in zip(corners, source):
        equations += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    coefficients = np.linalg.solve(np.array(equations), np.array(values))
    padded = Image.fromarray(np.clip(page, 0, 255).astype(np.uint8))
    table = tuple(int(value) for value in rng.uniform(0.4, 0.8) * np.array((190, 150, 110)))
    seen = padded.transform(
        (wide, high),
        Image.Transform.PERSPECTIVE,
        tuple(coefficients),
        Image.Resampling.BILINEAR,
        fillcolor=table,
    )
    return np.array(seen, np.float32)


def _light(rng: np.random.Generator, wide: int, high: int) -> np.ndarray:
    """float32 `(high, wide)`, about 0.4 to 1: light that falls off, and the shadow of a hand."""
    y, x = np.mgrid[:high, :wide].astype(np.float32) / max(wide, high)
    angle = rng.uniform(0, 2 * np.pi)
    across = np.cos(angle) * (x - 0.5) + np.sin(angle) * (y - 0.5)
    light = rng.uniform(0.85, 1.0) - rng.uniform(0, 0.35) * (across + 0.5)
    if rng.random() < 0.6:
        angle, edge = rng.uniform(0, 2 * np.pi), rng.uniform(-0.25, 0.25)
        across = np.cos(angle) * (x - 0.5) + np.sin(angle) * (y - 0.5) - edge
        softness = rng.uniform(0.01, 0.06)
        light *= 1 - rng.uniform(0.15, 0.45) / (1 + np.exp(-np.clip(across / softness, -50, 50)))
    return light
