"""Golden pages: a source, a report of a few lines, and the Markdown that must come of them."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from msgspec.structs import replace

from report_builder.pages import render as pages
from report_builder.pages import templating
from report_builder.results.report import (
    DataSetName,
    DecidedClaim,
    DrawnFigure,
    Provenance,
    Report,
    Table,
    Value,
)
from report_builder.text import EMPTY, Text, same
from xo.errors import InputError
from xo.store.store import Store
from xo.variants import VARIANTS

EMBEDDED = DataSetName("xo", "d", embedded=True)
DRAWN = DrawnFigure(
    kind="svg",
    folder="FOLDER",
    command="python -m report_builder figure loss.baseline",
    title=Text("损失", "Loss"),
    alt=Text("两条曲线", "two curves [of loss]"),
    caption=Text("细线是种子。", "A thin line per seed."),
    sizes={"zh": (700, 410), "en": (700, 400)},
    smallest_text=12.5,
    colors=("baseline", "chance"),
)
COUNTED = {"code": "c-n", "records": "r", "data": "d", "versions": "v-count"}
REPORT = Report(
    study="default",
    data=EMBEDDED,
    variants=("baseline",),
    drawable=("loss.baseline", "samples"),
    values={
        "baseline.n": Value(same("3")),
        "baseline.solved": Value(
            Text("3 个种子中的 2 个", "2 of 3"), Text("n = 3 个“种子”", 'n = 3 "seeds"')
        ),
    },
    tables={
        "data": Table(
            columns=(Text("类别", "Class"), Text("张数", "Images")),
            numeric=(False, True),
            rows=((Text("圆", "circles|O"), same("8")),),
        )
    },
    figures={"loss.baseline": DRAWN},
    run_names={"baseline/0": "baseline/0-k0", "baseline/1": "baseline/1-k1"},
    value_command="python -m report_builder value",
    provenance={
        "run baseline/0-k0": Provenance({"code": "c-train", "versions": "v-train"}, "d0d0"),
        "run baseline/1-k1": Provenance({"code": "c-train", "versions": "v-train"}, "d1d1"),
        "figure loss.baseline": Provenance(
            {"code": "c-loss", "records": "r", "data": "d", "versions": "v-draw"}
        ),
        "value baseline.n": Provenance(COUNTED),
        "value baseline.solved": Provenance(COUNTED),
    },
    details={
        "r": {"baseline/0": "d0d0", "baseline/1": "d1d1"},
        "v-train": {"python": "3.13.1", "torch": "2.9.0"},
        "v-draw": {"matplotlib": "3.10"},
        "v-count": {"scipy": "1.16"},
    },
)
CLAIM = DecidedClaim(
    place="ours",
    statement=same("x"),
    verdict="supported",
    wording=same("x"),
    numbers=same("2 of 3"),
    n=3,
    needed=EMPTY,
    figure="samples",
)
WITHOUT_RESULTS = Report(
    study="default", data=EMBEDDED, variants=("baseline",), drawable=("loss.baseline", "samples")
)
SOURCE = """# Loss

{{ value("baseline.solved") }} seeds of {{ value("baseline.n") }}.

{{ figure("loss.baseline") }}

{{ table("data") }}
"""
GOLDEN = (Path(__file__).parent / "golden.md").read_text()


@pytest.fixture
def docs(tmp_path):
    for language in ("zh", "en"):
        (tmp_path / "docs" / language / "xo").mkdir(parents=True)
    (tmp_path / "docs" / "assets").mkdir()
    (tmp_path / "docs" / "assets" / "xo.css").write_text("a {}")
    return tmp_path / "docs"


@pytest.fixture
def report(tmp_path):
    files = {
        f"{language}-{scheme}.svg": f"<svg>{language}{scheme}</svg>".encode()
        for language in ("zh", "en")
        for scheme in ("light", "dark")
    }
    files["data.csv"] = b"epoch\n1\n"
    stored = Store(tmp_path / "build").add("figure", "loss.baseline", {}, {}, files)
    drawn = replace(DRAWN, folder=str(stored.folder))
    return replace(REPORT, figures={"loss.baseline": drawn})


def test_a_page_with_all_there_is(docs, report, tmp_path):
    (docs / "en" / "xo" / "training.md").write_text(SOURCE)
    requested = {"value baseline.n", "value baseline.solved", "figure loss.baseline", "table data"}
    assert pages.render(docs, report, tmp_path / "out") == [
        ("en/xo/training.md", "en/xo/training.md", requested, ())
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
        "{% for section in value_sections() %}## {{ section.title }}\n\n"
        "{{ values_of(section.name) }}\n{% endfor %}"
    )
    solved = replace(report.values["baseline.solved"], text=same("2 of 3 [1, 3]"))
    report = replace(report, values=report.values | {"baseline.solved": solved})
    (docs / "en" / "xo" / "training.md").write_text(SOURCE)
    pages.render(docs, report, tmp_path / "out")
    page = (tmp_path / "out" / "en" / "xo" / "training.md").read_text()
    assert (
        "[2 of 3 &#91;1, 3&#93;](../evidence/values.md#baseline.solved)"
        '{ .value title="n = 3 &quot;seeds&quot;" } seeds of '
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
    counted = {"code": "c-facts", "data": "d", "versions": "v-count"}
    demonstration = {"versions": "v-train"}
    report = replace(
        report,
        values={"windows.sum": Value(same("1.5")), "shifts.images": Value(same("8"))},
        details=report.details
        | {"w": {"windows": "x"}, "s": {"shifts": "y"}, "one": {"baseline/1": "d1d1"}},
        provenance=report.provenance
        | {
            "demonstration windows": Provenance(
                demonstration | {"code": "c-windows", "records": "one"}
            ),
            "demonstration shifts": Provenance(
                demonstration | {"code": "c-shifts", "records": "r"}
            ),
            "value windows.sum": Provenance(counted | {"records": "one", "demonstrations": "w"}),
            "value shifts.images": Provenance(counted | {"records": "r", "demonstrations": "s"}),
            "figure loss.baseline": Provenance(
                {"code": "c-loss", "records": "one", "demonstrations": "w", "versions": "v-draw"}
            ),
        },
    )
    (docs / "en" / "xo" / "training.md").write_text('{{ figure("loss.baseline") }}')
    pages.render(docs, report, tmp_path / "out")
    page = (tmp_path / "out" / "en" / "xo" / "training.md").read_text()
    assert (
        "From the demonstration `windows`. Rests on 1 run on the data set xo (`d`): "
        "[baseline 1](../evidence/values.md#runs-baseline)." in page
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
    pages.render(docs, Report(), tmp_path / "out")
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
            r"page.md:3: value 'baseline.accuracy': not known; known are baseline.n, base",
        ),
        (
            '\n{{ figure("los") }}',
            r"page.md:2: figure 'los': not known .did you mean loss.baseline..; known are loss",
        ),
        ('{{ table("x") }}', r"page.md:1: table 'x': not known; known are data"),
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
    requests = pages.page_requests(docs, WITHOUT_RESULTS)
    assert pages.figure_pages(requests, report.drawable).keys() == {"samples", "loss.baseline"}


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
    report = replace(
        report,
        unavailable={"figure shifts": Text("图像太小", "images are too small")},
        figure_pages=pages.figure_pages(
            pages.page_requests(docs, WITHOUT_RESULTS), report.drawable
        ),
    )
    pages.render(docs, report, tmp_path / "out")
    assert (tmp_path / "out" / "en" / "index.md").read_text().splitlines()[:4] == [
        "[See](xo/training.md#figure-loss.baseline)",
        f"The study default has no run of “{VARIANTS['features'].en}” yet.",
        "No figure here: images are too small.",
        "See",
    ]
    pages.render(docs, Report(), tmp_path / "out")
    assert (tmp_path / "out" / "en" / "index.md").read_text().splitlines()[:4] == ["See"] * 4


def test_a_folder_of_pages_that_no_one_knew_of_comes_after_the_known_ones(docs, report, tmp_path):
    for folder in ("", "a-new-one", "xo"):
        (docs / "en" / folder).mkdir(exist_ok=True)
        (docs / "en" / folder / "page.md").write_text(
            '{{ figure("samples") }}{{ figure("loss.baseline") }}'
            if folder != "xo"
            else '{{ figure("samples") }}'
        )
    requests = pages.page_requests(docs, WITHOUT_RESULTS)
    assert pages.figure_pages(requests, report.drawable) == {
        "samples": "xo/page.md",
        "loss.baseline": "a-new-one/page.md",
    }


def test_a_claim_that_only_the_list_of_all_claims_states_is_a_fault(docs, report):
    names = ("used", "unused", "of-the-embedded-data")
    report = replace(
        report, claims=dict.fromkeys(names, CLAIM), data=replace(EMBEDDED, embedded=False)
    )
    (docs / "en" / "evidence").mkdir()
    (docs / "en" / "evidence" / "claims.md").write_text(
        "{% for claim in claims() %}{{ claim.wording }}{% endfor %}"
    )
    (docs / "en" / "index.md").write_text(
        '{{ claim("used") }}{% if embedded %}{{ claim("of-the-embedded-data") }}{% endif %}'
    )
    requests, unrendered = pages.requests_and_faults(docs, report)
    (fault,) = pages.unstated_claims(requests, report)
    assert unrendered == [] and fault.startswith(
        "claim 'unused' is used on no page but evidence/claims.md"
    )


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


def test_no_compiled_template_is_kept_where_others_may_write(tmp_path, monkeypatch):
    shared, docs = tmp_path / "shared", tmp_path / "docs"
    shared.mkdir()
    docs.mkdir()
    (docs / "page.md").write_text("{{ 1 + 1 }}")
    monkeypatch.setattr(tempfile, "tempdir", str(shared))
    assert templating.environment(docs).get_template("page.md").render() == "2"
    assert not list(shared.iterdir())


def test_what_is_rendered_again_is_as_if_from_nothing(docs, report, tmp_path, monkeypatch):
    (docs / "en" / "page.md").write_text("Before.\n")
    (docs / "en" / "xo" / "training.md").write_text(SOURCE)
    kept, out, render_page = pages.Kept(), tmp_path / "out", pages._render
    rendered: list[str] = []
    monkeypatch.setattr(
        pages, "_render", lambda *of: rendered.append(of[2].path) or render_page(*of)
    )

    def render_anew(report: Report) -> list[str]:
        """The pages that were rendered anew, with the others of last time."""
        rendered.clear()
        pages.render(docs, report, out, kept)
        anew = list(rendered)
        pages.render(docs, report, tmp_path / "from-nothing")
        assert _contents(out) == _contents(tmp_path / "from-nothing")
        return anew

    everything = ["page.md", "xo/training.md"]
    assert render_anew(report) == everything
    assert render_anew(report) == []
    (docs / "en" / "page.md").write_text("Now different.\n")
    assert render_anew(report) == ["page.md"]
    (docs / "en" / "page.md").write_text("---\ntitle: New\n---\n\nOthers may show its title.\n")
    assert render_anew(report) == everything
    other = replace(report, values=report.values | {"baseline.n": Value(same("4"))})
    assert render_anew(other) == everything
    (out / "en" / "figures" / "loss.baseline.light.svg").unlink()
    assert render_anew(other) == []


def _contents(folder: Path) -> dict[str, bytes]:
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}
