"""By what name a report is published: that of mkdocs.yml, on every page and in the citation, and no
character of it is taken for markup.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from markupsafe import Markup, escape
from mkdocs.config import load_config
from mkdocs.exceptions import ConfigurationError
from selectolax.lexbor import LexborHTMLParser

from report_builder.results.report import DataSetName, Report, RunCounts, write_report
from report_builder.site import identity as identity_module
from report_builder.site.citation import bibtex, citation_file, own_file
from report_builder.site.identity import Identity, read_identity
from report_builder.site.manifest import MANIFEST
from report_builder.text import EMPTY, LANGUAGES, Text, same
from xo.store.source_digest import ROOT

from .conftest import Project

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PAGES = ("index.html", "xo/data/index.html", "hands-on/by-hand/index.html", "cite/index.html")
TITLE, ENGLISH = '圈<b>叉</b>"}', 'Rings & <i>crosses</i>"}'
AUTHOR, COURSE, LICENSE = "Müller<script>, Ana", "CS_1 <b>50%</b> $x$", "CC-BY-4.0"
ADDRESS = "https://example.org/own/"
CITE = """---
title: Cite
---

# Cite

{title} · {license}

```bibtex
{bibtex}
```

```yaml
{cff}
```
"""


def settings(**changes: str) -> str:
    """mkdocs.yml with these top-level lines, and those of `extra` and of English, changed."""
    text = (ROOT / "mkdocs.yml").read_text("utf-8")
    for place, value in changes.items():
        head, _, name = place.rpartition("__")
        indent = {"": "", "extra": "  ", "en": "          "}[head]
        (line,) = re.findall(rf"^{indent}{name}:.*\n", text, re.MULTILINE)
        text = text.replace(line, f"{indent}{name}: {value}\n")
    return text


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


OWN = settings(
    site_name=quoted(TITLE),
    site_url=ADDRESS,
    site_author=quoted(f"{AUTHOR}; {{}}"),
    extra__license=LICENSE,
    extra__course=quoted(COURSE),
    en__site_name=quoted(ENGLISH),
)


@pytest.fixture(scope="module")
def configured(tmp_path_factory) -> Callable[..., Identity]:
    """The identity that settings give."""

    def read(text: str, data: DataSetName | None = None) -> Identity:
        folder = tmp_path_factory.mktemp("settings")
        (folder / "docs" / "overrides").mkdir(parents=True)
        (folder / "mkdocs.yml").write_text(text, "utf-8")
        return read_identity(load_config(str(folder / "mkdocs.yml")), data)

    return read


def named(site_name: str, description: str = "") -> Identity:
    return Identity(
        title=same(site_name),
        description=EMPTY,
        authors=dict.fromkeys(LANGUAGES, ("A and B", "Müller, {Ana}", 'C"},')),
        course=same("50% of a_b & #1"),
        license="as you like",
        copyright=EMPTY,
        address="https://example.org/{a}%20_b",
        repository="https://host.org/x",
        version="1.2",
    )


# The project's own


def test_the_project_s_citation_file_is_valid_and_says_what_the_settings_and_the_package_say():
    assert (ROOT / "CITATION.cff").read_text("utf-8") == own_file(), (
        "write it anew: python -m report_builder.site.citation > CITATION.cff"
    )
    found = yaml.safe_load(own_file())
    assert found["version"] == PROJECT["version"] and found["license"] == PROJECT["license"]
    assert [each["name"] for each in found["authors"]] == [a["name"] for a in PROJECT["authors"]]
    assert_valid(ROOT / "CITATION.cff")


def assert_valid(file: Path) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    done = subprocess.run(
        [*command, "vendor.citation-file-format", str(file)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_replaced_for_other_images_is_what_the_settings_say(configured):
    identity = configured(settings())
    assert identity.title == identity_module.EMBEDDED_TITLE
    assert identity.description == identity_module.EMBEDDED_DESCRIPTION


# Of other images and of one's own


@pytest.mark.parametrize(
    ("title", "names"),
    [
        (EMPTY, ("digits 识别报告", "digits recognition report")),
        (Text("手写数字", "Handwritten digits"), ("手写数字", "Handwritten digits")),
    ],
)
def test_other_images_name_the_report_by_data_card_or_folder(configured, title, names):
    identity = configured(settings(), DataSetName("digits", "", False, title=title))
    assert tuple(identity.title) == names
    assert all("digits" in words and "X" not in words for words in identity.description)


def test_a_name_of_one_s_own_comes_before_that_of_the_images(configured):
    data = DataSetName("digits", "", False, title=Text("手写数字", "Handwritten digits"))
    assert tuple(configured(OWN, data).title) == (TITLE, ENGLISH)
    half = configured(settings(site_name="我的报告"), data)
    assert tuple(half.title) == ("我的报告", "Handwritten digits")


def test_what_is_no_text_is_named_in_one_line(configured):
    with pytest.raises(ConfigurationError, match=r"mkdocs\.yml: extra\.course is 101; write it as"):
        configured(settings(extra__course="101"))


# On the pages


@pytest.fixture(scope="module")
def own(tmp_path_factory) -> Project:
    """Published with settings of its own, and with a page that cites it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SITE_URL", raising=False)
        project = Project(tmp_path_factory.mktemp("own"))
        navigation = project.config.read_text("utf-8")
        navigation = navigation[navigation.index("nav:\n") : navigation.index("\nplugins:")]
        navigation = navigation.replace("  - index.md\n", "  - index.md\n  - cite.md\n")
        text = re.sub(r"(?ms)^nav:\n.*?(?=^plugins:)", lambda _: f"{navigation}\n", OWN)
        project.config.write_text(text, "utf-8")
        words = {
            "title": "<!--site text title-->",
            "license": "<!--site text license-->",
            "bibtex": "<!--site code bibtex-->",
            "cff": "<!--site code citation-file-->",
        }
        for language in LANGUAGES:
            project.write(f"{language}/cite.md", CITE.format(**words))
        report = Report(
            study="smoke",
            data=DataSetName(name="xo", digest="d", embedded=True),
            runs=RunCounts(made=1, planned=1),
        )
        write_report(project.docs.parent / "report.json", report)
        assert project.publish() and not project.publish()
        return project


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_shows_the_own_name_and_none_the_default(own, language):
    title = {"zh": TITLE, "en": ENGLISH}[language]
    for name in (*PAGES, *(("404.html",) if language == "zh" else ())):
        page = own.page(name if language == "zh" else f"en/{name}")
        tree = LexborHTMLParser(page)
        assert tree.css_first("title").text().endswith(title), name
        assert tree.css_first(".md-header__topic .md-ellipsis").text().strip() == title
        # The theme's script takes a `title` for HTML.
        assert escape(title) == Markup(tree.css_first(".md-logo").attributes["title"])
        foot = " ".join(tree.css_first("footer .xo-identity").text().split())
        assert tree.css_first(".xo-identity cite a").attributes["href"] == ADDRESS
        for words in (title, AUTHOR, "{}", COURSE, LICENSE):
            assert words in foot, name
        assert tree.css_first("meta[name=author]").attributes["content"] == f"{AUTHOR}; {{}}"
        assert not tree.css(".md-header :is(b, i), .xo-identity :is(b, i, script), article :is(b)")
        for default in (*identity_module.EMBEDDED_TITLE, "xo-report authors"):
            assert default not in page, name
        assert ">MIT<" not in page and "MIT " not in foot


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_the_citation_names_version_and_build(own, language, tmp_path):
    made_from = json.loads(own.page(MANIFEST))["made_from"]
    page = own.page({"zh": "cite/index.html", "en": "en/cite/index.html"}[language])
    entry, file = (code.text() for code in LexborHTMLParser(page).css("article pre > code"))
    (tmp_path / "CITATION.cff").write_text(file, "utf-8")
    assert_valid(tmp_path / "CITATION.cff")
    found = yaml.safe_load(file)
    assert found["title"] == {"zh": TITLE, "en": ENGLISH}[language]
    assert found["authors"][0] == {"family-names": "Müller<script>", "given-names": "Ana"}
    assert (found["license"], found["url"]) == (LICENSE, ADDRESS)
    assert COURSE in found["abstract"]
    assert found["identifiers"][0]["value"] == made_from
    assert made_from in entry and f"url = {{{ADDRESS}}}" in entry
    assert entry.count("{") == entry.count("}")


def test_a_page_that_changes_changes_the_digest_that_is_cited(own):
    before = own.page("cite/index.html")
    own.add("zh/xo/data.md", "\n再加一句。\n")
    assert own.publish()
    made_from = json.loads(own.page(MANIFEST))["made_from"]
    assert made_from not in before and made_from in own.page("cite/index.html")


# The citation


def test_no_character_of_a_name_breaks_the_entry():
    entry = bibtex(named('A "title" {of} 100% \\x~^<>'), "en", "ab12")
    lines = entry.splitlines()
    assert lines[0] == "@misc{a-title-of-100-x," and lines[-1] == "}"
    fields = dict(line.strip().rstrip(",").split(" = ", 1) for line in lines[1:-1])
    assert fields.keys() == {"title", "author", "url", "note"}
    assert fields["title"] == (
        r'{{A "title" \textbraceleft{}of\textbraceright{} 100\% '
        r"\textbackslash{}x\textasciitilde{}\textasciicircum{}\textless{}\textgreater{}}}"
    )
    assert fields["author"].startswith(
        r"{{A and B} and {Müller}, {\textbraceleft{}Ana\textbraceright{}} and {C"
    )
    assert fields["url"] == "{https://example.org/%7Ba%7D%20_b}"
    assert "version 1.2; build ab12; Course: 50\\% of a\\_b \\& \\#1" in fields["note"]
    assert entry.count("{") == entry.count("}")


def test_a_license_without_an_identifier_is_said_in_words(tmp_path):
    file = tmp_path / "CITATION.cff"
    file.write_text(citation_file(named("# : - 'x'"), "en"), "utf-8")
    assert_valid(file)
    found = yaml.safe_load(file.read_text("utf-8"))
    assert found["title"] == "# : - 'x'" and "license" not in found
    assert "License: as you like." in found["abstract"]
