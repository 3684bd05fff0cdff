"""A site of three pages in two languages, published by the real settings and hook."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from report_builder.site import mathml as formulas
from report_builder.site.publish import MANIFEST, commit, is_published, publish, sealed
from xo.errors import CheckFailed, InputError
from xo.store.ownership import MARK
from xo.store.source_digest import ROOT

NAV = """nav:
  - index.md
  - 识别:
      - xo/data.md
      - 手工做一遍作业: hands-on/by-hand.ipynb

"""
HOME = "---\ntitle: {title}\ndescription: {title}\n---\n\n# {title}\n\n[{link}](xo/data.md#counts) [n](hands-on/by-hand.ipynb)\n"
DATA = """---
title: {title}
---

# {title}

Of $x_1$ and

$$
p_k = \\frac{{e^{{z_k}}}}{{\\sum_j e^{{z_j}}}}
$$

## {title} {{ #counts }}

<figure class="xo-figure" id="figure-samples" markdown="1">

![A circle](../figures/samples.light.svg#only-light){{ width="9" height="9" loading="lazy" }}
![A circle](../figures/samples.dark.svg#only-dark){{ width="9" height="9" loading="lazy" }}

<figcaption markdown="span">{title}</figcaption>

</figure>
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle cx="4" cy="4" r="3"/></svg>'


class Project:
    """A folder laid out as the repository is, its pages rendered already."""

    def __init__(self, root: Path) -> None:
        self.docs, self.site, self.config = (
            root / "build" / "docs",
            root / "site",
            root / "mkdocs.yml",
        )
        (root / "docs").mkdir()
        for part in ("report_builder", "xo", "docs/overrides"):
            (root / part).symlink_to(ROOT / part)
        settings = re.sub(
            r"^nav:\n(?:[ \t].*\n|\n)+",
            NAV,
            (ROOT / "mkdocs.yml").read_text("utf-8"),
            flags=re.MULTILINE,
        )
        self.config.write_text(settings, "utf-8")
        shutil.copytree(ROOT / "docs" / "assets", self.docs / "assets")
        for language, home, data in (("zh", "首页", "数据集"), ("en", "Home", "Data set")):
            self.write(f"{language}/index.md", HOME.format(title=home, link=data))
            self.write(f"{language}/xo/data.md", DATA.format(title=data))
            self.write(f"{language}/hands-on/by-hand.ipynb", notebook(data))
            for scheme in ("light", "dark"):
                self.write(f"{language}/figures/samples.{scheme}.svg", SVG)

    def write(self, name: str, text: str) -> None:
        path = self.docs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def add(self, name: str, text: str) -> None:
        self.write(name, (self.docs / name).read_text("utf-8") + text)

    def publish(self) -> bool:
        return publish(self.docs, self.site, self.config)

    def page(self, name: str) -> str:
        return (self.site / name).read_text("utf-8")


def notebook(heading: str) -> str:
    new = nbformat.v4
    code = new.new_code_cell(
        "print(1)", execution_count=1, id="b", outputs=[new.new_output("stream", text="1\n")]
    )
    text = new.new_markdown_cell(
        f"# {heading}\n\n## {heading} 2\n\n$x^2$ in [the data](../xo/data.md#counts)", id="a"
    )
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.writes(new.new_notebook(cells=[text, code], metadata={"kernelspec": kernel}))


def mkdocs_build(project: Project) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--config-file", project.config],
        cwd=project.config.parent,
        capture_output=True,
        text=True,
        timeout=300,
    )


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def project(tmp_path, monkeypatch) -> Project:
    monkeypatch.delenv("SITE_URL", raising=False)
    return Project(tmp_path)


def test_publishes_once_and_then_writes_nothing(project):
    assert project.publish()
    before = {path: path.stat().st_mtime_ns for path in project.site.rglob("*")}
    assert not project.publish()
    assert {path: path.stat().st_mtime_ns for path in project.site.rglob("*")} == before
    assert is_published(project.site)
    assert set(json.loads(project.page(MANIFEST))["files"]) == set(files(project.site)) - {MANIFEST}


def test_every_page_in_its_language_with_a_switch_to_the_same_page(project):
    project.publish()
    assert 'lang="zh"' in project.page("xo/data/index.html") and 'lang="en"' in project.page(
        "en/xo/data/index.html"
    )
    assert 'href="../../en/xo/data/" hreflang="en"' in project.page("xo/data/index.html")
    assert 'href="../../../hands-on/by-hand/" hreflang="zh"' in project.page(
        "en/hands-on/by-hand/index.html"
    )
    for name, home in (("index.html", "en/"), ("en/index.html", "../")):
        assert re.search(rf'href="(\./)?{re.escape(home)}(\./)?" hreflang=', project.page(name))


def test_each_language_searches_its_own_pages(project):
    project.publish()
    chinese = {
        section["location"]
        for section in json.loads(project.page("search/search_index.json"))["docs"]
    }
    english = {
        section["location"]
        for section in json.loads(project.page("en/search/search_index.json"))["docs"]
    }
    assert "xo/data/#counts" in chinese & english
    assert not any(location.startswith("en/") for location in chinese | english)
    assert '"base": "../.."' in project.page("xo/data/index.html")
    assert '"base": "../../../en/"' in project.page("en/xo/data/index.html")


def test_formulas_are_mathml(project):
    project.publish()
    page = project.page("en/xo/data/index.html")
    assert "<math><msub><mi>x</mi><mn>1</mn></msub></math>" in page
    assert '<div class="formula"><math display="block">' in page and "\\frac" not in page


def test_what_follows_a_formula_does_not_begin_a_line():
    assert formulas.in_page(r'<p><span class="arithmatex">\(x\)</span>。</p>') == (
        '<p><span class="xo-keep"><math><mi>x</mi></math>。</span></p>'
    )
    assert formulas.in_notebook("$x$, and $y$ so") == (
        '<span class="xo-keep"><math><mi>x</mi></math>,</span> and <math><mi>y</mi></math> so'
    )


def test_a_notebook_is_a_page_without_scripts_styles_or_hosts_of_its_own(project):
    project.publish()
    page = project.page("hands-on/by-hand/index.html")
    article = page[page.index("<article") : page.index("</article>")]
    assert not re.search(r"<script|<style|jp-|https?://", article)
    assert '<h2 id="数据集-2">' in article and 'href="#数据集-2"' in page
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in article
    assert 'href="../../xo/data/#counts"' in article
    assert '<div class="xo-output"><pre>1\n</pre></div>' in article


def test_a_change_gives_what_a_build_from_nothing_gives(project):
    project.publish()
    project.add("zh/xo/data.md", "\n再加一句。\n")
    assert project.publish()
    changed = files(project.site)
    assert "再加一句。".encode() in changed["xo/data/index.html"]
    for made in (project.site, project.docs.parent / "pages", project.docs.parent / "templates"):
        shutil.rmtree(made)
    assert project.publish() and files(project.site) == changed


def test_a_new_title_reaches_the_navigation_of_every_page(project):
    project.publish()
    project.write("zh/xo/data.md", DATA.format(title="图像"))
    project.publish()
    assert "数据集" not in re.sub(
        r"<article.*?</article>", "", project.page("index.html"), flags=re.DOTALL
    )
    assert "图像" in project.page("hands-on/by-hand/index.html")


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
        ("zh/xo/data.md", "\n![lost](../figures/lost.svg)\n", "zh/xo/data.md.*lost.svg"),
        ("zh/xo/more.md", "---\ntitle: 更多\n---\n", "zh/xo/more.md"),
        ("zh/figures/samples.csv", "a\n1\n", "figures/samples.csv: is there in zh only"),
    ],
)
def test_a_problem_is_named_in_one_line_and_the_old_site_stays(project, name, text, problem):
    project.publish()
    before = files(project.site)
    project.add(name, text) if (project.docs / name).exists() else project.write(name, text)
    with pytest.raises(CheckFailed, match=problem) as failure:
        project.publish()
    assert "\n" not in str(failure.value)
    assert files(project.site) == before and is_published(project.site)


def test_a_link_of_a_notebook_is_checked_like_any_other(project):
    for link, problem in (("nowhere.md", "nowhere.md"), ("data.md#nothing", "#nothing")):
        project.write(
            "zh/hands-on/by-hand.ipynb", notebook("数据集").replace("data.md#counts", link)
        )
        with pytest.raises(CheckFailed, match=f"zh/hands-on/by-hand.ipynb.*{problem}"):
            project.publish()


def test_a_page_without_a_title_is_refused(project):
    project.write("zh/xo/data.md", "# 数据集 { #counts }\n")
    with pytest.raises(CheckFailed, match="zh/xo/data.md: the front matter has no title"):
        project.publish()


def test_what_a_killed_build_left_is_put_right(project):
    project.publish()
    before = files(project.site)
    work = project.site.with_name(".site.work")
    project.site.rename(work / "old")  # killed between the two renames of the swap
    (work / "new").mkdir()
    assert not is_published(project.site)
    assert not project.publish() and files(project.site) == before
    assert {path.name for path in work.iterdir()} == {"lock", MARK}


def test_a_damaged_site_is_published_again(project):
    project.publish()
    before = files(project.site)
    (project.site / "xo/data/index.html").unlink()
    assert not is_published(project.site)
    assert project.publish() and files(project.site) == before


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
def test_a_file_that_was_added_to_a_site_is_neither_lost_nor_published_over(project, name):
    project.publish()
    (project.site / name).write_text("mine")
    before = files(project.site)
    project.add("zh/index.md", "\nmore\n")
    with pytest.raises(
        InputError, match=f"/site/{re.escape(name)}: was added to the site, .*; move it out"
    ):
        project.publish()
    assert files(project.site) == before


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


def test_below_a_sub_path_only_the_404_page_needs_to_know_it(project, monkeypatch):
    project.publish()
    assert not re.search(
        r'(?:href|src)="/',
        "".join(project.page(f"{name}index.html") for name in ("", "en/", "xo/data/")),
    )
    assert not (project.site / "sitemap.xml").exists()
    monkeypatch.setenv("SITE_URL", "https://example.org/xo-report/")
    assert project.publish()
    assert 'href="/xo-report/assets/xo.css"' in project.page("404.html")
    assert "https://example.org/xo-report/en/hands-on/by-hand/" in project.page("sitemap.xml")
    assert 'lang="en"' in project.page("404.html") and 'lang="zh"' in project.page("404.html")


def test_every_page_names_study_and_data_set(project):
    report = {
        "study": "default",
        "data": {"name": "xo", "embedded": True, "digest": ""},
        "runs": {"made": 6, "planned": 6},
    }

    def page_with(report: dict) -> str:
        (project.docs.parent / "report.json").write_text(json.dumps(report))
        project.publish()
        return project.page("en/xo/data/index.html")

    assert page_with(report).count('class="xo-origin"') == 1  # in the foot
    imported = page_with(
        report | {"data": {"name": "mine", "embedded": False}, "runs": {"made": 5, "planned": 6}}
    )
    assert imported.count('class="xo-origin"') == 2  # also at the top
    assert "<b>mine</b> (imported)" in imported and "5 runs of 6 planned" in re.sub(
        r"\s+", " ", imported
    )


# The manifest


ARTEFACTS = {
    "run baseline/0-k": {"digest": "r", "inputs": {"seed": 0, "code": "c"}},
    "value baseline.n": {"digest": "v", "inputs": {"code": "c"}},
    "figure samples": {
        "files": [
            f"{language}/figures/samples.{scheme}.svg"
            for language in ("zh", "en")
            for scheme in ("light", "dark")
        ],
        "inputs": {},
    },
    "page zh/index.md": {"files": ["zh/index.md"], "inputs": {}},
    "page en/hands-on/by-hand.ipynb": {"files": ["en/hands-on/by-hand.ipynb"], "inputs": {}},
    "asset assets/xo.css": {"files": ["assets/xo.css"], "inputs": {}},
}


def report(project: Project, **changes) -> None:
    content = {
        "study": "smoke",
        "data": {"name": "xo", "embedded": True, "digest": "d"},
        "runs": {"made": 1, "planned": 1},
        "artefacts": ARTEFACTS | changes,
        "details": {"c": {"xo.network.train:step": "1"}},
    }
    (project.docs.parent / "report.json").write_text(json.dumps(content))


def git(project: Project, *arguments: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(
        ["git", *identity, *arguments],
        cwd=project.config.parent,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


def test_the_manifest_lists_every_artefact_with_its_files_and_inputs(project):
    report(project)
    project.publish()
    found = json.loads(project.page(MANIFEST))
    assert (found["study"], found["runs"]["made"], found["commit"]) == (
        "smoke",
        1,
        {"id": None, "why": "not a git checkout"},
    )
    assert found["artefacts"].keys() == ARTEFACTS.keys() and found["details"] == {
        "c": {"xo.network.train:step": "1"}
    }
    assert found["artefacts"]["value baseline.n"] == ARTEFACTS["value baseline.n"]
    assert found["artefacts"]["page zh/index.md"]["files"] == ["index.html"]
    assert found["artefacts"]["page en/hands-on/by-hand.ipynb"]["files"] == [
        "en/hands-on/by-hand/index.html"
    ]
    assert found["artefacts"]["figure samples"]["files"] == [
        f"{below}figures/samples.{scheme}.svg"
        for below in ("", "en/")
        for scheme in ("light", "dark")
    ]
    for artefact in found["artefacts"].values():
        assert set(artefact.get("files", ())) <= set(found["files"])
    assert project.page(MANIFEST) == sealed(found)


def test_an_artefact_with_other_inputs_has_the_site_published_anew(project):
    report(project)
    project.publish()
    report(project, **{"value baseline.n": {"digest": "v", "inputs": {"code": "another"}}})
    assert project.publish()
    assert (
        json.loads(project.page(MANIFEST))["artefacts"]["value baseline.n"]["inputs"]["code"]
        == "another"
    )


def test_the_manifest_names_the_commit_of_the_content_and_a_further_commit_publishes_nothing(
    project,
):
    git(project, "init", "-q")
    (project.config.parent / ".gitignore").write_text("/build/\n/site/\n/.site.*/\n")
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "Begin")
    first = git(project, "rev-parse", "HEAD")
    assert project.publish()
    assert json.loads(project.page(MANIFEST))["commit"] == {"id": first, "clean": True}
    (project.config.parent / "notes.txt").write_text("mine")  # nothing that a build reads
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "Note")
    before = files(project.site)
    assert not project.publish() and files(project.site) == before
    project.add("zh/xo/data.md", "\n再加一句。\n")
    assert project.publish()
    assert json.loads(project.page(MANIFEST))["commit"] == {
        "id": git(project, "rev-parse", "HEAD"),
        "clean": True,
    }
    (project.config.parent / "docs" / "new.md").write_text("x")
    project.add("zh/xo/data.md", "\n又加一句。\n")
    assert project.publish()
    assert json.loads(project.page(MANIFEST))["commit"]["clean"] is False


def test_the_commit_of_a_repository_around_the_project_is_not_taken_for_its_own(
    tmp_path, monkeypatch
):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "project").mkdir()
    assert commit(tmp_path / "project")["id"] is None
    monkeypatch.setenv("PATH", "")
    assert commit(tmp_path) == {"id": None, "why": "no git"}
