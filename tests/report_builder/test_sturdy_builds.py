"""Nothing damaged, half-made or mixed is taken over by a build, and nothing stays broken."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from report_builder import build as build_module
from report_builder import last_build, make_pages
from report_builder.build import build
from report_builder.cli import main
from report_builder.last_build import expected_finishing
from report_builder.pages import notebooks
from report_builder.paths import Paths
from report_builder.results.report import read_report, write_report
from report_builder.results.tried_faults import DELETED, EMPTIED, FLIPPED, TRUNCATED
from report_builder.site import publish as publishing
from report_builder.site.publish import publish
from report_builder.site.published_site import damage, published_from
from report_builder.status import status
from report_builder.text import LANGUAGES
from tests.report_builder.site.faults import write_site
from tests.report_builder.small_builds import PAGE, leave_unexecuted
from xo.command_line import CommandGroup
from xo.errors import CheckFailed
from xo.store import disk, sealed
from xo.store.artifact import ARRAYS, Damaged, _arrays
from xo.store.locks import acquire
from xo.store.ownership import MARK, claim


@pytest.fixture
def make(paths, train, made_once, monkeypatch) -> Callable[..., list[str]]:
    """Builds the smoke study in this process and returns the lines that it said.

    The records, and the figures of PAGE, are there already.
    """
    monkeypatch.setattr(notebooks, "execute", leave_unexecuted)
    shutil.copytree(made_once.store, paths.store)
    claim(paths.build, "build")
    shutil.copytree(made_once.build / "figures", paths.build / "figures")

    def make(at=paths) -> list[str]:
        lines: list[str] = []
        build("smoke", at, train, 1, lambda names, n: [*names], say=lines.append)
        return lines

    return make


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


DAMAGES: dict[str, Callable[[Path], object]] = {
    FLIPPED.en: flip,
    EMPTIED.en: lambda path: path.write_bytes(b""),
    TRUNCATED.en: lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    DELETED.en: lambda path: path.unlink(),
}
# What a build keeps for the next one, and whether a damaged one is named.
KEPT = {
    "figures/samples-*/zh-light.png": True,
    "figures/loss.baseline-*/data.csv": True,
    "figures/accuracy.features-*/record.json": True,
    "notebooks/en/book-*/executed.ipynb": True,
    "code-outputs/index-*/record.json": True,
    "report.json": True,
    "last.json": True,
    "docs/en/figures/samples.light.png": False,  # copies, which are compared each time
    "docs/en/index.md": False,
    "docs.json": False,
}


def test_every_damaged_file_of_a_build_is_named_and_made_again(make, paths):
    (paths.docs / "en" / "book.py").write_text("# %%\n1\n")
    page = paths.docs / "en" / "index.md"
    page.write_text(PAGE + '\n{{ run("""print(1)""") }}\n')
    make()
    rendered, made_from = contents(paths.build / "docs"), read_report(paths.report).provenance
    for damage_done, act in DAMAGES.items():
        for pattern in KEPT:
            (path,) = paths.build.glob(pattern)
            times = path.stat().st_atime_ns, path.stat().st_mtime_ns
            act(path)
            if path.exists():
                os.utime(path, ns=times)
        lines = make()
        assert contents(paths.build / "docs") == rendered, damage_done
        assert read_report(paths.report).provenance == made_from, damage_done
        named = "\n".join(lines)
        for pattern, is_named in KEPT.items():
            name = {"figures": "figure ", "notebooks": "notebook ", "code-outputs": "code output "}
            kind, _, rest = pattern.partition("/")
            subject = name.get(kind, "") + rest.partition("-")[0] if rest else pattern
            if is_named and damage_done != DELETED.en:
                assert subject in named, (damage_done, pattern, lines)
    assert [each for each in status("smoke", paths) if each.why_stale] == []
    assert make() == []


def test_one_damaged_file_alone_is_enough(make, paths):
    """With everything else unchanged, a build that finds nothing to do would leave it."""
    make()
    for pattern in ("figures/samples-*/en-dark.png", "report.json"):
        (path,) = paths.build.glob(pattern)
        before = path.read_bytes()
        flip(path)
        assert make()
        (path,) = paths.build.glob(pattern)
        assert path.read_bytes() == before


def flip_arrays_of(run: str, store: Path) -> None:
    (path,) = store.glob(f"{run}-*/{ARRAYS}")
    flip(path)
    _arrays.cache_clear()  # as in a process of its own


def test_damage_that_shows_only_while_drawing_is_named_and_made_again(make, paths, train):
    """The size is as it was, so that the look-up of the records sees nothing."""
    make()
    for language in LANGUAGES:
        (paths.docs / language / "index.md").write_text(
            PAGE + '\n{{ figure("kernels-conv1.baseline") }}\n'
        )
    flip_arrays_of("baseline/0", paths.store)
    flip_arrays_of("features/0", paths.store)  # which nothing that is to be drawn reads
    train.runs.clear()
    lines = make()
    assert sorted(train.runs) == ["baseline seed 0", "features seed 0"]
    for run in ("baseline-0-", "features-0-"):
        assert any("does not match" in line and f"moved to {paths.store}" in line for line in lines)
        assert len(list((paths.store / ".damaged").glob(f"{run}*"))) == 1
    assert (paths.build / "docs" / "zh" / "figures" / "kernels-conv1.baseline.dark.png").is_file()
    assert make() == []


def test_what_is_damaged_again_ends_the_build_in_one_line(make, paths, train, monkeypatch):
    make()
    page = paths.docs / "zh" / "index.md"
    page.write_text(page.read_text() + '\n{{ figure("kernels-conv1.baseline") }}\n')
    flip_arrays_of("baseline/0", paths.store)

    def train_and_damage(missing, on_record):
        records = train(missing, on_record)
        flip_arrays_of("baseline/0", paths.store)
        return records

    with pytest.raises(Damaged, match="baseline/0-.*arrays.safetensors: does not match the digest"):
        build("smoke", paths, train_and_damage, 1, lambda names, n: [*names])


def test_a_figure_damaged_between_drawing_and_rendering_is_drawn_again(make, paths, monkeypatch):
    real = make_pages.render

    def damage_and_render(docs, report, rendered):
        monkeypatch.setattr(make_pages, "render", real)
        flip(Path(report.figures["samples"].folder) / "en-dark.png")
        return real(docs, report, rendered)

    monkeypatch.setattr(make_pages, "render", damage_and_render)
    lines = make()
    assert any("en-dark.png: does not match the digest" in line for line in lines)
    assert make() == []


# The start of the name of what is being written, and what the system says.
REFUSED_WRITES = {
    "figures/.samples-": errno.ENOSPC,
    ".report.json.": errno.EACCES,
    ".docs.json.": errno.EIO,
    ".last.json.": errno.EDQUOT,
}


def test_a_write_that_the_system_refuses_ends_a_build_in_one_line_and_loses_nothing(
    make, paths, monkeypatch
):
    make()
    expected, write = contents(paths.build / "docs"), disk.write
    command = click.Command("build", callback=lambda: make() and None)
    group = CommandGroup(commands={"build": command})
    for beginning, number in REFUSED_WRITES.items():
        for file in ("docs.json", "report.json", "last.json"):
            (paths.build / file).unlink()
        for folder in paths.build.glob("figures/samples-*"):
            shutil.rmtree(folder)

        def refuse(path, content, beginning=beginning, number=number):
            if path.relative_to(paths.build).as_posix().startswith(beginning):
                raise OSError(number, os.strerror(number), str(path))
            write(path, content)

        with monkeypatch.context() as patch:
            patch.setattr(disk, "write", refuse)
            done = CliRunner().invoke(group, ["build"])
        assert done.exit_code == 2, done.output
        (line,) = done.output.splitlines()
        assert line.startswith(f"error: {paths.build}/") and os.strerror(number) in line
        assert "what was finished before is kept" in line
        assert not [path for path in paths.build.rglob(".*.*") if path.name != MARK], beginning
        make()
        assert contents(paths.build / "docs") == expected


def test_of_a_build_that_fails_nothing_counts(make, paths, monkeypatch):
    make()
    page = paths.docs / "en" / "index.md"
    text = page.read_text()
    page.write_text(text + "\n[broken](nowhere.md)\n")
    with monkeypatch.context() as patch:

        def fail(*_):
            raise CheckFailed("the site is not published, the old one stays: a link")

        patch.setattr(build_module, "_publish", fail)
        with pytest.raises(CheckFailed):
            make()
    assert acquire(paths.lock, wait=False)  # which it let go of
    page.write_text(text)
    make()
    assert [each for each in status("smoke", paths) if each.why_stale] == []
    assert "nowhere" not in (paths.build / "docs" / "en" / "index.md").read_text()


def test_a_page_edited_during_a_build_is_in_it_whole(make, paths, monkeypatch):
    page, render = paths.docs / "en" / "index.md", make_pages.render

    def render_slowly(*arguments):
        rendered = render(*arguments)
        if "More" not in page.read_text():
            page.write_text(PAGE + '\nMore.\n\n{{ figure("confusion.baseline") }}\n')
        return rendered

    monkeypatch.setattr(make_pages, "render", render_slowly)
    make()
    assert "More" in (paths.build / "docs" / "en" / "index.md").read_text()
    assert [each for each in status("smoke", paths) if each.why_stale] == []


def test_code_that_changes_during_a_build_ends_it(make, paths, monkeypatch):
    def changed(docs: Path) -> dict[str, str]:
        changed.times += 1
        return {"xo/network/train.py": str(changed.times)}

    changed.times = 0
    for module in (build_module, make_pages):
        monkeypatch.setattr(module, "read_files", changed)
    with pytest.raises(CheckFailed, match="xo/network/train.py: changed while the site was being"):
        make()
    assert not (paths.build / "last.json").exists()


def test_builders_of_one_folder_publish_no_mixed_site(make, paths, monkeypatch):
    """Four, of two studies, here two folders of pages."""
    monkeypatch.setattr(publishing, "_build", write_site)
    monkeypatch.setattr(publishing, "_check", lambda site: None)
    monkeypatch.setattr(last_build, "published_from", published_from)
    monkeypatch.setattr(
        build_module,
        "_publish",
        lambda _, at, edition: publish(at.rendered, at.site, build_module.CONFIG, edition),
    )
    other = replace(paths, docs=paths.docs.with_name("other-docs"))
    shutil.copytree(paths.docs, other.docs)
    expected = {}
    for at in (other, paths):
        (at.docs / "zh" / "index.md").write_text(f"# {at.docs.name}\n")
        (at.docs / "en" / "index.md").write_text(f"# {at.docs.name}\n")
        make(at)
        expected[at.docs] = contents(at.site)
    children = [_fork(make, (paths, other)[number % 2]) for number in range(4)]
    while children:
        assert damage(paths.site) == ""
        ended, ended_with = os.waitpid(-1, os.WNOHANG)
        if ended:
            assert ended_with == 0
            children.remove(ended)
    assert contents(paths.site) in expected.values()
    for at in (paths, other):
        make(at)
        assert contents(at.site) == expected[at.docs]


def _fork(make: Callable[..., list[str]], at: Paths) -> int:
    """A process that builds twice; its number."""
    child = os.fork()
    if child == 0:
        try:
            for _ in range(2):
                make(at)
            os._exit(0)
        finally:
            os._exit(1)
    return child


ODD = [
    '{"fingerprint": "f", "report": "", "site": "", "counts": {"demonstrations": 1, "figures": 1,'
    ' "notebooks": 1, "pages": 1}, "finishing_seconds": 1e308}',
    '{"fingerprint": "f", "counts": [], "finishing_seconds": -1}',
    "[" * 100_000,
    "null",
    '{"figures": {"samples": null}}',
]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_but_valid_content_counts_as_none(paths, odd):
    paths.build.mkdir()
    for file in (paths.report, paths.build / "last.json"):
        file.write_text(odd)
    assert not read_report(paths.report).has_results
    assert 0 < expected_finishing(paths, 1) < 1000
    write_report(paths.report, read_report(paths.report))
    assert sealed.read(paths.report, dict)


@pytest.mark.parametrize("command", ["build --partial", "status", "check"])
def test_a_file_given_for_the_build_folder_is_refused_in_one_line(tmp_path, command):
    (tmp_path / "README.md").write_text("mine")
    options = ["--build", str(tmp_path / "README.md")]
    if command != "check":
        options += ["--study", "smoke", "--store", str(tmp_path / "runs")]
    done = CliRunner().invoke(main, [*command.split(), *options])
    assert done.exit_code == 2 and not isinstance(done.exception, OSError), done.exception
    assert len(done.output.splitlines()) == 1 and "README.md" in done.output
    assert (tmp_path / "README.md").read_text() == "mine"
