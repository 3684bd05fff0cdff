"""What the plugin makes of pages: languages, search, formulas, notebooks, the foot, and pages
taken from the last build.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from jinja2 import TemplateNotFound
from mkdocs.commands.build import build
from mkdocs.config import load_config
from selectolax.lexbor import LexborHTMLParser

from report_builder.pages.render import UNRENDERED
from report_builder.results.report import DataSetName, Report, RunCounts, write_report
from report_builder.site.plugin import ReportPlugin
from report_builder.site.publish import build_lock
from xo.errors import CheckFailed
from xo.store.locks import acquire, locked, release
from xo.store.ownership import claim
from xo.store.source_digest import ROOT

from .conftest import DATA, Project, files


def test_every_page_in_its_language_with_a_switch_to_the_same_page(site):
    assert 'lang="zh"' in site.page("xo/data/index.html") and 'lang="en"' in site.page(
        "en/xo/data/index.html"
    )
    assert 'href="../../en/xo/data/" hreflang="en"' in site.page("xo/data/index.html")
    assert 'href="../../../hands-on/by-hand/" hreflang="zh"' in site.page(
        "en/hands-on/by-hand/index.html"
    )
    for name, home in (("index.html", "en/"), ("en/index.html", "../")):
        assert re.search(rf'href="(\./)?{re.escape(home)}(\./)?" hreflang=', site.page(name))


def test_each_language_searches_its_own_pages(site):
    chinese = {
        section["location"] for section in json.loads(site.page("search/search_index.json"))["docs"]
    }
    english = {
        section["location"]
        for section in json.loads(site.page("en/search/search_index.json"))["docs"]
    }
    assert "xo/data/#counts" in chinese & english
    assert not any(location.startswith("en/") for location in chinese | english)
    assert '"base": "../.."' in site.page("xo/data/index.html")
    assert '"base": "../../../en/"' in site.page("en/xo/data/index.html")


def test_formulas_are_mathml(site):
    page = site.page("en/xo/data/index.html")
    assert "<math><msub><mi>x</mi><mn>1</mn></msub></math>" in page
    assert '<span class="formula"><math display="block">' in page and "\\frac" not in page


def test_a_notebook_is_a_page_without_scripts_styles_or_hosts_of_its_own(site):
    page = site.page("hands-on/by-hand/index.html")
    article = page[page.index("<article") : page.index("</article>")]
    assert not re.search(r"<script|<style|jp-|https?://", article)
    assert '<h2 id="数据集-2">' in article and 'href="#数据集-2"' in page
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in article
    assert 'href="../../xo/data/#counts"' in article
    assert '<a href="by-hand.ipynb" download>下载这个笔记本</a>，' in article
    assert '<div class="xo-output"><pre>1\n</pre></div>' in article


def test_a_change_gives_what_a_build_from_nothing_gives(published):
    published.add("zh/xo/data.md", "\n再加一句。\n")
    assert published.publish()
    changed = files(published.site)
    assert "再加一句。".encode() in changed["xo/data/index.html"]
    for made in (published.site, published.docs.parent / "pages"):
        shutil.rmtree(made)
    assert published.publish() and files(published.site) == changed


def test_a_new_title_reaches_the_navigation_of_every_page(published):
    published.write("zh/xo/data.md", DATA.format(title="图像"))
    published.publish()
    assert "数据集" not in re.sub(
        r"<article.*?</article>", "", published.page("index.html"), flags=re.DOTALL
    )
    assert "图像" in published.page("hands-on/by-hand/index.html")


def test_below_a_sub_path_only_the_404_page_needs_to_know_it(published, monkeypatch):
    assert not re.search(
        r'(?:href|src)="/',
        "".join(published.page(f"{name}index.html") for name in ("", "en/", "xo/data/")),
    )
    assert not (published.site / "sitemap.xml").exists()
    monkeypatch.setenv("SITE_URL", "https://example.org/xo-report/")
    assert published.publish()
    assert 'href="/xo-report/assets/xo.css"' in published.page("404.html")
    assert "https://example.org/xo-report/en/hands-on/by-hand/" in published.page("sitemap.xml")
    assert 'lang="en"' in published.page("404.html") and 'lang="zh"' in published.page("404.html")


def test_every_page_names_study_and_data_set(published):
    def page_with(data: DataSetName, made: int) -> str:
        report = Report(study="default", data=data, runs=RunCounts(made=made, planned=6))
        write_report(published.docs.parent / "report.json", report)
        published.publish()
        return published.page("en/xo/data/index.html")

    embedded = page_with(DataSetName(name="xo", digest="", embedded=True), 6)
    assert embedded.count('class="xo-origin"') == 1  # in the foot
    imported = page_with(DataSetName(name="mine", digest="", embedded=False), 5)
    assert imported.count('class="xo-origin"') == 2  # also at the top
    assert "<b>mine</b> (imported)" in imported
    assert "5 runs of 6 planned" in re.sub(r"\s+", " ", imported)


def test_an_incomplete_site_names_the_runs_it_lacks(published):
    def top_of_page(runs: RunCounts) -> str:
        data = DataSetName(name="xo", digest="", embedded=True)
        report = Report(study="default", data=data, runs=runs)
        write_report(published.docs.parent / "report.json", report)
        published.publish()
        pages = (published.page(f"{name}xo/data/index.html") for name in ("", "en/"))
        found = (re.search(r'(?s)<details class="xo-incomplete">.*?</details>', p) for p in pages)
        return " ".join(" ".join(each[0].split()) for each in found if each)

    incomplete = {"baseline": (1, 10), "no-pooling": (0, 5)}
    partial = top_of_page(RunCounts(1, 15, incomplete))
    assert "Still missing: 14 runs" in partial and "还缺 14 次训练" in partial
    assert "baseline 1 of 10; no-pooling 0 of 5" in partial
    assert "baseline 1/10；no-pooling 0/5" in partial
    first = top_of_page(RunCounts(1, 15, incomplete, in_training=True))
    assert "14 more runs are being trained" in first and "其余 14 次训练正在进行" in first
    assert not top_of_page(RunCounts(15, 15))


@pytest.fixture
def sources(tmp_path):
    """The settings, with one page in each language."""
    for language in ("zh", "en"):
        (tmp_path / "docs" / language).mkdir(parents=True)
        (tmp_path / "docs" / language / "index.md").write_text("# {{ 1 + 1 }}\n")
    (tmp_path / "docs" / "overrides").mkdir()
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    return load_config(str(tmp_path / "mkdocs.yml"))


def plugin(command: str) -> ReportPlugin:
    found = ReportPlugin()
    found.load_config({})
    found.on_startup(command=command, dirty=False)
    return found


def test_serving_neither_waits_for_a_build_nor_touches_its_pages(sources, tmp_path):
    serving = plugin("serve")
    claim(tmp_path / "build", "build")
    with locked(build_lock(tmp_path / "build")):
        config = serving.on_config(sources)
    assert config.docs_dir == str(tmp_path / "build" / "serve" / "docs")
    assert (tmp_path / "build/serve/docs/en/index.md").read_text() == "# 2\n"
    assert not (tmp_path / "build" / "docs").exists() and serving.lock is None


def test_no_build_changes_pages_while_mkdocs_build_reads_them(sources, tmp_path):
    building = plugin("build")
    building.on_config(sources)
    assert acquire(build_lock(tmp_path / "build"), wait=False) is None
    building.on_shutdown()
    lock = acquire(build_lock(tmp_path / "build"), wait=False)
    assert lock
    release(lock)


@pytest.mark.parametrize("embedded", [True, False])
def test_other_images_have_a_logo_without_an_o_and_an_x(sources, tmp_path, embedded):
    data = DataSetName("digits", "", embedded)
    claim(tmp_path / "build", "build")
    write_report(tmp_path / "build" / "report.json", Report(data=data, runs=RunCounts(1, 1)))
    logo = (ROOT / "docs" / plugin("serve").on_config(sources).theme["logo"]).read_text()
    assert logo.startswith("<svg") and ("<circle" in logo) == embedded


# Pictures

PICTURES = "\n![a]({0}assets/own.png)\n\n<p><img alt='b' src='{0}assets/own.png'></p>\n"
BESIDE = '\n![c](beside.png)\n\n<img alt="d" src="beside.png">\n'


def test_pictures_are_shown_in_both_languages_however_they_are_written(project):
    project.write("assets/own.png", "p")
    for language in ("zh", "en"):
        project.write(f"{language}/xo/beside.png", "p")
        project.add(f"{language}/xo/data.md", PICTURES.format("../../") + BESIDE)
        project.add(f"{language}/index.md", PICTURES.format("../"))
    project.publish()
    for name, count in (("index.html", 2), ("xo/data/index.html", 4)):
        for page in (project.site / name, project.site / "en" / name):
            tree = LexborHTMLParser(page.read_text("utf-8"))
            shown = [
                image.attributes["src"]
                for image in tree.css("article img")
                if image.attributes["alt"] in "abcd"
            ]
            assert len(shown) == count
            assert all((page.parent / address).resolve().is_file() for address in shown)
    assert not (project.site / "en" / "assets").exists()


@pytest.mark.parametrize("picture", ['<img src="lost.png">', "![a](lost.png)"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_picture_that_is_not_there_is_refused_by_name(published, language, picture):
    published.add(f"{language}/xo/data.md", f"\n{picture}\n")
    with pytest.raises(CheckFailed, match=rf"{language}/xo/data\.md.*lost\.png"):
        published.publish()


# However MkDocs is called


def mkdocs(*arguments: str, folder) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )


def sources_of(project: Project) -> None:
    """Moves the pages to where sources lie, with an expression in one."""
    shutil.copytree(project.docs, project.root / "docs", dirs_exist_ok=True)
    shutil.rmtree(project.root / "build")
    for notebook in (project.root / "docs").rglob("*.ipynb"):
        notebook.with_suffix(".py").write_text("# %% [markdown]\n# # N\n# ## 数据集 2\n")
        notebook.unlink()
    page = project.root / "docs/zh/xo/data.md"
    page.write_text(page.read_text("utf-8") + "\n{{ 'ren' ~ 'dered' }}\n", "utf-8")


@pytest.mark.parametrize("place", ["here", "below", "elsewhere"])
def test_mkdocs_renders_pages_wherever_it_is_called_from(project, tmp_path_factory, place):
    sources_of(project)
    folder = {
        "here": project.root,
        "below": project.root / "docs" / "zh",
        "elsewhere": tmp_path_factory.mktemp("elsewhere"),
    }[place]
    settings = os.path.relpath(project.config, folder)
    done = mkdocs("-f", settings, folder=folder)
    assert done.returncode == 0, done.stderr
    page = project.page("xo/data/index.html")
    assert "rendered" in page and "{{ " not in page


def test_mkdocs_publishes_no_folder_of_unrendered_pages(project):
    sources_of(project)
    shutil.copytree(project.root / "docs", project.root / "copy")
    settings = project.config.read_text("utf-8")
    project.config.write_text(f"docs_dir: copy\n{settings}", "utf-8")
    done = mkdocs(folder=project.root)
    assert done.returncode and "whose pages are not rendered" in done.stderr
    assert "Traceback" not in done.stderr and not (project.site / "xo").exists()


@pytest.mark.parametrize("folder", ["docs", "docs/zh", "docs/en/xo"])
def test_settings_without_the_plugin_publish_no_page(tmp_path, folder):
    """Other settings elsewhere, as somebody writes them who does not know of the plugin."""
    settings = {"site_name": "x", "docs_dir": str(ROOT / folder), "plugins": []}
    config = load_config(config_file_path=None, site_dir=str(tmp_path / "site"), **settings)
    with pytest.raises(TemplateNotFound, match="python -m report_builder build renders and publ"):
        build(config)
    assert not list((tmp_path / "site").rglob("index.html"))


def test_each_folder_has_a_page_with_the_template_that_only_the_plugin_takes_away():
    pages = {page: page.read_text("utf-8") for page in (ROOT / "docs").rglob("*.md")}
    stopping = {page.parent for page, text in pages.items() if f"---\n{UNRENDERED}" in text}
    assert {page.parent for page in pages} == stopping


def test_rendered_pages_have_a_template(project):
    sources_of(project)
    page = project.root / "docs" / "zh" / "index.md"
    page.write_text(page.read_text("utf-8").replace("---\n", f"---\n{UNRENDERED}", 1), "utf-8")
    assert mkdocs(folder=project.root).returncode == 0
