"""Makes the edition of a site that has just been built, in its folder, and links to it from the
home pages.

The same site gives the same HTML, byte for byte. A PDF is as the browser at hand prints it, with
the time of printing in it, so no digest of one is compared.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from html import escape
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup

from report_builder.pages.templating import environment
from report_builder.results.report import VERDICT_NAMES, Report
from report_builder.site.edition.chapters import Chapters
from report_builder.site.edition.printing import find_browser, lacks_chinese, print_pdf
from report_builder.text import LANGUAGES, Text
from xo.store.inputs import file_digest

HERE = Path(__file__).parent
LINKS = "<!-- edition -->"  # on a home page: where links to the edition go
CODE = ("chapters.py", "make.py", "edition.html.j2", "edition.css")  # that decides its bytes
MATH_FONT = "assets/fonts/xo-math.woff2"


class Edition(NamedTuple):
    """Of which files an edition is to be made."""

    browser: str | None  # that prints it; None: there is none
    printed: tuple[str, ...]  # languages

    @property
    def files(self) -> frozenset[str]:
        """Their names, at the root of the site."""
        return frozenset(map(html_name, LANGUAGES)) | frozenset(map(pdf_name, self.printed))


class Made(NamedTuple):
    """What was made."""

    printed: tuple[str, ...] = ()  # names of PDFs
    failure: str = ""  # why others were not, in one line


def html_name(language: str) -> str:
    return f"report.{language}.html"


def pdf_name(language: str) -> str:
    return f"report.{language}.pdf"


NAMES = frozenset(name(language) for name in (html_name, pdf_name) for language in LANGUAGES)


def plan() -> tuple[Edition, str]:
    """The edition that this machine can make, and one line of what it lacks for more."""
    browser = find_browser()
    if not browser:
        return Edition(None, ()), (
            "edition: HTML only, no PDF, for there is no browser to print it; install chromium, "
            "google-chrome or chromium-headless-shell and run the same command again"
        )
    if lacks_chinese():
        return Edition(browser, ("en",)), (
            "edition: no PDF in Chinese, for no font has its characters; install one, such as "
            "fonts-noto-cjk, and run the same command again"
        )
    return Edition(browser, LANGUAGES), ""


def code_digests() -> dict[str, str]:
    """The digests of what decides an edition's bytes beside the site."""
    return {name: file_digest(HERE / name) for name in CODE}


def make(site: Path, edition: Edition, report: Report, made_from: str) -> Made:
    """Writes the edition's files into the folder of a site whose content has the digest
    `made_from`.
    """
    roots = {
        language: site if language == LANGUAGES[0] else site / language for language in LANGUAGES
    }
    prints: dict[str, Future[str]] = {}
    with ThreadPoolExecutor() as executor:
        for language, root in roots.items():
            document = site / html_name(language)
            text = _document(Chapters(root, language), language, site, report, made_from)
            document.write_text(text, encoding="utf-8", newline="\n")
            if edition.browser and language in edition.printed:
                name = pdf_name(language)
                prints[name] = executor.submit(print_pdf, edition.browser, document, site / name)
    failures = {name: why for name, made in prints.items() if (why := made.result())}
    printed = tuple(name for name in prints if name not in failures)
    for language, root in roots.items():
        _link(root, language, site, printed)
    failure = "; ".join(
        f"edition: no {name}, for {edition.browser} failed: {why}; the rest is there"
        for name, why in failures.items()
    )
    return Made(printed, failure)


def _document(chapters: Chapters, language: str, site: Path, report: Report, made_from: str) -> str:
    verdicts = Counter(claim.verdict for claim in report.claims.values())
    entries = [each for entry in chapters.entries for each in entry.walk()]
    # a page of its own name for each chapter, whose head it then stands in
    sheets = {each.anchor: f"sheet-{number}" for number, each in enumerate(entries)}
    description = chapters.home.css_first("meta[name=description]")
    provenance = chapters.home.css(
        ".md-copyright :is(.xo-identity, .xo-origin), .md-banner .xo-incomplete"
    )
    template = environment(HERE).get_template("edition.html.j2")
    title = chapters.title
    return template.render(
        language="zh-CN" if language == "zh" else language,
        text=lambda zh, en: Markup(Text(zh, en)[language]),
        title=title,
        description=(description.attributes["content"] or "") if description else "",
        provenance=Markup("").join(Markup(node.html or "") for node in provenance),
        report=report,
        verdicts=[
            (name[language].lower(), verdicts[verdict])
            for verdict, name in VERDICT_NAMES.items()
            if verdicts[verdict]
        ],
        made_from=made_from,
        contents=chapters.entries,
        entries=entries,
        sheets=sheets,
        chapter=lambda entry: Markup(chapters.content(entry)),
        style=Markup((HERE / "edition.css").read_text(encoding="utf-8")),
        heads=Markup(
            "\n".join(
                f"@page {sheets[each.anchor]} {{ @top-right {{ content: {_css(each.title)}; }} }}"
                for each in entries
            )
        ),
        running_title=Markup(_css(title)),
        math_font=Markup(b64encode((site / MATH_FONT).read_bytes()).decode()),
    )


def _css(text: str) -> str:
    """A text as CSS writes it within a <style>, where "</" would end that."""
    written = "".join(f"\\{ord(sign):x} " if sign in '"\\<\n' else sign for sign in text)
    return f'"{written}"'


def _link(root: Path, language: str, site: Path, printed: tuple[str, ...]) -> None:
    """Puts links to what was made on a home page."""
    page = root / "index.html"
    up = "" if root == site else "../"
    words = {
        html_name(language): Text("一个 HTML 文件", "one HTML file"),
        pdf_name(language): Text("一份 PDF", "one PDF"),
    }
    links = [
        f'<a href="{up}{name}" download>{words[name][language]}</a>（{_megabytes(site / name)}）'
        if language == "zh"
        else f'<a href="{up}{name}" download>{words[name][language]}</a> '
        f"({_megabytes(site / name)})"
        for name in words
        if name == html_name(language) or name in printed
    ]
    offer = Text("把全站带走：", "All of this site to take along: ")[language]
    joined, end = ("、", "。") if language == "zh" else (", ", ".")
    html = f'<p class="xo-edition">{escape(offer)}{joined.join(links)}{end}</p>'
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace(LINKS, html), encoding="utf-8", newline="\n")


def _megabytes(file: Path) -> str:
    return f"{file.stat().st_size / 1e6:.0f}\N{NO-BREAK SPACE}MB"
