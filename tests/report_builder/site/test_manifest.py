"""What manifest.json says of a published site."""

from __future__ import annotations

import json
import subprocess

from report_builder.results.report import DataSetName, Provenance, Report, RunCounts, write_report
from report_builder.site.checkout import Commit, current_commit
from report_builder.site.manifest import MANIFEST
from xo.store import sealed

from .conftest import Project, files

FIGURES = tuple(
    f"{language}/figures/samples.{scheme}.svg"
    for language in ("zh", "en")
    for scheme in ("light", "dark")
)
PROVENANCE = {
    "run baseline/0-k": Provenance({"seed": 0, "code": "c"}, digest="r"),
    "value baseline.n": Provenance({"code": "c"}, digest="v"),
    "figure samples": Provenance({}, files=FIGURES),
    "page zh/index.md": Provenance({}, files=("zh/index.md",)),
    "page en/hands-on/by-hand.ipynb": Provenance({}, files=("en/hands-on/by-hand.ipynb",)),
    "asset assets/xo.css": Provenance({}, files=("assets/xo.css",)),
}


def write(project: Project, **changes: Provenance) -> None:
    report = Report(
        study="smoke",
        data=DataSetName(name="xo", digest="d", embedded=True),
        runs=RunCounts(made=1, planned=1),
        provenance=PROVENANCE | changes,
        details={"c": {"xo.network.train:step": "1"}},
    )
    write_report(project.docs.parent / "report.json", report)


def git(project: Project, *arguments: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(
        ["git", *identity, *arguments],
        cwd=project.config.parent,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


def test_the_manifest_lists_every_artifact_with_its_files_and_inputs(published):
    write(published)
    published.publish()
    found = json.loads(published.page(MANIFEST))
    assert (found["study"], found["runs"]["made"]) == ("smoke", 1)
    assert found["commit"] == {"id": None, "why": "not a git checkout"}
    assert found["artefacts"].keys() == PROVENANCE.keys()
    assert found["details"] == {"c": {"xo.network.train:step": "1"}}
    assert found["artefacts"]["value baseline.n"] == {"digest": "v", "inputs": {"code": "c"}}
    assert found["artefacts"]["page zh/index.md"]["files"] == ["index.html"]
    assert found["artefacts"]["page en/hands-on/by-hand.ipynb"]["files"] == [
        "en/hands-on/by-hand/index.html"
    ]
    assert found["artefacts"]["figure samples"]["files"] == [
        f"{below}figures/samples.{scheme}.svg"
        for below in ("", "en/")
        for scheme in ("light", "dark")
    ]
    for artifact in found["artefacts"].values():
        assert artifact["digest"] and set(artifact.get("files", ())) <= set(found["files"])
    assert sealed.is_intact(published.page(MANIFEST).encode())


def test_an_artifact_with_other_inputs_has_the_site_published_anew(published):
    write(published)
    published.publish()
    write(published, **{"value baseline.n": Provenance({"code": "another"}, digest="v")})
    assert published.publish()
    found = json.loads(published.page(MANIFEST))
    assert found["artefacts"]["value baseline.n"]["inputs"]["code"] == "another"


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
    assert current_commit(tmp_path / "project").id is None
    monkeypatch.setenv("PATH", "")
    assert current_commit(tmp_path) == Commit(None, why="no git")


def test_a_checkout_of_another_user_or_without_a_commit_is_called_so(tmp_path, monkeypatch):
    assert current_commit(tmp_path).why == "not a git checkout"
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    monkeypatch.setenv("LANGUAGE", "de")
    assert current_commit(tmp_path).why == "a git checkout without a commit"
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    assert "another user's" in current_commit(tmp_path).why
