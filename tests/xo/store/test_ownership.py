"""Nothing that the program did not make is overwritten or deleted."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from xo.cli import main
from xo.errors import InputError
from xo.store.ownership import MARK, claim, is_own, keep_apart, kind_of
from xo.store.source_digest import ROOT


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs a command that must end with status 2, and returns its one line."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments) -> str:
        result = CliRunner().invoke(main, list(map(str, arguments)), catch_exceptions=False)
        assert result.exit_code == 2
        (line,) = result.stderr.strip().splitlines()
        return line

    return run


@pytest.fixture
def thesis(tmp_path) -> Path:
    """A folder of somebody else's."""
    (tmp_path / "thesis" / "baseline").mkdir(parents=True)
    (tmp_path / "thesis" / "baseline" / "notes.txt").write_text("mine")
    (tmp_path / "thesis" / "record.json").write_text('{"layout": 1}')
    return tmp_path / "thesis"


@pytest.mark.parametrize("kind", ["store", "build", "site"])
def test_a_folder_is_taken_when_absent_or_empty_and_known_again(tmp_path, kind):
    (tmp_path / "empty").mkdir()
    for name in ("absent/below", "empty"):
        claim(tmp_path / name, kind)
        (tmp_path / name / "content").write_text("made")
        claim(tmp_path / name, kind)
        assert kind_of(tmp_path / name) == kind and set(files(tmp_path / name)) == {MARK, "content"}


@pytest.mark.parametrize("kind", ["store", "build", "site"])
def test_a_foreign_folder_is_refused_by_name_and_left_as_it_is(thesis, kind):
    before = files(thesis)
    with pytest.raises(InputError) as refused:
        claim(thesis, kind)
    assert str(refused.value) == (
        f"{thesis}: not empty, and not a {kind} folder that this program made; "
        f"choose another folder with --{kind}, or move this one away"
    )
    assert files(thesis) == before


def test_a_folder_of_another_kind_a_file_and_a_broken_link_are_refused(tmp_path):
    claim(tmp_path / "site", "site")
    with pytest.raises(
        InputError, match="is a site folder of this program, expected a build folder; .* --build"
    ):
        claim(tmp_path / "site", "build")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("file", "link"):
        with pytest.raises(
            InputError, match=f"{name}: expected a folder, found a file or a broken link"
        ):
            claim(tmp_path / name, "build")
    assert (tmp_path / "file").read_text() == "mine" and not (tmp_path / "nowhere").exists()


def test_what_lies_in_a_folder_that_is_replaced_is_refused(tmp_path):
    claim(tmp_path / "build", "build")
    claim(tmp_path / "site", "site")
    for above, kind in (
        ("build", "site"),
        ("build", "store"),
        ("site", "build"),
        ("site", "store"),
    ):
        with pytest.raises(
            InputError,
            match=f"inner: lies in {tmp_path / above}, a {above} folder whose content is replaced",
        ):
            claim(tmp_path / above / "inner", kind)
    claim(tmp_path / "build" / "my-images", "build")  # as the README does


@pytest.mark.parametrize(
    ("kind", "file", "content"),
    [
        ("store", "baseline/0-5e53a1/record.json", {"layout": 2, "variant": {}, "digest": "d"}),
        ("store", ".data/5e53a1/index.json", {"classes": [], "image_size": [9, 9], "digest": "d"}),
        ("build", "last.json", {"fingerprint": "f", "counts": {}}),
        ("site", "manifest.json", {"made_from": "f", "files": {}, "digest": "d"}),
    ],
)
def test_a_folder_that_an_earlier_version_made_is_known_by_what_is_in_it(
    tmp_path, kind, file, content
):
    path = tmp_path / "old" / file
    path.parent.mkdir(parents=True)
    for foreign in ("not JSON", "[]", json.dumps(dict(list(content.items())[:1]))):
        path.write_text(foreign)
        with pytest.raises(InputError, match="not empty"):
            claim(tmp_path / "old", kind)
    path.write_text(json.dumps(content))
    assert is_own(tmp_path / "old", kind) and not any(
        is_own(tmp_path / "old", other) for other in {"store", "build", "site"} - {kind}
    )
    claim(tmp_path / "old", kind)
    assert kind_of(tmp_path / "old") == kind and path.read_text() == json.dumps(content)


@pytest.mark.parametrize("option", ["--store", "--build", "--site"])
def test_the_checkout_its_sources_and_the_home_folder_are_refused(option, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home" / "me"))
    for folder in (ROOT, ROOT.parent, Path("/")):
        with pytest.raises(InputError, match=f"{folder}: is or holds the checkout .* {option}"):
            keep_apart({option: folder})
    for folder in (ROOT / "docs", ROOT / "docs" / "zh" / "new", ROOT / "xo", ROOT / ".git"):
        with pytest.raises(
            InputError, match=f"{folder}: is or lies in {ROOT}/.*, which holds sources"
        ):
            keep_apart({option: folder})
    for folder in (tmp_path / "home" / "me", tmp_path / "home"):
        with pytest.raises(InputError, match=f"{folder}: is or holds the home folder"):
            keep_apart({option: folder})
    keep_apart({option: ROOT / "elsewhere"})
    (tmp_path / "link").symlink_to(ROOT)
    with pytest.raises(InputError, match="link: is or holds the checkout"):
        keep_apart({option: tmp_path / "link"})


def test_folders_that_hold_each_other_are_refused(tmp_path):
    apart = {
        "--data": tmp_path / "data",
        "--store": tmp_path / "runs",
        "--build": tmp_path / "build",
        "--site": tmp_path / "site",
    }
    keep_apart(apart)
    for option, other in (
        ("--site", "--build"),
        ("--build", "--site"),
        ("--store", "--build"),
        ("--site", "--data"),
        ("--data", "--store"),
    ):
        for folder in (apart[other], apart[other] / "inner"):
            with pytest.raises(InputError, match="are the same folder, or one holds the other"):
                keep_apart(apart | {option: folder})


@pytest.mark.parametrize(
    "command",
    [("list", "features"), ("train", "features"), ("predict", "image.png"), ("data", "generate")],
)
def test_no_command_writes_to_a_foreign_store(run, thesis, command):
    before = files(thesis)
    assert run(*command, "--store", thesis).startswith(
        f"error: {thesis}: not empty, and not a store folder"
    )
    assert files(thesis.parent) == {f"thesis/{name}": content for name, content in before.items()}


def test_generate_and_import_leave_whatever_stands_there(run, thesis, small, tmp_path):
    before = files(thesis)
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to("nowhere")
    for name in ("thesis", "file", "link"):
        assert run("data", "generate", "--to", name).startswith(f"error: {name}: ")
    for name in ("thesis", "file", "link"):
        assert run("data", "import", small.root, "--to", name) == (
            f"error: {name}: exists already; remove it, or choose another folder with --to"
        )
    assert (
        files(thesis) == before
        and (tmp_path / "file").read_text() == "mine"
        and not (tmp_path / "nowhere").exists()
    )


def test_nothing_is_imported_into_its_source_or_where_a_build_replaces_files(run, small, tmp_path):
    shutil.copytree(small.root, tmp_path / "photos")
    claim(tmp_path / "site", "site")
    before = files(tmp_path)
    assert run("data", "import", "photos", "--to", "photos/new").startswith(
        "error: photos/new: lies in photos, "
    )
    assert run("data", "import", "photos", "--to", "site/new").startswith(
        f"error: site/new: lies in {tmp_path / 'site'}, a site folder"
    )
    assert run("data", "generate", "--to", "site/new").startswith(
        f"error: site/new: lies in {tmp_path / 'site'}, a site folder"
    )
    assert files(tmp_path) == before
