"""What the functions of a page write, where test_render's golden page does not show it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from report_builder.assemble import outline
from report_builder.figures.table import FIGURES
from report_builder.pages.functions import PageFunctions
from report_builder.pages.render import page_requests
from report_builder.results.report import AttachedRuns, Report, RunCounts
from report_builder.text import Text, same
from xo.demonstrations.table import DEMONSTRATIONS
from xo.errors import InputError
from xo.store.source_digest import ROOT
from xo.store.store import Store


def test_the_page_holds_all_data_of_a_widget_and_the_picture_it_stands_for():
    content = {"title": "</script><b>", "image": ["00"]}
    page = PageFunctions(
        Report(widgets={"stepper": content}), "en", "concepts/local.md", "concepts/local.md", False
    )
    text = page.widget("stepper")
    (inside,) = re.findall(r'<script type="application/json">(.*?)</script>', text)
    assert json.loads(inside) == content
    for script in ("lab/engine/layers", "widgets/common", "widgets/stepper"):
        assert f'src="../../../assets/{script}.js"' in text
    assert "sliding-window has not been made yet" in text and page.requests == {
        "widget stepper",
        "figure sliding-window",
    }


def test_a_widget_without_data_is_its_picture_and_an_unknown_one_an_error():
    page = PageFunctions(Report(), "zh", "concepts/local.md", "concepts/local.md", False)
    assert page.widget("stepper") == page.figure("sliding-window")
    with pytest.raises(
        InputError, match="widget 'stopper': not known .did you mean stepper.*; known are .*stepper"
    ):
        page.widget("stopper")


@pytest.mark.parametrize(
    "address, source",
    [
        ("https://host/report/runs-full.zip", "'https://host/report/runs-full.zip#sha256=12ab'"),
        ("runs-full.zip", "runs-full.zip"),  # the site's address is not known: fetched by hand
    ],
)
def test_attached_runs_have_an_address_a_size_a_digest_and_a_command(address: str, source: str):
    attached = AttachedRuns(
        name="runs-full.zip",
        file="build/runs-full.zip",
        address=address,
        runs=240,
        bytes=52_340_000,
        sha256="12ab",
    )
    report = Report(study="full", attached_runs=attached)
    for language, link in (("zh", "../../runs-full.zip"), ("en", "../../../runs-full.zip")):
        page = PageFunctions(report, language, "hands-on/it.md", "hands-on/it.md", False)
        text = page.attached_runs()
        assert f'href="{link}"' in text
        assert all(words in text for words in ("52.3 MB", "`12ab`", " 240 ", f">{address}<"))
        assert f"\nmake report RUNS={source} STUDY=full\n" in text


def test_without_attached_runs_the_page_says_how_to_attach_them():
    text = PageFunctions(Report(), "en", "it.md", "it.md", False).attached_runs()
    assert "\npython -m report_builder build --study full --attach-runs\n" in text


def test_a_page_says_of_which_networks_no_seed_solved_its_task(make_evidence):
    evidence = make_evidence(solving=0)
    report = outline(evidence, RunCounts(36, 36), Store(Path("runs")))
    assert set(report.unsolved) == set(evidence.records)

    def text(report: Report, language: str) -> str:
        page = PageFunctions(report, language, "concepts/pooling.md", "concepts/pooling.md", False)
        return page.unsolved("trained-pooling", "baseline")

    assert "no seed of “Trained pooling” and none of “Baseline” solved" in text(report, "en")
    assert "“可训练池化”、“基准网络”没有一个种子学会任务" in text(report, "zh")
    for language in ("zh", "en"):  # both lines are of the box
        head, *body = text(report, language).split("\n")
        assert head.startswith("!!! warning") and len(list(filter(None, body))) == 1
        assert all(line.startswith("    ") for line in body if line)
    some = Report(unsolved=("baseline",))
    assert "“Baseline”" in text(some, "en") and "Trained" not in text(some, "en")
    assert text(Report(), "en") == ""


def test_a_page_that_shows_weights_names_the_networks_whose_they_are():
    """Of a demonstration, or what is inside a network."""
    inside = ("one-image", "mistakes", "kernels-conv1", "kernels-conv2", "maps1", "maps2", "maps3")
    of_study = {"levels": ("features",), "passage": ("baseline",)}
    shown = 0
    for page in page_requests(ROOT / "docs", Report()):
        named = {each.partition(" ")[2] for each in page.results if each.startswith("network ")}
        for kind, _, name in (each.partition(" ") for each in page.results):
            if kind == "figure":
                figure, _, variant = name.partition(".")
                demonstration, used = FIGURES[figure].demonstration, of_study.get(figure, ())
                if demonstration and demonstration != "convolution":  # which shows sizes alone
                    used = DEMONSTRATIONS[demonstration].variants
                needed = {*used, *([variant] if figure in inside else [])}
                assert needed <= named, (page.path, name)
                shown += bool(needed)
    assert shown > 20


def test_the_page_of_references_names_the_pages_that_cite_each():
    titles = {"concepts/local.md": Text("C1 局部感知", "C1 Local"), "xo/data.md": same("X1")}
    report = Report(cited_on={"hubel-1962": titles})
    page = PageFunctions(report, "en", "appendix/references.md", "appendix/references.md", False)
    first, *others = page.references("concepts").splitlines()
    assert first == (
        '- <span id="hubel-1962"></span>Hubel, D. H., &amp; Wiesel, T. N. (1962). *Receptive '
        "fields, binocular interaction and functional architecture in the cat&#x27;s visual "
        "cortex*. Journal of Physiology 160, 106–154. [doi:10.1113/jphysiol.1962.sp006837]"
        "(<https://doi.org/10.1113/jphysiol.1962.sp006837>). Receptive fields in the visual cortex "
        "([C1 Local](../concepts/local.md), [X1](../xo/data.md))."
    )
    assert others and all("](../" not in line for line in others)


def test_a_citation_leads_to_its_entry_and_a_number_says_where_it_stands():
    page = PageFunctions(Report(), "zh", "concepts/local.md", "concepts/local.md", False)
    assert page.cite("zhang-2019") == (
        "[Zhang 2019](../appendix/references.md#zhang-2019 "
        '"Making convolutional networks shift-invariant again")'
    )
    assert page.literature("lecun-1998.parameters") == (
        '[60,000](../appendix/references.md#lecun-1998 "LeCun 等 1998，第 II.B 节")'
    )
    assert "<span id=" not in page.sources("wilson-1927")
    assert page.requests == {
        "reference zhang-2019",
        "literature lecun-1998.parameters",
        "reference wilson-1927",
    }
    for unknown in (page.cite, page.sources, page.literature):
        with pytest.raises(InputError, match="'nobody-1900': not known.*; known are "):
            unknown("nobody-1900")
