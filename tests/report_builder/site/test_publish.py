"""A site is published whole or not at all, over nothing that no build made, and only if it passes
every check.
"""

from __future__ import annotations

import json
import marshal
import os
import re
import shutil
import subprocess
import sys

import pytest

from report_builder.site.manifest import MANIFEST
from report_builder.site.published_site import is_published
from xo.errors import CheckFailed, InputError
from xo.store.ownership import MARK
from xo.store.source_digest import ROOT

from .conftest import Project, files, notebook

PUBLISH = (
    "import sys; from pathlib import Path; from report_builder.site.publish import publish; "
    "publish(*map(Path, sys.argv[1:]))"
)


def test_publishes_once_and_then_writes_nothing(project):
    assert project.publish()
    before = {path: path.stat().st_mtime_ns for path in project.site.rglob("*")}
    assert not project.publish()
    assert {path: path.stat().st_mtime_ns for path in project.site.rglob("*")} == before
    assert is_published(project.site)
    assert set(json.loads(project.page(MANIFEST))["files"]) == set(files(project.site)) - {MANIFEST}


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("zh/xo/data.md", "\n[nowhere](nowhere.md)\n", "zh/xo/data.md.*nowhere.md"),
        ("en/xo/data.md", "\n[nothing](#nothing)\n", "en/xo/data.md.*#nothing"),
        ("zh/xo/data.md", "\n$\\nonsense{x}$\n", r"zh/xo/data.md: formula.*\\nonsense"),
        (
            "zh/xo/data.md",
            '\n<img src="https://example.org/a.png" alt="">\n',
            "xo/data/index.html: takes https://example.org/a.png",
        ),
        (
            "zh/xo/data.md",
            '\n<script src="//example.org/a.js"></script>\n',
            "xo/data/index.html: takes //example.org/a.js",
        ),
        (
            "zh/xo/data.md",
            "\n??? success\n\n    ```python\nx = 1\n    ```\n",
            "xo/data/index.html: shows Markdown as text: '```python'; indent the lines",
        ),
        ("zh/xo/data.md", "\n![lost](../figures/lost.svg)\n", "zh/xo/data.md.*lost.svg"),
        ("zh/xo/more.md", "---\ntitle: 更多\n---\n", "zh/xo/more.md"),
        ("zh/figures/samples.csv", "a\n1\n", "figures/samples.csv: is there in zh only"),
    ],
)
def test_a_problem_is_named_in_one_line_and_the_old_site_stays(published, name, text, problem):
    before = files(published.site)
    published.add(name, text) if (published.docs / name).exists() else published.write(name, text)
    with pytest.raises(CheckFailed, match=problem) as failure:
        published.publish()
    assert "\n" not in str(failure.value)
    assert files(published.site) == before and is_published(published.site)


def test_a_link_of_a_notebook_is_checked_like_any_other(published):
    for link, problem in (("nowhere.md", "nowhere.md"), ("data.md#nothing", "#nothing")):
        published.write(
            "zh/hands-on/by-hand.ipynb", notebook("数据集").replace("data.md#counts", link)
        )
        with pytest.raises(CheckFailed, match=f"zh/hands-on/by-hand.ipynb.*{problem}"):
            published.publish()


def test_a_page_without_a_title_is_refused(published):
    published.write("zh/xo/data.md", "# 数据集 { #counts }\n")
    with pytest.raises(CheckFailed, match="zh/xo/data.md: the front matter has no title"):
        published.publish()


def test_what_a_killed_build_left_is_put_right(published):
    before = files(published.site)
    work = published.site.with_name(".site.work")
    published.site.rename(work / "old")  # killed between the two renames of the swap
    (work / "new").mkdir()
    assert not is_published(published.site)
    assert not published.publish() and files(published.site) == before
    assert {path.name for path in work.iterdir()} == {MARK, MANIFEST}


def test_a_damaged_site_is_published_again(published):
    before = files(published.site)
    (published.site / "xo/data/index.html").unlink()
    assert not is_published(published.site)
    assert published.publish() and files(published.site) == before


@pytest.mark.parametrize("left", [None, b"", b'{"made_from": "5e', b"\xff\x00"])
def test_a_site_that_lost_its_manifest_is_published_again(published, left):
    """Whose the folder is, says the copy of the manifest that publishing keeps beside it."""
    before = files(published.site)
    (published.site / MANIFEST).unlink()
    if left is not None:
        (published.site / MANIFEST).write_bytes(left)
    assert not is_published(published.site)
    assert published.publish() and files(published.site) == before


def test_a_file_that_was_added_to_a_site_without_manifest_is_not_lost(published):
    (published.site / MANIFEST).write_text("{")
    (published.site / "CNAME").write_text("mine")
    with pytest.raises(InputError, match="/site/CNAME: was added to the site"):
        published.publish()
    assert (published.site / "CNAME").read_text() == "mine"


def test_the_kept_manifest_makes_no_other_folder_a_site(published):
    """Files of the same names, most with other content, are somebody else's."""
    for path in published.site.rglob("*"):
        if path.is_file():
            path.write_text("mine")
    before = files(published.site)
    with pytest.raises(InputError, match="not a site folder that this program made"):
        published.publish()
    assert files(published.site) == before


def test_a_folder_that_holds_something_else_is_refused(project):
    project.site.mkdir()
    (project.site / "thesis.txt").write_text("mine")
    with pytest.raises(
        InputError,
        match=r"/site: not empty, and not a site folder that this program made; choose another",
    ):
        project.publish()
    assert files(project.site) == {"thesis.txt": b"mine"}


def test_a_site_that_another_mkdocs_made_is_refused(project):
    (project.site / "search").mkdir(parents=True)
    (project.site / "search" / "search_index.json").write_text('{"config": {}, "docs": []}')
    before = files(project.site)
    with pytest.raises(InputError, match="not a site folder that this program made"):
        project.publish()
    assert files(project.site) == before


@pytest.mark.parametrize("name", ["CNAME", ".nojekyll", "xo/thesis.html"])
def test_a_file_that_was_added_to_a_site_is_neither_lost_nor_published_over(published, name):
    (published.site / name).write_text("mine")
    before = files(published.site)
    published.add("zh/index.md", "\nmore\n")
    with pytest.raises(
        InputError, match=f"/site/{re.escape(name)}: was added to the site, .*; move it out"
    ):
        published.publish()
    assert files(published.site) == before


def test_a_foreign_folder_beside_the_site_is_not_taken_for_a_killed_builds(project):
    work = project.site.with_name(".site.work")
    (work / "old").mkdir(parents=True)
    (work / "old" / "thesis.txt").write_text("mine")
    with pytest.raises(
        InputError, match=r"/\.site\.work: not empty, and not a publishing folder .*; move it away"
    ):
        project.publish()
    assert files(work) == {"old/thesis.txt": b"mine"} and not project.site.exists()


def test_mkdocs_alone_publishes_over_nothing_foreign(project):
    """`mkdocs build` itself empties whatever folder it is given."""
    shutil.rmtree(project.docs.parent)
    project.site.mkdir()
    (project.site / "thesis.txt").write_text("mine")
    done = mkdocs_build(project)
    assert done.returncode == 1 and "not a site folder that this program made" in done.stderr
    assert files(project.site) == {"thesis.txt": b"mine"}


def test_nothing_in_a_shared_temp_folder_decides_a_byte_of_the_site(site, project, tmp_path):
    """jieba would take the dictionary, and Jinja compiled templates, that anybody put there."""
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "jieba.cache").write_bytes(marshal.dumps(({"数": 9, "据集": 9, "据": 0}, 18)))
    before = files(shared)
    done = subprocess.run(
        [sys.executable, "-c", PUBLISH, project.docs, project.site, project.config],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(shared)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert files(project.site) == files(site.site)
    assert files(shared) == before


def mkdocs_build(project: Project) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--config-file", project.config],
        cwd=project.config.parent,
        capture_output=True,
        text=True,
        timeout=300,
    )
