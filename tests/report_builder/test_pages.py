"""Golden pages: a source, a report of a few lines, and the Markdown that must come of them."""

from __future__ import annotations

import json

import pytest

from report_builder.pages import render as pages
from xo.errors import InputError
from xo.variants import VARIANTS

REPORT = {
    "study": "default",
    "data": {"name": "xo", "digest": "d", "embedded": True},
    "variants": ["baseline"],
    "drawable": ["loss.baseline", "samples"],
    "values": {
        "baseline.n": {"text": {"zh": "3", "en": "3"}, "note": {"zh": "", "en": ""}},
        "baseline.solved": {
            "text": {"zh": "3 个种子中的 2 个", "en": "2 of 3"},
            "note": {"zh": "n = 3 个“种子”", "en": 'n = 3 "seeds"'},
        },
    },
    "tables": {
        "data": {
            "columns": {"zh": ["类别", "张数"], "en": ["Class", "Images"]},
            "numbers": [False, True],
            "rows": {"zh": [["圆", "8"]], "en": [["circles|O", "8"]]},
        }
    },
    "figures": {
        "loss.baseline": {
            "kind": "svg",
            "folder": "FOLDER",
            "command": "python -m report_builder figure loss.baseline",
            "zh": {
                "title": "损失",
                "alt": "两条曲线",
                "caption": "细线是种子。",
                "width": 700,
                "height": 410,
            },
            "en": {
                "title": "Loss",
                "alt": "two curves [of loss]",
                "caption": "A thin line per seed.",
                "width": 700,
                "height": 400,
            },
        }
    },
    "run_names": {"baseline/0": "baseline/0-k0", "baseline/1": "baseline/1-k1"},
    "notebooks": {},
    "value_command": "python -m report_builder value",
    "artefacts": {
        "run baseline/0-k0": {
            "digest": "d0d0",
            "inputs": {"code": "c-train", "versions": "v-train", "seed": 0},
        },
        "run baseline/1-k1": {
            "digest": "d1d1",
            "inputs": {"code": "c-train", "versions": "v-train", "seed": 1},
        },
        "figure loss.baseline": {
            "files": [],
            "inputs": {"code": "c-loss", "records": "r", "data": "d", "versions": "v-draw"},
        },
        "value baseline.n": {
            "digest": "",
            "inputs": {"code": "c-n", "records": "r", "data": "d", "versions": "v-count"},
        },
        "value baseline.solved": {
            "digest": "",
            "inputs": {"code": "c-n", "records": "r", "data": "d", "versions": "v-count"},
        },
    },
    "details": {
        "r": {"baseline/0": "d0d0", "baseline/1": "d1d1"},
        "v-train": {"python": "3.13.1", "torch": "2.9.0"},
        "v-draw": {"matplotlib": "3.10"},
        "v-count": {"scipy": "1.16"},
    },
}
SOURCE = """# Loss

{{ value("baseline.solved") }} seeds of {{ value("baseline.n") }}.

{{ figure("loss.baseline") }}

{{ table("data") }}
"""
GOLDEN = """# Loss

<span class="value" title="n = 3 &quot;seeds&quot;" tabindex="0">2 of 3</span> seeds of <span class="value">3</span>.

<figure class="xo-figure" id="figure-loss.baseline" markdown="1">

![two curves &#91;of loss&#93;](../figures/loss.baseline.light.svg#only-light){ width="700" height="400" loading="lazy" }
![two curves &#91;of loss&#93;](../figures/loss.baseline.dark.svg#only-dark){ width="700" height="400" loading="lazy" }

<figcaption markdown="span">A thin line per seed.</figcaption>

<details class="origin" markdown="1"><summary>Where this figure comes from</summary>

```bash
python -m report_builder figure loss.baseline
```

Rests on 2 runs on the data set xo (`d`): baseline 0–1.

Code: drawing `c-loss`; training `c-train`.

Versions: drawing matplotlib 3.10; training python 3.13.1, torch 2.9.0.

[Data (CSV)](../figures/loss.baseline.csv)

</details>

</figure>

| Class | Images |
| :--- | ---: |
| circles&#124;O | 8 |
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
    used = {"value baseline.n", "value baseline.solved", "figure loss.baseline", "table data"}
    assert pages.render(docs, report, tmp_path / "out") == [
        ("en/xo/training.md", "en/xo/training.md", used)
    ]
    assert (tmp_path / "out" / "en" / "xo" / "training.md").read_text() == GOLDEN
    assert (
        tmp_path / "out" / "en" / "figures" / "loss.baseline.dark.svg"
    ).read_text() == "<svg>endark</svg>"
    assert (tmp_path / "out" / "en" / "figures" / "loss.baseline.csv").exists()
    assert (tmp_path / "out" / "assets" / "xo.css").read_text() == "a {}"


def test_a_page_speaks_its_own_language(docs, report, tmp_path):
    (docs / "zh" / "index.md").write_text(
        '{{ value("baseline.solved") }}\n\n{{ figure("loss.baseline") }}\n\n{{ table("data") }}'
    )
    pages.render(docs, report, tmp_path / "out")
    text = (tmp_path / "out" / "zh" / "index.md").read_text()
    for words in (
        "3 个种子中的 2 个",
        "![两条曲线](figures/loss.baseline.light.svg#only-light)",
        "细线是种子。",
        "这张图的来历",
        "| 圆 | 8 |",
    ):
        assert words in text


def test_a_value_leads_to_its_row_where_the_site_has_the_page_of_values(docs, report, tmp_path):
    (docs / "en" / "evidence").mkdir()
    (docs / "en" / "evidence" / "values.md").write_text(
        "{% for section in value_sections() %}## {{ section.title }}\n\n{{ values_of(section.name) }}\n{% endfor %}"
    )
    report["values"]["baseline.solved"]["text"]["en"] = "2 of 3 [1, 3]"
    (docs / "en" / "xo" / "training.md").write_text(SOURCE)
    pages.render(docs, report, tmp_path / "out")
    page = (tmp_path / "out" / "en" / "xo" / "training.md").read_text()
    assert (
        '[2 of 3 &#91;1, 3&#93;](../evidence/values.md#baseline.solved){ .value title="n = 3 &quot;seeds&quot;" } seeds of '
        "[3](../evidence/values.md#baseline.n){ .value }."
    ) in page
    assert "on the data set xo (`d`): [baseline 0–1](../evidence/values.md#runs-baseline)." in page
    values = (tmp_path / "out" / "en" / "evidence" / "values.md").read_text()
    for words in (
        "## Baseline",
        "```bash\npython -m report_builder value baseline.n\n```",
        '<tr id="baseline.solved">',
        "<td>2 of 3 &#91;1, 3&#93;</td><td>n = 3 &quot;seeds&quot;</td><td><code>c-n</code></td>",
        'id="runs-baseline"',
        "<code>baseline/1-k1</code> d1d1",
        "Versions: counting scipy 1.16; training python 3.13.1, torch 2.9.0.",
    ):
        assert words in values, words
    lines = (tmp_path / "out" / "en" / "evidence" / "values.csv").read_text().splitlines()
    assert lines[2] == (
        'baseline.solved,"2 of 3 [1, 3]","n = 3 ""seeds""",baseline 0–1,d,c-n,scipy 1.16,'
        "python -m report_builder value baseline.solved"
    )


def test_what_shows_a_demonstration_says_what_computed_it_and_from_which_runs(
    docs, report, tmp_path
):
    (docs / "en" / "evidence").mkdir()
    (docs / "en" / "evidence" / "values.md").write_text('{{ values_of("demonstrations") }}')
    report["values"] = {
        "windows.sum": {"text": {"en": "1.5"}, "note": {"en": ""}},
        "shifts.images": {"text": {"en": "8"}, "note": {"en": ""}},
    }
    report["details"] |= {
        "w": {"windows": "x"},
        "s": {"shifts": "y"},
        "one": {"baseline/1": "d1d1"},
    }
    inputs = {"code": "c-facts", "data": "d", "versions": "v-count"}
    report["artefacts"] |= {
        "demonstration windows": {
            "digest": "x",
            "inputs": {"code": "c-windows", "versions": "v-train", "records": "one"},
        },
        "demonstration shifts": {
            "digest": "y",
            "inputs": {"code": "c-shifts", "versions": "v-train", "records": "r"},
        },
        "value windows.sum": {
            "digest": "",
            "inputs": inputs | {"records": "one", "demonstrations": "w"},
        },
        "value shifts.images": {
            "digest": "",
            "inputs": inputs | {"records": "r", "demonstrations": "s"},
        },
        "figure loss.baseline": {
            "files": [],
            "inputs": {
                "code": "c-loss",
                "records": "one",
                "demonstrations": "w",
                "versions": "v-draw",
            },
        },
    }
    (docs / "en" / "xo" / "training.md").write_text('{{ figure("loss.baseline") }}')
    pages.render(docs, report, tmp_path / "out")
    page = (tmp_path / "out" / "en" / "xo" / "training.md").read_text()
    assert (
        "From the demonstration `windows`. Rests on 1 run on the data set xo (`d`): [baseline 1](../evidence/values.md#runs-baseline)."
        in page
    )
    assert "Code: drawing `c-loss`; demonstration `c-windows`; training `c-train`." in page
    values = (tmp_path / "out" / "en" / "evidence" / "values.md").read_text()
    parts = values.split("### ")[1:]
    assert [part.split()[0] for part in parts] == ["windows", "shifts"]
    assert (
        "baseline 1." in parts[0]
        and 'id="windows.sum"' in parts[0]
        and "baseline 0–1." in parts[1]
        and 'id="shifts.images"' in parts[1]
    )


def test_without_a_report_every_result_names_the_command_that_makes_it(docs, tmp_path):
    (docs / "zh" / "index.md").write_text(SOURCE)
    pages.render(docs, {}, tmp_path / "out")
    text = (tmp_path / "out" / "zh" / "index.md").read_text()
    assert text.count("python -m report_builder build") == 4


def test_one_page_per_variant_from_one_template(docs, report, tmp_path):
    (docs / "en" / "variants").mkdir()
    (docs / "en" / "variants" / "_variant.md").write_text(
        "# {{ variant.title }}: {{ variant.convolutions }}\n"
    )
    assert len(pages.render(docs, report, tmp_path / "out")) == len(VARIANTS)
    assert (
        tmp_path / "out" / "en" / "variants" / "three-conv.md"
    ).read_text() == "# Three convolutions: 3\n"
    assert not (tmp_path / "out" / "en" / "variants" / "_variant.md").exists()


@pytest.mark.parametrize(
    "text, message",
    [
        (
            '\n\n{{ value("baseline.accuracy") }}',
            r"page.md:3: value 'baseline.accuracy' is not known; known are baseline.n, base",
        ),
        ('\n{{ figure("los") }}', r"page.md:2: figure 'los' is not known; known are loss.baseline"),
        ('{{ table("x") }}', r"page.md:1: table 'x' is not known; known are data"),
        ("\n\n\n{% if %}", r"page.md:4: "),
        ("\n{{ vale(1) }}", r"page.md:2: 'vale' is undefined"),
    ],
)
def test_a_template_that_does_not_render_names_file_and_line(docs, report, tmp_path, text, message):
    (docs / "en" / "page.md").write_text(text)
    with pytest.raises(InputError, match=message):
        pages.render(docs, report, tmp_path / "out")


def test_what_pages_use_is_known_before_it_is_drawn(docs, report):
    (docs / "en" / "index.md").write_text(
        '{{ figure("samples") }}{{ figure("loss." ~ "baseline") }}{{ value("baseline.n") }}'
    )
    assert pages.figure_pages(
        docs, {name: report[name] for name in ("study", "data", "drawable")}
    ).keys() == {"samples", "loss.baseline"}


def test_a_figure_is_linked_to_only_where_it_is_shown(docs, report, tmp_path):
    (docs / "en" / "index.md").write_text(
        "".join(
            f'{{{{ figure_link("{name}", "See") }}}}\n'
            for name in ("loss.baseline", "loss.features", "shifts", "samples")
        )
    )
    (docs / "en" / "xo" / "training.md").write_text(
        '{{ figure("loss.baseline") }}{{ figure("loss.features") }}{{ figure("shifts") }}'
    )
    report["not_shown"] = {"figure shifts": {"zh": "图像太小", "en": "images are too small"}}
    report["figure_pages"] = pages.figure_pages(
        docs,
        {name: report[name] for name in ("study", "data", "variants", "drawable", "not_shown")},
    )
    pages.render(docs, report, tmp_path / "out")
    assert (tmp_path / "out" / "en" / "index.md").read_text().splitlines()[:4] == [
        "[See](xo/training.md#figure-loss.baseline)",
        f"The study default has no run of “{VARIANTS['features'].en}” yet.",
        "No figure here: images are too small.",
        "See",
    ]
    pages.render(docs, {}, tmp_path / "out")
    assert (tmp_path / "out" / "en" / "index.md").read_text().splitlines()[:4] == ["See"] * 4


def test_a_folder_of_pages_that_no_one_knew_of_comes_after_the_known_ones(docs, report, tmp_path):
    head = {name: report[name] for name in ("study", "data", "drawable")}
    for folder in ("", "a-new-one", "xo"):
        (docs / "en" / folder).mkdir(exist_ok=True)
        (docs / "en" / folder / "page.md").write_text(
            '{{ figure("samples") }}{{ figure("loss.baseline") }}'
            if folder != "xo"
            else '{{ figure("samples") }}'
        )
    assert pages.figure_pages(docs, head) == {
        "samples": "xo/page.md",
        "loss.baseline": "a-new-one/page.md",
    }


def test_a_claim_that_only_the_list_of_all_claims_states_is_a_fault(docs, report):
    both = {"zh": "x", "en": "x"}
    report["claims"] = {
        name: {"verdict": "supported", "says": both, "numbers": both}
        for name in ("used", "unused", "of-the-embedded-data")
    }
    report["data"]["embedded"] = False
    (docs / "en" / "evidence").mkdir()
    (docs / "en" / "evidence" / "claims.md").write_text(
        "{% for claim in claims() %}{{ claim.says }}{% endfor %}"
    )
    (docs / "en" / "index.md").write_text(
        '{{ claim("used") }}{% if embedded %}{{ claim("of-the-embedded-data") }}{% endif %}'
    )
    (fault,) = pages.faults(docs, report)
    assert fault.startswith("claim 'unused' is used on no page but evidence/claims.md")


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
