"""Reads maps back as docs/assets/widgets/common.js does."""

from __future__ import annotations

from typing import Any

import numpy as np


def decoded(written: dict[str, Any]) -> np.ndarray:
    """`(H, W)` of what report_builder.results.widget_data.pixels wrote."""
    digits, zero = written["digits"], 16 ** written["digits"] // 2
    rows = [
        [int(row[k : k + digits], 16) for k in range(0, len(row), digits)]
        for row in written["rows"]
    ]
    return (np.array(rows) - zero) / (zero - 1) * written["limit"]
