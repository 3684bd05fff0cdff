"""What is checked by what, counted in one build: the tables `checked` and `legibility` of the page
that says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from report_builder.checks import exercises, prose
from report_builder.checks.legibility import legibility
from report_builder.checks.relations import RELATIONS
from report_builder.evidence.references import literature, references
from report_builder.pages.render import PageRequest
from report_builder.results.claims import CLAIMS
from report_builder.results.forms import Column, table
from report_builder.results.report import VERDICT_NAMES, Report, Table
from report_builder.text import Text, count, plural
from xo.store.source_digest import ROOT

TABLES = ("checked", "legibility")
SENTENCE = re.compile(r"[^。！？.!?\s][^。！？.!?]{3,}(?:[。！？]|[.!?](?=\s|$))")


class Check(NamedTuple):
    """A check of the project: what of, what it asks, where it is, and what it looked at."""

    subject: Text
    question: Text
    place: str  # module, or folder of tests
    looked_at: Text


DATA, ARITHMETIC = Text("数据", "Data"), Text("算术", "Arithmetic")
STATISTICS, PROSE = Text("统计", "Statistics"), Text("文字", "Prose")
FIGURES, REPRODUCTION = Text("图", "Figures"), Text("复现", "Reproduction")


def with_coverage(report: Report, docs: Path, requests: Iterable[PageRequest]) -> Report:
    """The report with those of TABLES that a page requests."""
    requests = list(requests)
    asked = {name for page in requests for name in page.results}
    tables = dict(report.tables)
    if "table checked" in asked:
        tables["checked"] = checked(report, docs, requests)
    if "table legibility" in asked:
        tables["legibility"] = legibility(report)
    return msgspec.structs.replace(report, tables=tables)


def checked(report: Report, docs: Path, requests: Iterable[PageRequest]) -> Table:
    """A row for every check."""
    columns = [
        Column(Text("对象", "Of")),
        Column(Text("检查什么", "What is asked")),
        Column(Text("由谁检查", "Checked by")),
        Column(Text("这次构建看了多少", "Looked at in this build")),
    ]
    return table(columns, _checks(report, docs, list(requests)))


def _checks(report: Report, docs: Path, requests: list[PageRequest]) -> Iterator[Check]:
    yield from _of_data(report)
    for relation in RELATIONS:
        pairs = sum(1 for _ in relation.pairs(report))
        looked_at = Text(f"{pairs:,} 对数", plural(pairs, "pair of numbers", "pairs of numbers"))
        yield Check(ARITHMETIC, relation.words, "report_builder.checks.relations", looked_at)
    yield from _of_statistics(report)
    yield from _of_prose(report, docs, requests)
    yield from _of_figures(report)
    yield from _of_reproduction(report)


def _of_data(report: Report) -> Iterator[Check]:
    images = [report.values[f"data.{part}_images"].text.en for part in ("train", "test")]
    yield Check(
        DATA,
        Text("图像可读，尺寸、类别和划分一致", "images are readable; sizes, classes, split agree"),
        "xo.data.load",
        Text(f"{images[0]} + {images[1]} 幅图像", f"{images[0]} + {images[1]} images"),
    )
    yield _tests(
        DATA,
        Text("生成的图像逐位相同，数据卡的统计不变", "images are drawn the same to the last bit"),
        "tests/xo/data",
    )


def _of_statistics(report: Report) -> Iterator[Check]:
    verdicts = Counter(claim.verdict for claim in report.claims.values())
    listed = [Text(f"{n} 条", f"{n} ") + VERDICT_NAMES[v] for v, n in verdicts.items()]
    yield Check(
        STATISTICS,
        Text("论断由记录判定", "claims are decided by records"),
        "report_builder.results.claims",
        Text("，".join(text.zh for text in listed), ", ".join(text.en for text in listed)),
    )
    yield _tests(
        STATISTICS,
        Text(
            "区间和检验与手算、scipy 相同", "intervals and tests agree with sums by hand and scipy"
        ),
        "tests/report_builder/evidence",
    )
    yield _tests(
        STATISTICS,
        Text("人造的记录换了，判定、值和表跟着变", "verdicts and values follow made-up records"),
        "tests/report_builder/results",
    )


def _of_prose(report: Report, docs: Path, requests: list[PageRequest]) -> Iterator[Check]:
    files = prose.files_with_prose(docs)
    sentences = sum(
        len(SENTENCE.findall(passage.text)) for file in files for passage in prose.passages(file)
    )
    yield Check(
        PROSE,
        Text("没有打进去的结果", "no result is typed in"),
        "report_builder.checks.typed_numbers",
        Text(
            f"{len(files)} 个文件的 {sentences:,} 句",
            f"{sentences:,} sentences, {len(files)} files",
        ),
    )
    asked = Counter(name.partition(" ")[0] for page in requests for name in page.results)
    yield Check(
        PROSE,
        Text("页面引用的数都有", "every value that pages quote exists"),
        "report_builder.pages.render",
        Text(
            f"引用 {asked['value']:,} 处，共有 {len(report.values):,} 个值",
            f"{asked['value']:,} uses of {len(report.values):,} values",
        ),
    )
    yield Check(
        PROSE,
        Text("措辞与判定相符，论断都用到", "wording fits the verdict; every claim is used"),
        "report_builder.pages.render",
        Text(
            f"引用 {asked['claim']:,} 处，共有 {len(CLAIMS)} 条论断",
            f"{asked['claim']:,} uses of {len(CLAIMS)} claims",
        ),
    )
    pages = {page.path.partition("/")[2] for page in requests}
    yield Check(
        PROSE,
        Text(
            "两种语言同样的标题、结果和链接",
            "both languages have the same headings, results, links",
        ),
        "report_builder.checks.languages",
        Text(f"{len(pages)} 对页面", plural(len(pages), "pair of pages", "pairs of pages")),
    )
    asked_for = exercises.count_exercises(docs)
    yield Check(
        PROSE,
        Text(
            "每页都有三种练习，每题都有答案",
            "pages have exercises of three kinds, each with an answer",
        ),
        "report_builder.checks.exercises",
        Text(
            f"{len(asked_for)} 个页面的 {sum(asked_for):,} 道题",
            f"{sum(asked_for):,} exercises, {len(asked_for)} pages",
        ),
    )
    yield Check(
        PROSE,
        Text("链接和锚点都通", "links and anchors lead somewhere"),
        "report_builder.site.publish",
        Text(f"{len(requests)} 个页面", f"{len(requests)} pages"),
    )
    known, cited = references(), asked["reference"] + asked["literature"]
    identifiers = sum(
        bool(each) for row in known.values() for each in (row.doi, row.arxiv, row.isbn)
    )
    yield Check(
        PROSE,
        Text(
            "引用有条目，条目有人引用，编号合规",
            "citations have entries, entries are cited, well formed",
        ),
        "report_builder.checks.references",
        Text(
            f"{len(known)} 条文献，{identifiers} 个编号，{len(literature())} 个引来的数，"
            f"引用 {cited} 处",
            f"{len(known)} references, {identifiers} identifiers, "
            f"{len(literature())} quoted numbers, {cited} citations",
        ),
    )


def _of_figures(report: Report) -> Iterator[Check]:
    figures = report.figures.values()
    things = {thing for figure in figures for thing in figure.colors}
    yield Check(
        FIGURES,
        Text("字够大，两种颜色分得开", "text is large enough; two colors lie apart"),
        "report_builder.checks.legibility",
        Text(
            f"{len(figures)} 幅图，{len(things)} 种颜色",
            f"{count(len(figures))} figures, {len(things)} colors",
        ),
    )
    yield _tests(
        FIGURES,
        Text("字不重叠、不出界，颜色够深", "text neither overlaps nor leaves; colors can be read"),
        "tests/report_builder/figures",
    )


def _of_reproduction(report: Report) -> Iterator[Check]:
    runs = len(report.run_names)
    yield Check(
        REPRODUCTION,
        Text(
            "记录与写下时一样（每次使用都重算摘要）", "records are as written, rehashed at each use"
        ),
        "report_builder.checks.integrity",
        Text(f"{runs:,} 份记录", f"{runs:,} records"),
    )
    yield Check(
        REPRODUCTION,
        Text(
            "重新训练得到同样的数（命令 verify --sample）",
            "training again gives the same (verify --sample)",
        ),
        "report_builder.checks.retrain",
        Text("构建时不做", "not part of a build"),
    )
    yield Check(
        REPRODUCTION,
        Text("页面上的代码和笔记本真的运行过", "code on pages and notebooks has really run"),
        "report_builder.pages.code_outputs",
        Text(
            f"{len(report.code_outputs)} 段代码，{len(report.notebooks)} 个笔记本",
            f"{len(report.code_outputs)} pieces of code, {len(report.notebooks)} notebooks",
        ),
    )
    yield Check(
        REPRODUCTION,
        Text("每样东西都记下由什么算出", "everything notes what it was made from"),
        "report_builder.site.manifest",
        Text(f"{len(report.provenance):,} 样", f"{len(report.provenance):,} things"),
    )


def _tests(subject: Text, question: Text, folder: str) -> Check:
    """A check that only the tests make: how many functions they are."""
    n = sum(
        len(re.findall(r"^def test_", file.read_text(encoding="utf-8"), re.MULTILINE))
        for file in sorted((ROOT / folder).rglob("test_*.py"))
    )
    return Check(subject, question, folder, Text(f"{n} 个测试", f"{n} tests"))
