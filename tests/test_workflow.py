"""The shell lines of the workflow that publishes the site, as it has them, with the smoke study in
two shards, of which a store kept from before has most runs; only its actions are stood in for, by
copying folders.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from report_builder.site.edition.make import html_name, pdf_name
from report_builder.site.edition.printing import NAMES
from report_builder.site.manifest import read_manifest
from report_builder.text import LANGUAGES
from xo.runs.study import STUDIES
from xo.store.source_digest import ROOT
from xo.variants import VARIANTS

WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/pages.yml").read_text("utf-8"))
JOBS = WORKFLOW["jobs"]
SHARDS = 2
EXPRESSIONS = {
    "inputs.study || 'full'": "smoke",
    "vars.TORCH_INDEX": "",
    "vars.IMAGES": "",
    "vars.IMAGES != ''": "false",
    "vars.IMAGES && 'data/images' || 'data/xo'": "data/xo",
    "strategy.job-total": str(SHARDS),
    "runner.os": "Linux",
    "steps.pages.outputs.base_url": "https://numbers.example.org",  # has no slash at its end
    "!cancelled()": "true",
}
EXPORT = "runs-smoke.zip"
# What the `make` that runs these tests hands on to every other one: its own settings.
OUTSIDE_OF_MAKE = {
    name: value
    for name, value in os.environ.items()
    if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "VENV")
}
# Found before any real browser, which would take longer to print the whole site than all the rest.
BROWSER = """#!/bin/sh
for option; do
    case $option in --print-to-pdf=*) printf '%%PDF-1.4\\n%%%%EOF\\n' > "${option#*=}" ;; esac
done
"""
RENDERED = shutil.ignore_patterns("docs", "docs.json", "pages", "last.json", "report.json")
# Variants whose runs are trained here, one of each shard; little else is made of them.
NOT_KEPT = ("three-conv", "three-conv-wrong-folder")


def checkout(folder: Path) -> None:
    """A clone of the last commit, with the changes since, and the suite's Python as its own."""
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in listed.rstrip("\0").split("\0"):
        (folder / name).unlink(missing_ok=True)
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    python = folder / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    (folder / ".venv/ready").touch()


@dataclass
class Runner:
    """Stands in for the service that carries out the jobs."""

    folder: Path
    drawn: Path  # a build's folder, whose figures and notebooks need not be made again
    outputs: dict[str, str] = field(default_factory=dict)  # "train 1: Install" -> what it printed

    @property
    def programs(self) -> Path:
        return self.folder / "programs"

    def run(self, name: str, label: str, **matrix: str) -> Path:
        """Carries out a job in a clone of its own, and returns the clone."""
        job, clone = JOBS[name], self.folder / label
        values = EXPRESSIONS | {f"matrix.{key}": value for key, value in matrix.items()}
        for step in job["steps"]:
            if clone.exists() and not self.wanted(step, clone):
                continue
            if action := step.get("uses", "").partition("@")[0]:
                options = {
                    key: self.evaluated(value, values, clone)
                    for key, value in step.get("with", {}).items()
                }
                self.act(action, options, clone)
                continue
            declared = WORKFLOW.get("env", {}) | job.get("env", {}) | step.get("env", {})
            env = {key: self.evaluated(value, values, clone) for key, value in declared.items()}
            env |= {"PATH": f"{self.programs}:{os.environ['PATH']}", "PYTHONPATH": str(clone)}
            done = subprocess.run(
                ["bash", "-e", "-c", step["run"]],
                cwd=clone,
                env=OUTSIDE_OF_MAKE | env,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            assert done.returncode == 0, f"{step['name']}: {done.stdout}"
            self.outputs[f"{label}: {step['name']}"] = done.stdout
        return clone

    def wanted(self, step: dict[str, Any], clone: Path) -> bool:
        """Whether the files are there that a step asks for; no job fails or is cancelled here."""
        condition = step.get("if", "")
        rest = re.sub(r"hashFiles\('[^']+'\) != ''", "", condition)
        assert rest in ("", "always() && "), f"unknown condition: {condition}"
        return all(hash_of(clone, files) for files in re.findall(r"'([^']+)'", condition))

    def evaluated(self, text: object, values: dict[str, str], clone: Path) -> str:
        """The text with the value of each expression in it; an unknown one is a KeyError."""

        def value(match: re.Match[str]) -> str:
            if files := re.fullmatch(r"hashFiles\('(.+)'\)", match[1]):
                return hash_of(clone, files[1])
            return values[match[1]]

        return re.sub(r"\$\{\{ (.+?) \}\}", value, str(text))

    def act(self, action: str, options: dict[str, str], clone: Path) -> None:
        caches, artifacts = self.folder / "caches", self.folder / "artifacts"
        match action:
            case "actions/checkout":
                checkout(clone)
                shutil.copytree(self.drawn, clone / "build", ignore=RENDERED)
            case "actions/setup-python" | "actions/configure-pages" | "actions/deploy-pages":
                pass
            case "actions/cache/restore":
                found = sorted(
                    caches.glob(f"{options['restore-keys']}*"),
                    key=lambda each: each.stat().st_mtime,
                )
                if found:
                    shutil.copytree(found[-1], clone / options["path"])
            case "actions/cache/save":
                shutil.copytree(clone / options["path"], caches / options["key"])
            case "actions/upload-artifact":
                shutil.copytree(clone / options["path"], artifacts / options["name"])
            case "actions/download-artifact":
                for artifact in artifacts.glob(options["pattern"]):
                    shutil.copytree(artifact, clone / options["path"], dirs_exist_ok=True)
            case "actions/upload-pages-artifact":
                shutil.copytree(clone / options["path"], self.folder / "published")
            case _:
                pytest.fail(f"{action} has no stand-in here")


def hash_of(clone: Path, pattern: str) -> str:
    """As hashFiles: empty where no file matches."""
    files = sorted(clone.glob(pattern))
    return hashlib.sha256(b"".join(map(Path.read_bytes, files))).hexdigest() if files else ""


def trained(line: str) -> tuple[int, int]:
    """How many runs were trained, of how many."""
    made, planned = re.findall(r"trained (\d+) of (\d+) runs", line)[-1]
    return int(made), int(planned)


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory, smoke: Path) -> Runner:
    """The workflow, carried out once; a store of before lacks the runs of some variants."""
    runner = Runner(tmp_path_factory.mktemp("workflow"), drawn=smoke / "build")
    runner.programs.mkdir()
    (runner.programs / NAMES[0]).write_text(BROWSER)
    (runner.programs / NAMES[0]).chmod(0o755)
    kept = runner.folder / "caches/runs-Linux-before"
    shutil.copytree(smoke / "runs", kept, ignore=shutil.ignore_patterns(*NOT_KEPT))
    for shard in range(1, SHARDS + 1):
        runner.run("train", f"train-{shard}", shard=str(shard))
    runner.run("build", "build")
    return runner


def test_the_jobs_follow_one_another_and_their_shards_are_the_whole():
    shards = JOBS["train"]["strategy"]["matrix"]["shard"]
    assert shards == list(range(1, len(shards) + 1))
    assert (JOBS["build"]["needs"], JOBS["deploy"]["needs"]) == ("train", "build")
    assert all("uses" in step for step in JOBS["deploy"]["steps"])
    assert "success" in JOBS["deploy"]["if"]


def test_the_address_of_the_site_is_the_one_that_it_is_deployed_to():
    """Which is not below the repository's name for `owner.github.io` or a domain of one's own."""
    (asked,) = (step for step in JOBS["build"]["steps"] if "configure-pages" in str(step))
    (address,) = (
        step["env"]["SITE_URL"] for step in JOBS["build"]["steps"] if "SITE_URL" in str(step)
    )
    assert address == f"${{{{ steps.{asked['id']}.outputs.base_url }}}}/"
    assert JOBS["build"]["permissions"]["pages"] == "read"


def test_each_shard_trains_what_its_share_lacks_and_the_build_trains_nothing(runner: Runner):
    shares = [
        trained(runner.outputs[f"train-{shard}: Train what is missing of the shard"])
        for shard in range(1, SHARDS + 1)
    ]
    study = STUDIES["smoke"]
    assert all(0 < made < planned for made, planned in shares)
    assert sum(made for made, _ in shares) == sum(len(study.seeds_of(name)) for name in NOT_KEPT)
    built = trained(runner.outputs["build: Draw, render, attach the export and the edition"])
    assert built == (0, sum(len(study.seeds_of(name)) for name in VARIANTS))
    assert built[1] == sum(planned for _, planned in shares)


def test_the_site_offers_the_records_with_their_digest(runner: Runner):
    site = runner.folder / "published"
    content = (site / EXPORT).read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    assert read_manifest(site).files[EXPORT] == (len(content), digest)
    for folder in ("", "en/"):
        page = site / folder / "hands-on/reproduce/index.html"
        text = page.read_text("utf-8")
        (link,) = re.findall(rf'href="([^"]*{EXPORT})"', text)
        assert (page.parent / link).resolve() == (site / EXPORT).resolve()
        assert f"https://numbers.example.org/{EXPORT}#sha256={digest}" in re.sub(
            r"<[^>]+>", "", text
        )


def test_the_site_offers_its_edition(runner: Runner):
    manifest = read_manifest(runner.folder / "published")
    assert set(map(html_name, LANGUAGES)) <= manifest.files.keys()
    assert set(manifest.printed) == set(map(pdf_name, LANGUAGES))


def test_a_clone_that_starts_from_what_is_published_has_nothing_to_train(runner: Runner):
    clone = runner.folder / "start"
    checkout(clone)
    python, export = clone / ".venv/bin/python", runner.folder / "published" / EXPORT
    env = os.environ | {"PYTHONPATH": str(clone)}
    for command in (
        ["xo", "runs", "merge", export],
        ["report_builder", "status", "--study", "smoke", "--all"],
    ):
        done = subprocess.run(
            [python, "-m", *command], cwd=clone, env=env, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    runs = re.findall(r"^(?:run|demonstration) .+?: (.*)$", done.stdout, re.MULTILINE)
    assert len(runs) > 10 and set(runs) == {"up to date"}


def test_a_push_that_touches_no_training_trains_nothing(runner: Runner, monkeypatch):
    """Here one shard has the whole study."""
    monkeypatch.setitem(EXPRESSIONS, "strategy.job-total", "1")
    shutil.rmtree(runner.folder / "artifacts")  # those of another run of the workflow
    runner.run("train", "again", shard="1")
    made, planned = trained(runner.outputs["again: Train what is missing of the shard"])
    assert (made, planned) == (0, sum(len(STUDIES["smoke"].seeds_of(name)) for name in VARIANTS))
