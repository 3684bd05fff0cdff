"""Golden pages: a source, a report of a few lines, and the Markdown that must come of them."""

from __future__ import annotations

import json

import pytest

from report_builder import pages
from xo.errors import InputError
from xo.variants import VARIANTS

REPORT = {
    "study": "default", "data": {"name": "xo", "digest": "d", "embedded": True}, "variants": ["baseline"], "drawable": ["loss.baseline", "samples"],
    "values": {"baseline.n": {"text": {"zh": "3", "en": "3"}, "note": {"zh": "", "en": ""}},
               "baseline.solved": {"text": {"zh": "3 个种子中的 2 个", "en": "2 of 3"},
                                   "note": {"zh": "n = 3 个“种子”", "en": 'n = 3 "seeds"'}}},
    "tables": {"data": {"columns": {"zh": ["类别", "张数"], "en": ["Class", "Images"]}, "numbers": [False, True],
                        "rows": {"zh": [["圆", "8"]], "en": [["circles|O", "8"]]}}},
    "figures": {"loss.baseline": {
        "kind": "svg", "width": 700, "height": 400, "folder": "FOLDER", "runs": ["baseline/0-k0", "baseline/1-k1"],
        "command": "python -m report_builder figure loss.baseline",
        "zh": {"title": "损失", "alt": "两条曲线", "caption": "细线是种子。"},
        "en": {"title": "Loss", "alt": "two curves [of loss]", "caption": "A thin line per seed."}}},
    "notebooks": {},
}
SOURCE = """# Loss

{{ value("baseline.solved") }} seeds of {{ value("baseline.n") }}.

{{ figure("loss.baseline") }}

{{ table("data") }}
"""
GOLDEN = """# Loss

<span class="value" title="n = 3 &quot;seeds&quot;" tabindex="0">2 of 3</span> seeds of <span class="value">3</span>.

<figure class="xo-figure" id="figure-loss.baseline" markdown="1">

![two curves \\[of loss\\]](../figures/loss.baseline.light.svg#only-light){ width="700" height="400" loading="lazy" }
![two curves \\[of loss\\]](../figures/loss.baseline.dark.svg#only-dark){ width="700" height="400" loading="lazy" }

<figcaption markdown="span">A thin line per seed.</figcaption>

<details class="origin" markdown="1"><summary>How to draw it again</summary>

```bash
python -m report_builder figure loss.baseline
```

Rests on 2 runs on the data set xo: `baseline/0-k0`, `baseline/1-k1`

[Data (CSV)](../figures/loss.baseline.csv)

</details>

</figure>

| Class | Images |
| :--- | ---: |
| circles\\|O | 8 |
"""


@pytest.fixture
def docs(tmp_path):
    for language in ("zh", "en"):
        (tmp_path / "docs" / language / "xo").mkdir(parents=True)
    (tmp_path / "docs" / "assets").mkdir()
    (tmp_path / "docs" / "assets" / "xo.css").write_text("a {}")
    return tmp_path / "docs"


@pytest.fixture
def report(tmp_path):
    folder = tmp_path / "drawn"
    folder.mkdir()
    for language in ("zh", "en"):
        for scheme in ("light", "dark"):
            (folder / f"{language}-{scheme}.svg").write_text(f"<svg>{language}{scheme}</svg>")
    (folder / "data.csv").write_text("epoch\n1\n")
    return json.loads(json.dumps(REPORT).replace("FOLDER", str(folder)))


def test_a_page_with_all_there_is(docs, report, tmp_path):
    (docs / "en" / "xo" / "training.md").write_text(SOURCE)
    assert pages.render(docs, report, tmp_path / "out") == ["en/xo/training.md"]
    assert (tmp_path / "out" / "en" / "xo" / "training.md").read_text() == GOLDEN
    assert (tmp_path / "out" / "en" / "figures" / "loss.baseline.dark.svg").read_text() == "<svg>endark</svg>"
    assert (tmp_path / "out" / "en" / "figures" / "loss.baseline.csv").exists()
    assert (tmp_path / "out" / "assets" / "xo.css").read_text() == "a {}"


def test_a_page_speaks_its_own_language(docs, report, tmp_path):
    (docs / "zh" / "index.md").write_text('{{ value("baseline.solved") }}\n\n{{ figure("loss.baseline") }}\n\n{{ table("data") }}')
    pages.render(docs, report, tmp_path / "out")
    text = (tmp_path / "out" / "zh" / "index.md").read_text()
    for words in ("3 个种子中的 2 个", "![两条曲线](figures/loss.baseline.light.svg#only-light)", "细线是种子。", "这张图怎样重画", "| 圆 | 8 |"):
        assert words in text


def test_without_a_report_every_result_names_the_command_that_makes_it(docs, tmp_path):
    (docs / "zh" / "index.md").write_text(SOURCE)
    pages.render(docs, {}, tmp_path / "out")
    text = (tmp_path / "out" / "zh" / "index.md").read_text()
    assert text.count("python -m report_builder build") == 4


def test_one_page_per_variant_from_one_template(docs, report, tmp_path):
    (docs / "en" / "variants").mkdir()
    (docs / "en" / "variants" / "_variant.md").write_text("# {{ variant.title }}: {{ variant.convolutions }}\n")
    assert len(pages.render(docs, report, tmp_path / "out")) == len(VARIANTS)
    assert (tmp_path / "out" / "en" / "variants" / "three-conv.md").read_text() == "# Three convolutions: 3\n"
    assert not (tmp_path / "out" / "en" / "variants" / "_variant.md").exists()


@pytest.mark.parametrize("text, message", [
    ('\n\n{{ value("baseline.accuracy") }}', r"page.md:3: value 'baseline.accuracy' is not known; known are baseline.n, base"),
    ('\n{{ figure("los") }}', r"page.md:2: figure 'los' is not known; known are loss.baseline"),
    ('{{ table("x") }}', r"page.md:1: table 'x' is not known; known are data"),
    ("\n\n\n{% if %}", r"page.md:4: "),
    ("\n{{ vale(1) }}", r"page.md:2: 'vale' is undefined"),
])
def test_a_template_that_does_not_render_names_file_and_line(docs, report, tmp_path, text, message):
    (docs / "en" / "page.md").write_text(text)
    with pytest.raises(InputError, match=message):
        pages.render(docs, report, tmp_path / "out")


def test_what_pages_use_is_known_before_it_is_drawn(docs, report):
    (docs / "en" / "index.md").write_text('{{ figure("samples") }}{{ figure("loss." ~ "baseline") }}{{ value("baseline.n") }}')
    assert pages.figures_used(docs, {name: report[name] for name in ("study", "data", "drawable")}) == {"samples", "loss.baseline"}


def test_only_what_changed_is_written_and_what_is_gone_is_removed(docs, report, tmp_path):
    out = tmp_path / "out"
    for name in ("one", "two"):
        (docs / "en" / f"{name}.md").write_text(f"# {name}\n\n" + '{{ figure("loss.baseline") }}')
    pages.render(docs, report, out)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    (docs / "en" / "one.md").write_text("# changed")
    pages.render(docs, report, out)
    after = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    assert {path.name for path in after if after[path] != before.get(path)} == {"one.md"}
    (docs / "en" / "two.md").unlink()
    pages.render(docs, report, out)
    assert {path.name for path in out.rglob("*") if path.is_file()} == {"one.md", "xo.css"}
