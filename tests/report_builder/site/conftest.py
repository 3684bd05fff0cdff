"""A project of three pages in two languages, with the real settings and plugin."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from report_builder.site.publish import publish
from tests.report_builder.site.faults import small  # noqa: F401
from xo.store import sealed
from xo.store.source_digest import ROOT

NAV = """nav:
  - index.md
  - 识别:
      - xo/data.md
      - 手工做一遍: hands-on/by-hand.ipynb

"""
HOME = """---
title: {title}
description: {title}
---

# {title}

[{link}](xo/data.md#counts) [n](hands-on/by-hand.ipynb)

<!-- edition -->
"""
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

<figcaption markdown="1">{title}</figcaption>

</figure>
"""
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
    '<circle cx="4" cy="4" r="3"/></svg>'
)


class Project:
    """A folder laid out as the repository is, its pages rendered already."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.docs, self.site = root / "build" / "docs", root / "site"
        self.config = root / "mkdocs.yml"
        if not self.config.exists():
            self._lay_out(root)

    def _lay_out(self, root: Path) -> None:
        (root / "docs").mkdir()
        (root / "docs" / "overrides").symlink_to(ROOT / "docs" / "overrides")
        settings = re.sub(
            r"^nav:\n(?:[ \t].*\n|\n)+",
            NAV,
            (ROOT / "mkdocs.yml").read_text("utf-8"),
            flags=re.MULTILINE,
        )
        self.config.write_text(settings, "utf-8")
        self.docs.mkdir(parents=True)
        sealed.write(self.docs.with_name("docs.json"), b'{"files": []}')  # rendered
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
        return publish(self.docs, self.site, self.config).changed

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


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(autouse=True)
def no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SITE_URL", raising=False)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Not published yet."""
    return Project(tmp_path)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Published, to be read only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SITE_URL", raising=False)
        project = Project(tmp_path_factory.mktemp("project"))
        assert project.publish()
        yield project


@pytest.fixture
def published(site: Project, tmp_path: Path) -> Project:
    """A copy of its own of the published project."""
    return Project(Path(shutil.copytree(site.root, tmp_path / "project", symlinks=True)))
