"""Figures of the made-up study, each drawn once for all tests that look at it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pytest

from report_builder.evidence.study import Evidence

from .rendering import EN, Rendered, render


@pytest.fixture(scope="session")
def drawn(evidence: Evidence) -> Callable[..., Rendered]:
    """Draws a figure of the made-up study by its name, by default in English and light."""
    draw = lru_cache(maxsize=None)(lambda name, style: render(name, evidence, style))
    return lambda name, style=EN: draw(name, style)
