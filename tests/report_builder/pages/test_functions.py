"""What the functions of a page write, where test_render's golden page does not show it."""

from __future__ import annotations

import json
import re

from report_builder.pages.functions import PageFunctions
from report_builder.results.report import Report


def test_the_page_holds_all_data_of_the_stepper():
    content = {"title": "</script><b>", "image": ["00"]}
    page = PageFunctions(
        Report(steppers={"windows": content}), "en", "concepts/local.md", "concepts/local.md", False
    )
    text = page.stepper()
    (inside,) = re.findall(r'<script type="application/json">(.*?)</script>', text)
    assert json.loads(inside) == content
    assert 'src="../../../assets/stepper.js"' in text
    assert "sliding-window has not been made yet" in text and page.requests == {
        "stepper windows",
        "figure sliding-window",
    }
