"""The edition: one document with all that the site says, that needs nothing else, and its PDF."""

from __future__ import annotations

import re
import sys
from html import escape
from pathlib import Path
from urllib.parse import unquote

import pytest
from selectolax.lexbor import LexborHTMLParser

from report_builder.checks.integrity import check_site
from report_builder.results.report import Report
from report_builder.site.edition import make as editions
from report_builder.site.edition import printing
from report_builder.site.edition.make import Edition, html_name, pdf_name, plan
from report_builder.site.manifest import read_manifest
from report_builder.site.publish import publish
from report_builder.site.published_site import is_published, offers
from report_builder.text import LANGUAGES

from .conftest import Project

HTML_ONLY = Edition(None, ())
MEDIA = "img, script, link, source, iframe, video, audio, embed, object, use[href^='http']"


def made(project: Project, edition: Edition | None) -> str:
    """Publishes, and returns what went wrong with the edition."""
    return publish(project.docs, project.site, project.config, edition).failure


def browser(folder: Path, script: str) -> str:
    """A program that takes the options of one; `out` is the PDF it is to write."""
    program = folder / "browser"
    program.write_text(
        f"#!{sys.executable}\nimport sys, pathlib\n"
        "out = pathlib.Path(next(o for o in sys.argv if o.startswith('--print-to-pdf='))[15:])\n"
        f"{script}\n"
    )
    program.chmod(0o755)
    return str(program)


@pytest.fixture
def printer(tmp_path: Path) -> str:
    return browser(tmp_path, "out.write_bytes(b'%PDF-1.4\\n%%EOF\\n')")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_of_the_whole_site_is_complete_and_needs_nothing_else(smoke, language):
    site, root = smoke / "site", smoke / "site" / ("" if language == "zh" else language)
    chapters = editions.Chapters(root, language)
    text = editions._document(chapters, language, site, Report(), "0123456789abcdef")
    tree = LexborHTMLParser(text)
    assert tree.css_first("html").attributes["lang"].startswith(language)
    # every page is a chapter, in the order that the contents give
    pages = {
        page.parent.relative_to(root).as_posix().removeprefix(".") or "home"
        for page in root.rglob("index.html")
        if language == "en" or "en" not in page.relative_to(root).parts
    }
    found = [node.attributes["id"] for node in tree.css("section.chapter")]
    assert len(found) == len(pages) and set(found) == pages
    listed = [link.attributes["href"][1:] for link in tree.css(".contents a")]
    assert [anchor for anchor in listed if anchor in pages] == found
    assert found.index("concepts/pooling") < found.index("xo/data") < found.index("evidence/claims")
    # it takes nothing from elsewhere, and runs nothing
    assert [node.html[:200] for node in tree.css(MEDIA) if not is_data(node)] == []
    assert [node.html[:200] for node in tree.css("svg [href]:not([href^='#'])")] == []
    assert re.findall(r"url\((?!\"?data:|\"?#)[^)]{0,80}", text) == []
    assert not re.search(r"<[^>]* on\w+=", text) and "@import" not in text
    # every link leads to a place within it, or on purpose to another site
    anchors = [node.attributes["id"] for node in tree.css("[id]")]
    assert len(anchors) == len(set(anchors))
    targets = {link.attributes["href"] for link in tree.css("a[href]")}
    within = {unquote(target[1:]) for target in targets if target.startswith("#")}
    assert len(within) > 500 and within <= set(anchors)
    assert all(re.match("https?://", each) for each in targets if not each.startswith("#"))
    # figures are drawings, formulas stay, folds are open, widgets are still
    figures = tree.css("figure.xo-figure")
    assert len(figures) > 100 and all(node.css_first("svg, img") for node in figures)
    assert len(tree.css("figure svg[role=img][aria-label]")) > 50
    assert len(tree.css("math")) > 300
    assert not tree.css("details:not([open])")
    assert len(tree.css(".interactive")) == len(tree.css(".xo-interactive")) > 5
    # the names that a drawing uses are its own
    for drawing in tree.css("svg"):
        own = {node.attributes["id"] for node in drawing.css("[id]")}
        assert set(re.findall(r"(?:href=\"#|url\(#)([^\")]+)", drawing.html)) == own


def is_data(node) -> bool:
    return (node.attributes.get("src") or "").startswith("data:")


def test_the_site_offers_its_edition_only_while_asked_to(project, printer):
    assert made(project, HTML_ONLY) == ""
    names = [html_name(language) for language in LANGUAGES]
    assert is_published(project.site) and offers(project.site, HTML_ONLY)
    assert set(names) <= read_manifest(project.site).files.keys()
    assert f'href="{names[0]}"' in project.page("index.html")
    assert f'href="../{names[1]}"' in project.page("en/index.html") and ".pdf" not in project.page(
        "index.html"
    )
    before = [(project.site / name).read_bytes() for name in names]
    assert made(project, None) == ""
    assert not any((project.site / name).exists() for name in names)
    assert "xo-edition" not in project.page("index.html") and offers(project.site, None)
    # with a browser the HTML is the same, byte for byte
    full = Edition(printer, LANGUAGES)
    assert made(project, full) == "" and offers(project.site, full)
    assert [(project.site / name).read_bytes() for name in names] == before
    assert f'href="{pdf_name("zh")}"' in project.page("index.html")
    assert publish(project.docs, project.site, project.config, full).changed is False


def test_a_print_has_to_be_there_and_its_bytes_are_not_compared(project, printer):
    full = Edition(printer, LANGUAGES)
    made(project, full)
    manifest = read_manifest(project.site)
    assert set(manifest.printed) == set(map(pdf_name, LANGUAGES))
    assert not manifest.files.keys() & set(manifest.printed)
    pdf = project.site / pdf_name("en")
    pdf.write_bytes(b"%PDF-1.7\nof another browser\n%%EOF\n")
    assert is_published(project.site)
    assert check_site(str(project.site)).problems == []
    pdf.unlink()
    assert not is_published(project.site)
    assert check_site(str(project.site)).problems == [f"{pdf}: missing"]
    made(project, full)
    assert is_published(project.site) and pdf.exists()


def test_a_browser_that_fails_costs_the_pdf_and_one_line(project, tmp_path):
    script = "print('no such option', file=sys.stderr); sys.exit(3)"
    failure = made(project, Edition(browser(tmp_path, script), LANGUAGES))
    assert "status 3: no such option" in failure and "report.zh.pdf" in failure
    assert "\n" not in failure
    assert is_published(project.site) and offers(project.site, HTML_ONLY)
    assert ".pdf" not in project.page("index.html")


@pytest.mark.parametrize("script", ["out.write_bytes(b'%PDF-1.4 and then the disk was full')", ""])
def test_what_is_no_whole_pdf_is_none(tmp_path, script):
    document, out = tmp_path / "report.html", tmp_path / "report.pdf"
    document.write_text("<p>text</p>")
    assert "status 0" in printing.print_pdf(browser(tmp_path, script), document, out)
    assert not out.exists()


def test_what_a_machine_lacks_for_a_pdf_is_one_line(monkeypatch, printer):
    monkeypatch.setattr(editions, "find_browser", lambda: None)
    edition, lacking = plan()
    assert edition == HTML_ONLY and "no browser" in lacking and "\n" not in lacking
    monkeypatch.setattr(editions, "find_browser", lambda: printer)
    monkeypatch.setattr(editions, "lacks_chinese", lambda: True)
    edition, lacking = plan()
    assert edition.printed == ("en",) and "Chinese" in lacking and "\n" not in lacking
    monkeypatch.setattr(editions, "lacks_chinese", lambda: False)
    assert plan() == (Edition(printer, LANGUAGES), "")


def test_links_to_what_is_no_page_become_words(project):
    project.add("zh/xo/data.md", "\n[数](../figures/samples.dark.svg) [外](https://example.org/)\n")
    made(project, HTML_ONLY)
    text = project.page(html_name("zh"))
    assert '数 <a href="https://example.org/">外</a>' in text
    assert 'href="#xo/data:counts"' in text  # from the home page and from the notebook


def test_a_title_cannot_end_the_style_or_open_a_tag(project):
    odd = '</style><script>alert(1)</script> "\\'
    for page in ("index.md", "xo/data.md"):
        text = (project.docs / "en" / page).read_text("utf-8")
        project.write(f"en/{page}", text.replace("title: ", f"title: '{escape(odd)}'\nwas: ", 1))
    made(project, HTML_ONLY)
    tree = LexborHTMLParser(project.page(html_name("en")))
    assert not tree.css("script") and len(tree.css("style")) == 1
    assert odd in [link.text() for link in tree.css(".contents a")]


@pytest.mark.skipif(not printing.find_browser(), reason="no browser to print with")
def test_a_browser_prints_a_pdf_with_pages(project, tmp_path):
    made(project, HTML_ONLY)
    for language in LANGUAGES:
        out = tmp_path / f"{language}.pdf"
        document = project.site / html_name(language)
        assert printing.print_pdf(printing.find_browser(), document, out) == ""
        content = out.read_bytes()
        # title, contents, home, the part, its two chapters, the end
        assert len(re.findall(rb"/Type\s*/Page\b", content)) >= 7
        assert content.startswith(b"%PDF-") and b"/Outlines" in content
        # the contents have the pages on which chapters stand, and having them moves no chapter
        numbers = printing.page_numbers(out)
        part = next(name for name in numbers if name.startswith("part:"))
        chapters = ["home", part, "xo/data", "hands-on/by-hand"]
        assert [numbers[name] for name in chapters] == [3, 4, 5, 6]
        once = tmp_path / "once.pdf"
        assert printing._print(printing.find_browser(), document, once) == ""
        assert printing.page_numbers(once) == numbers
        assert len(content) > once.stat().st_size


def test_of_a_pdf_that_cannot_be_read_no_page_number_is_guessed(tmp_path):
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-2.0\n/home [3 0 R /XYZ 0 0 0]\n%%EOF\n")
    assert printing.page_numbers(broken) == {}
