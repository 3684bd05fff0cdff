"""Every flipped byte of a store and of a site is named, in a folder or over the web."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from safetensors.numpy import save

from report_builder.checks import integrity
from report_builder.checks.integrity import check_site, check_store
from report_builder.cli import main
from report_builder.results.report import Provenance, Report
from report_builder.site.checkout import Commit
from report_builder.site.manifest import MANIFEST, as_text, describe
from xo.store import sealed
from xo.store.store import Store


@pytest.fixture
def store(trained, tmp_path) -> Path:
    """A copy of that store, with a demonstration beside the runs."""
    root = Path(shutil.copytree(trained[1], tmp_path / "runs"))
    inputs = {"code": {"xo.demonstrations.fcn:compute": "c"}, "data": "d"}
    files = {"arrays.safetensors": save({"map": np.arange(6.0)})}
    Store(root).add("demonstration", "windows", inputs, {}, files)
    return root


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def reseal(path: Path, **changes: object) -> None:
    """Changes a record and makes it agree with itself, as somebody would who wants it to pass."""
    path.write_bytes(sealed.seal_document(json.loads(path.read_text()) | changes))


# The store


def test_a_store_as_it_was_written_has_no_problem(store):
    subject = f"4 records, 1 demonstrations and 1 decoded data sets in {store}"
    assert check_store(store)[:2] == (subject, [])


@pytest.mark.parametrize(
    "pattern",
    [
        "baseline/1-*/record.json",
        "baseline/1-*/arrays.safetensors",
        "three-conv/0-*/weights.safetensors",
        ".demonstrations/windows-*/record.json",
        ".demonstrations/windows-*/arrays.safetensors",
    ],
)
@pytest.mark.parametrize("at", [0, 0.3, 0.8, -1])
def test_a_flipped_byte_of_any_file_is_named(store, pattern, at):
    (path,) = store.glob(pattern)
    flip(path, at if at in (0, -1) else int(at * path.stat().st_size))
    (problem,) = check_store(store).problems
    assert problem.startswith(f"{path}: ")


def test_no_byte_of_a_record_goes_unseen(store):
    path = next(store.glob("baseline/0-*/record.json"))
    whole = path.read_bytes()
    alone = store.parent / "alone"
    shutil.copytree(path.parent, alone / "baseline" / path.parent.name)
    target = alone / "baseline" / path.parent.name / "record.json"
    unseen = []
    assert check_store(alone).problems == []
    for at in range(0, len(whole), 11):
        for bit in (1, 32):  # the second makes another case of a letter, such as that of 1e-05
            target.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
            unseen += [] if check_store(alone).problems else [(at, bit)]
    assert unseen == []


@pytest.mark.parametrize("name", ["train.npy", "test.npy", "record.json"])
def test_a_damaged_decoded_data_set_is_named(store, name):
    (path,) = (store / ".data").glob(f"*/{name}")
    flip(path, -3)
    (problem,) = check_store(store).problems
    assert problem.startswith(f"{path}: ")


def test_records_in_each_others_places_are_named(store):
    first, second = (next(store.glob(f"baseline/{seed}-*")) for seed in (0, 1))
    first.rename(store / "aside")
    second.rename(first)
    (store / "aside").rename(second)
    problems = check_store(store).problems
    assert problems == [
        f"{first}/record.json: is the record of baseline/{second.name}",
        f"{second}/record.json: is the record of baseline/{first.name}",
    ]


def test_a_record_whose_inputs_were_changed_is_named_though_it_agrees_with_itself(store):
    path = next(store.glob("baseline/0-*/record.json"))
    reseal(path, inputs=json.loads(path.read_text())["inputs"] | {"seed": 7})
    assert check_store(store).problems == [f"{path}: its key is not that of its inputs"]


def test_files_that_are_missing_or_surplus_are_named_but_not_weights_that_may_be_deleted(store):
    first, second = (next(store.glob(f"baseline/{seed}-*")) for seed in (0, 1))
    (first / "arrays.safetensors").unlink()
    (second / "notes.txt").write_text("mine")
    (first / "weights.safetensors").unlink()
    assert check_store(store).problems == [
        f"{first}/arrays.safetensors: missing",
        f"{second}/notes.txt: surplus; the record does not name it",
    ]


# A site


@pytest.fixture
def site(tmp_path, store) -> Path:
    """Two pages and a figure with a manifest, as a build writes it."""
    folder = tmp_path / "published"
    for name, text in {
        "index.html": "<p>页面</p>",
        "en/index.html": "<p>page</p>",
        "figures/损失 a.svg": "<svg></svg>",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    run = next(store.glob("baseline/0-*"))
    digest = json.loads((run / "record.json").read_text())["digest"]
    provenance = {
        f"run baseline/{run.name}": Provenance({}, digest),
        "page zh/index.md": Provenance({}, files=("zh/index.md",)),
    }
    manifest = describe(
        folder, "made from", Report(provenance=provenance), Commit(None, why="no git")
    )
    (folder / MANIFEST).write_bytes(as_text(manifest))
    return folder


@pytest.fixture
def address(site):
    class Handler(SimpleHTTPRequestHandler):
        broken = False

        def do_GET(self):
            self.send_error(
                500
            ) if Handler.broken and MANIFEST not in self.path else super().do_GET()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(site)))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    Handler.address = f"http://127.0.0.1:{server.server_port}/"
    yield Handler
    server.shutdown()
    server.server_close()


def test_a_site_as_it_was_published_has_no_problem(site, address, store):
    assert check_site(str(site), store).problems == check_site(address.address).problems == []
    assert check_site(address.address + MANIFEST).subject == (
        f"3 files of {address.address[:-1]}, where surplus ones cannot be seen"
    )


@pytest.mark.parametrize("name", ["index.html", "en/index.html", "figures/损失 a.svg", MANIFEST])
@pytest.mark.parametrize("remote", [False, True])
def test_a_flipped_byte_of_a_site_is_named(site, address, name, remote):
    where = address.address if remote else str(site)
    flip(site / name, -2)
    (problem,) = check_site(where).problems
    assert problem.startswith(f"{where.rstrip('/')}/{name}: ")


def test_what_a_site_lacks_and_what_it_has_too_much_is_named(site, address):
    (site / "en" / "index.html").unlink()
    (site / "old.html").write_text("x")
    assert check_site(str(site)).problems == [
        f"{site}/en/index.html: missing",
        f"{site}/old.html: surplus; the manifest does not name it",
    ]
    assert check_site(address.address).problems == [f"{address.address}en/index.html: missing"]


def test_a_longer_file_is_changed_and_not_read_to_its_end(site, address):
    with open(site / "index.html", "ab") as file:
        file.truncate(1 << 28)
    (problem,) = check_site(address.address).problems
    assert problem.startswith(f"{address.address}index.html: changed")


def test_a_server_that_fails_is_not_taken_for_a_changed_site(address, monkeypatch):
    monkeypatch.setattr(integrity, "MAX_FAILED_REQUESTS", 2)
    monkeypatch.setattr(integrity, "PARALLEL_REQUESTS", 1)
    address.broken = True
    problems = check_site(address.address).problems
    assert [problem.partition(": ")[2] for problem in problems] == [
        "cannot be had (status 500)",
        "cannot be had (status 500)",
        "gave up after 2 failed requests; other files were not looked at",
    ]


def test_a_site_made_from_other_records_is_named(site, store):
    path = next(store.glob("baseline/0-*/record.json"))
    reseal(path, content=json.loads(path.read_text())["content"] | {"seed": 7})
    (problem,) = check_site(str(site), store).problems
    assert f"was made from another record of baseline/{path.parent.name}" in problem


def test_a_manifest_of_the_form_before_counts_until_something_it_says_changes(site):
    """Its digest was that of its other entries, sorted."""
    path = site / MANIFEST
    content = json.loads(path.read_text())
    del content["digest"]
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    content["digest"] = hashlib.sha256(text.encode()).hexdigest()
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False))
    assert check_site(str(site)).problems == []
    path.write_text(path.read_text().replace('"study": "', '"study": "x'))
    (problem,) = check_site(str(site)).problems
    assert problem == f"{path}: does not match its own digest"


def test_a_manifest_with_a_name_that_no_file_can_have_is_none(site):
    content = json.loads((site / MANIFEST).read_text())
    content["files"]["a\0b"] = [1, "0" * 64]
    (site / MANIFEST).write_bytes(sealed.seal_document(content))
    (problem,) = check_site(str(site)).problems
    assert "is not a manifest of this version" in problem


def test_a_manifest_that_leads_out_of_the_site_is_refused(site, tmp_path):
    (tmp_path / "secret").write_text("x")
    content = json.loads((site / MANIFEST).read_text())
    content["files"]["../secret"] = [1, "0" * 64]
    (site / MANIFEST).write_bytes(sealed.seal_document(content))
    (problem,) = check_site(str(site)).problems
    assert "names ../secret, which lies outside of the site" in problem


# The command


def run(*arguments: str) -> tuple[int, list[str]]:
    done = CliRunner().invoke(main, ["verify", *arguments])
    return done.exit_code, done.output.splitlines()


def test_the_command_ends_with_a_line_and_a_status(store, site, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    site.rename(tmp_path / "site")
    assert run("--store", str(store)) == (
        0,
        [
            f"4 records, 1 demonstrations and 1 decoded data sets in {store}: no problems",
            "3 files of site: no problems",
            "all is as it was written",
        ],
    )
    flip(next(store.glob("baseline/0-*/arrays.safetensors")), -1)
    flip(tmp_path / "site" / "index.html", 0)
    status, lines = run("--store", str(store))
    assert status == 1 and len(lines) == 5 and lines[-1] == "2 problems in all"
    assert run("--site", "site") == (
        1,
        [
            "site/index.html: changed, it does not match its digest in manifest.json",
            "3 files of site: 1 problems; 'python -m report_builder build' publishes it again",
            "1 problems in all",
        ],
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--store", "nowhere"), "nowhere: no such folder"),
        (("--site", "nowhere"), "nowhere: neither a folder nor an address"),
        (("--site", "ftp://example.org/"), "neither a folder nor an address that starts with http"),
        (("--site", "http://127.0.0.1:9/"), "http://127.0.0.1:9/manifest.json: cannot be had"),
        (("--site", "."), "holds no manifest.json"),
        (("--variant", "baseline"), "--variant says which runs --sample chooses from"),
        (("--sample", "0"), "0"),
    ],
)
def test_bad_input_gets_one_line(tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    status, lines = run(*arguments)
    assert status == 2 and message in lines[-1]


def test_an_unknown_variant_is_answered_with_the_known_ones(trained, tmp_path, monkeypatch):
    data, root = trained
    monkeypatch.chdir(tmp_path)
    status, lines = run(
        "--store", str(root), "--data", str(data.root), "--sample", "1", "--variant", "vgg"
    )
    assert status == 2 and "known are baseline, three-conv" in lines[-1]
