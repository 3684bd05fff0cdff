"""The font of all figures, shipped so that they look the same everywhere; `subset.py` makes it."""

from __future__ import annotations

from pathlib import Path

FONT = Path(__file__).with_name("xo-report-sans.otf")
