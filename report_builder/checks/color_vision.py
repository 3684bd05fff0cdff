"""How far apart two colors look, to eyes with all cones, without one kind of them, and in grey.

The simulation is that of Machado, Oliveira and Fernandes (2009) at full severity, the distance
CIEDE2000 as Sharma, Wu and Dalal (2005) write it; about 1 is just noticeable.
"""

from __future__ import annotations

import numpy as np

# linear sRGB -> linear sRGB as the eye without one kind of cone sees it (table 1, severity 1)
_CONES = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
# linear sRGB -> XYZ with the white D65 (IEC 61966-2-1)
_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
# What each kind of sight makes of linear sRGB; grey keeps the luminance.
SIGHTS: dict[str, np.ndarray] = {
    "normal": np.eye(3),
    **{name: np.array(matrix) for name, matrix in _CONES.items()},
    "grey": np.tile(_XYZ[1], (3, 1)),
}


def distance(color: str, other: str, sight: str = "normal") -> float:
    """CIEDE2000 between two `#rrggbb` as one of SIGHTS sees them."""
    return ciede2000(*(lab(linear(each) @ SIGHTS[sight].T) for each in (color, other)))


def linear(color: str) -> np.ndarray:
    """`#rrggbb` -> (3,) light of each primary, 0 to 1."""
    channels = np.array([int(color[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    """Linear sRGB (3,), clipped to what a screen shows, -> L*, a*, b* (3,) against white."""
    x, y, z = (_XYZ @ np.clip(light, 0, 1)) / _XYZ.sum(1)
    fx, fy, fz = (
        np.cbrt(t) if t > (6 / 29) ** 3 else t * (29 / 6) ** 2 / 3 + 4 / 29 for t in (x, y, z)
    )
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


def ciede2000(first: np.ndarray, second: np.ndarray) -> float:
    """The distance of two L*, a*, b* (3,), with all weights 1; equations (2) to (22) of Sharma."""
    lightness, a, b = np.array([first, second]).T  # (2,) each
    chroma = np.hypot(a, b).mean() ** 7
    a = a * (1.5 - 0.5 * np.sqrt(chroma / (chroma + 25.0**7)))
    c, h = np.hypot(a, b), np.degrees(np.arctan2(b, a)) % 360
    turn = h[1] - h[0]
    turn -= 360 * np.sign(turn) if abs(turn) > 180 else 0
    if not c.prod():
        turn, hue = 0.0, h.sum()
    else:
        hue = h.mean() + (180 if abs(h[1] - h[0]) > 180 and h.sum() < 360 else 0)
        hue -= 180 if abs(h[1] - h[0]) > 180 and h.sum() >= 360 else 0
    d_lightness, d_chroma = np.diff(lightness)[0], np.diff(c)[0]
    d_hue = 2 * np.sqrt(c.prod()) * np.sin(np.radians(turn / 2))
    away, mean = (lightness.mean() - 50) ** 2, c.mean()
    t = 1 + sum(
        weight * np.cos(np.radians(times * hue + shift))
        for weight, times, shift in ((-0.17, 1, -30), (0.24, 2, 0), (0.32, 3, 6), (-0.20, 4, -63))
    )
    s_lightness = 1 + 0.015 * away / np.sqrt(20 + away)
    s_chroma, s_hue = 1 + 0.045 * mean, 1 + 0.015 * mean * t
    rotation = -2 * np.sqrt(mean**7 / (mean**7 + 25.0**7))
    rotation *= np.sin(np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2))))
    parts = d_lightness / s_lightness, d_chroma / s_chroma, d_hue / s_hue
    return float(np.sqrt(sum(part**2 for part in parts) + rotation * parts[1] * parts[2]))
