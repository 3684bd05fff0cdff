"""That every flipped byte of a store and of a site is named, at hand or over the web, and every number that does not come again."""

from __future__ import annotations

import json
import re
import shutil
import threading
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from safetensors.numpy import load, save

from report_builder.checks import retrain as rerun_module
from report_builder.checks.integrity import check_site, check_store
from report_builder.checks.retrain import again, candidates, compare
from report_builder.cli import main
from report_builder.site.publish import MANIFEST, manifest, sealed
from xo.data.dataset import DataSet
from xo.data.dataset import load as load_data
from xo.errors import InputError
from xo.runs import record as records
from xo.runs.execute import execute
from xo.runs.record import read
from xo.runs.study import one_run
from xo.store.source_digest import Source
from xo.store.store import Store
from xo.variants import VARIANTS

from .conftest import draw_images

TINY = {"epochs": 2, "dense": (8,)}


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> tuple[DataSet, Path]:
    """Really trained: three seeds of one variant and one of another, on 30x30 images."""
    folder = tmp_path_factory.mktemp("trained")
    draw_images(folder / "data", ("circles", "crosses"), (30, 30), 40, 6)
    store = Store(folder / "runs")
    data = load_data(folder / "data", store.cache)
    runs = [
        one_run(replace(VARIANTS["baseline"], **TINY), seed, data, Source()) for seed in range(3)
    ]
    runs.append(one_run(replace(VARIANTS["three-conv"], **TINY), 0, data, Source()))
    assert len(list(execute(runs, store, jobs=1))) == 4
    return data, store.root


@pytest.fixture
def store(trained, tmp_path) -> Path:
    """A copy of that store, with a demonstration beside the runs."""
    shutil.copytree(trained[1], tmp_path / "runs")
    inputs = {"code": {"xo.demonstrations.fcn:compute": "c"}, "data": "d"}
    key = records.key(inputs)
    records.write_whole(
        tmp_path / "runs" / ".demonstrations" / "windows" / key,
        {"name": "windows", "key": key, "inputs": inputs},
        {"arrays.safetensors": save({"map": np.arange(6.0)})},
    )
    return tmp_path / "runs"


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def reseal(path: Path, **changes) -> None:
    """Changes a record and makes it agree with itself, as somebody would who wants it to pass."""
    meta = json.loads(path.read_text()) | changes
    meta["digest"] = records._own_digest(meta)
    path.write_text(json.dumps(meta, indent=1, ensure_ascii=False) + "\n")


# The store


def test_a_store_as_it_was_written_has_no_problem(store):
    checked = check_store(store)
    assert (
        checked.what == f"4 records, 1 demonstrations and 1 decoded data sets in {store}"
        and checked.problems == []
    )


@pytest.mark.parametrize(
    "pattern",
    [
        "baseline/1-*/record.json",
        "baseline/1-*/arrays.safetensors",
        "three-conv/0-*/weights.safetensors",
        ".demonstrations/windows/*/record.json",
        ".demonstrations/windows/*/arrays.safetensors",
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


@pytest.mark.parametrize("name", ["train.npy", "test.npy", "index.json"])
def test_a_damaged_decoded_data_set_is_named(store, name):
    (folder,) = (path for path in (store / ".data").iterdir() if path.is_dir())
    flip(folder / name, -3)
    (problem,) = check_store(store).problems
    assert problem.startswith(f"{folder}: ")


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


def test_files_that_are_missing_or_surplus_are_named_but_not_large_weights_that_were_dropped(
    store, monkeypatch
):
    first, second = (next(store.glob(f"baseline/{seed}-*")) for seed in (0, 1))
    (first / "arrays.safetensors").unlink()
    (second / "notes.txt").write_text("mine")
    (first / "weights.safetensors").unlink()
    assert check_store(store).problems == [
        f"{first}/arrays.safetensors: missing",
        f"{first}/weights.safetensors: missing",
        f"{second}/notes.txt: surplus; the record does not name it",
    ]
    monkeypatch.setattr("report_builder.checks.integrity.WEIGHTS_SMALL", 0)
    assert f"{first}/weights.safetensors: missing" not in check_store(store).problems


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
    report = {
        "study": "smoke",
        "data": {},
        "runs": {},
        "details": {},
        "artefacts": {
            f"run baseline/{run.name}": {
                "digest": json.loads((run / "record.json").read_text())["digest"],
                "inputs": {},
            },
            "page zh/index.md": {"files": ["zh/index.md"], "inputs": {}},
        },
    }
    (folder / MANIFEST).write_text(
        sealed(manifest(folder, "made from", report, {"id": None, "why": "no git"})),
        encoding="utf-8",
    )
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
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Handler.address = f"http://127.0.0.1:{server.server_port}/"
    yield Handler
    server.shutdown()
    server.server_close()


def test_a_site_as_it_was_published_has_no_problem(site, address, store):
    assert check_site(str(site), store).problems == check_site(address.address).problems == []
    assert (
        check_site(address.address + MANIFEST).what
        == f"3 files of {address.address[:-1]}, where surplus ones cannot be seen"
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
    monkeypatch.setattr("report_builder.checks.integrity.GIVE_UP", 2)
    monkeypatch.setattr("report_builder.checks.integrity.AT_ONCE", 1)
    address.broken = True
    problems = check_site(address.address).problems
    assert [problem.partition(": ")[2] for problem in problems] == [
        "cannot be had (status 500)",
        "cannot be had (status 500)",
        "gave up after 2 failed requests; other files were not looked at",
    ]


def test_a_site_made_from_other_records_is_named(site, store):
    path = next(store.glob("baseline/0-*/record.json"))
    reseal(path, weights_asked=True)
    (problem,) = check_site(str(site), store).problems
    assert f"was made from another record of baseline/{path.parent.name}" in problem


def test_a_manifest_that_leads_out_of_the_site_is_refused(site, tmp_path):
    (tmp_path / "secret").write_text("x")
    content = json.loads((site / MANIFEST).read_text())
    content["files"]["../secret"] = [1, "0" * 64]
    (site / MANIFEST).write_text(sealed(content))
    (problem,) = check_site(str(site)).problems
    assert "names ../secret, which lies outside of the site" in problem


# Training again


def test_a_run_trained_again_gives_the_same_numbers_bit_by_bit(trained):
    data, root = trained
    asked = []

    def train(runs, scratch):
        asked.extend(map(str, runs))
        assert not scratch.root.is_relative_to(root)
        return list(execute(runs, scratch, jobs=1))

    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    (compared,) = again(Store(root), data, 1, 5, "baseline", train)
    assert (compared.run, compared.how, compared.problems) == (
        asked[0],
        "bit by bit (same versions and machine)",
        [],
    )
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before


def test_the_choice_follows_the_seed_and_favors_nobody(trained):
    data, root = trained

    def chosen(k: int, seed: int, variant: str | None = None) -> list[str]:
        names = []
        monkey = pytest.MonkeyPatch()
        with monkey.context() as patch:
            patch.setattr(
                rerun_module,
                "compare",
                lambda run, record, fresh: names.append(f"{record.variant}/{record.seed}"),
            )
            list(
                again(
                    Store(root),
                    data,
                    k,
                    seed,
                    variant,
                    lambda runs, scratch: [
                        record
                        for run, record in candidates(Store(root), data, None)[0]
                        if run.key in {each.key for each in runs}
                    ],
                )
            )
        return names

    assert chosen(2, 1) == chosen(2, 1) and len(set(chosen(2, 1))) == 2
    assert {name for seed in range(40) for name in chosen(1, seed)} == {
        "baseline/0",
        "baseline/1",
        "baseline/2",
        "three-conv/0",
    }
    assert chosen(9, 0, "three-conv") == ["three-conv/0"]


@pytest.fixture
def pair(trained, tmp_path):
    """A record, and the same record as if trained again, to be changed."""
    path = next(trained[1].glob("baseline/0-*"))
    shutil.copytree(path, tmp_path / "again")
    return read(path), tmp_path / "again"


def rewrite(folder: Path, name: str, at: tuple, add: float) -> None:
    arrays = load((folder / "arrays.safetensors").read_bytes())
    arrays[name] = arrays[name].copy()
    arrays[name][at] += add
    (folder / "arrays.safetensors").write_bytes(save(arrays))


def test_one_number_that_differs_in_its_last_bit_is_named(pair):
    record, folder = pair
    last = record.array("batch_loss")[1, -1]
    rewrite(folder, "batch_loss", (1, -1), np.spacing(last))
    compared = compare("baseline seed 0", record, read(folder, rehash=False))
    assert compared.how == "bit by bit (same versions and machine)"
    (problem,) = compared.problems
    assert problem.startswith(
        f"{record.path}: trained again, batch_loss differs in 1 of {record.array('batch_loss').size} numbers, first at (1, 1)"
    )


def test_a_measure_that_differs_is_named(pair):
    record, folder = pair
    epochs = json.loads(json.dumps(record.epochs))
    epochs[1]["test_loss"] += 1e-9
    reseal(folder / "record.json", epochs=epochs, cost={"train_seconds": 99})
    (problem,) = compare("baseline seed 0", record, read(folder)).problems
    assert problem.startswith(
        f"{record.path}: trained again, epochs differs: recorded {{'epoch': 2"
    )


@pytest.mark.parametrize(
    "elsewhere, told",
    [
        (
            {"machine": "Darwin arm64 arm"},
            r"first 10 batches within 0.0001 \(machine Linux.* -> Darwin arm64 arm\)",
        ),
        (
            {"versions": {"torch": "9.9"}},
            r"first 10 batches within 0.0001 \(versions torch \S+ -> 9.9\)",
        ),
    ],
)
def test_elsewhere_only_what_rounding_does_not_reach_must_be_the_same(pair, elsewhere, told):
    record, folder = pair
    record.meta.setdefault("machine", "Linux x")
    inputs = json.loads(json.dumps(record.inputs))
    inputs["versions"] |= elsewhere.get("versions", {})
    reseal(
        folder / "record.json",
        inputs=inputs,
        machine=elsewhere.get("machine", record.meta["machine"]),
    )
    rewrite(folder, "batch_loss", (1, 0), 0.5)  # the second epoch has gone another way
    rewrite(folder, "conv1.kernel.before", (0, 0, 0, 0), 1e-7)
    compared = compare("baseline seed 0", record, read(folder, rehash=False))
    assert re.fullmatch(told, compared.how) and compared.problems == []
    rewrite(folder, "batch_loss", (0, 0), 0.01)
    (problem,) = compare("baseline seed 0", record, read(folder, rehash=False)).problems
    assert "the loss of the first 10 batches differs by up to 0.01, more than 0.0001" in problem


def test_records_of_other_code_settings_or_data_are_left_out_and_counted(trained, store, tmp_path):
    data, _ = trained
    path = next(store.glob("baseline/1-*/record.json"))
    inputs = json.loads(path.read_text())["inputs"]
    reseal(path, inputs=inputs | {"code": {**inputs["code"], "xo.network.train:step": "another"}})
    found, others = candidates(Store(store), data, None)
    assert [str(run) for run, _ in found] == [
        "baseline seed 0",
        "baseline seed 2",
        "three-conv seed 0",
    ] and others == 1
    draw_images(tmp_path / "other", ("a", "b"), (30, 30), 4, 2)
    with pytest.raises(
        InputError,
        match=r"no record of any variant on other that can be trained again .*\(4 are of others\)",
    ):
        list(
            again(
                Store(store),
                load_data(tmp_path / "other", tmp_path / "cache"),
                1,
                0,
                None,
                lambda runs, scratch: [],
            )
        )


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
            "3 files of site: 1 problems",
            "1 problems in all",
        ],
    )


@pytest.mark.parametrize(
    "arguments, told",
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
def test_bad_input_is_told_in_one_line(tmp_path, monkeypatch, arguments, told):
    monkeypatch.chdir(tmp_path)
    status, lines = run(*arguments)
    assert status == 2 and told in lines[-1]


def test_an_unknown_variant_is_answered_with_the_known_ones(trained, tmp_path, monkeypatch):
    data, root = trained
    monkeypatch.chdir(tmp_path)
    status, lines = run(
        "--store", str(root), "--data", str(data.root), "--sample", "1", "--variant", "vgg"
    )
    assert status == 2 and "known are baseline, three-conv" in lines[-1]
