"""What a build makes anew and what it leaves, with made-up records instead of training; publishing
has tests of its own.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from importlib import metadata
from pathlib import Path

import pytest

from report_builder import artifacts, last_build
from report_builder import build as build_module
from report_builder.build import build
from report_builder.evidence.gather import gather, look_up_study
from report_builder.pages import code_outputs, notebooks
from report_builder.paths import Paths
from report_builder.results.report import Report, read_report
from report_builder.site.edition import make as editions
from report_builder.site.edition.make import Edition
from report_builder.site.publish import Published
from report_builder.status import status
from report_builder.text import LANGUAGES
from tests.report_builder.made_up_study import draw_images, write_record
from tests.report_builder.small_builds import PAGE, RUNS, leave_unexecuted
from xo.errors import InputError
from xo.runs.record import RunRecord
from xo.runs.study import Run
from xo.store.source_digest import ROOT, Source
from xo.store.store import NEVER, Store

NO_CACHE = shutil.ignore_patterns("__pycache__")


def files(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_the_first_build_makes_everything_and_the_second_nothing(run, paths, train):
    summary, made = run()
    # of the demonstrations the one that needs no network
    assert made == {"samples", "loss.baseline", "accuracy.features", "trivial-baselines"}
    assert summary.trained == (RUNS, RUNS) and len(train.runs) == RUNS
    for name in (
        "zh/index.md",
        "en/figures/loss.baseline.dark.svg",
        "zh/figures/samples.light.png",
        "en/figures/samples.csv",
    ):
        assert (paths.build / "docs" / name).stat().st_size > 0
    before = files(paths.build) | files(paths.store)
    summary, made = run()
    assert (summary.trained, summary.drawn, made) == (
        (0, RUNS),
        (0, 3),
        set(),
    ) and not summary.published
    assert files(paths.build) | files(paths.store) == before


def test_a_changed_page_is_rendered_and_nothing_else_made(run, built):
    run()
    page = built.docs / "en" / "index.md"
    page.write_text(PAGE + "\nMore.\n")
    before = files(built.build / "docs")
    summary, made = run()
    assert made == set() and summary.trained == (0, RUNS)
    after = files(built.build / "docs")
    assert {
        path.relative_to(built.build / "docs").as_posix()
        for path in after
        if after[path] != before.get(path)
    } == {"en/index.md"}


def _note(made: list[str], names: Iterable[str], n: int) -> None:
    made.extend(names)


def test_who_goes_back_to_a_data_set_finds_everything_that_was_made_of_it(
    run, paths, train, tmp_path, monkeypatch
):
    monkeypatch.setattr("xo.store.store.KEPT", 1)
    for language in ("zh", "en"):
        (paths.docs / language / "index.md").write_text('{{ figure("samples") }}\n')
    run()
    for number in range(2):
        other = tmp_path / f"other-{number}"
        draw_images(other, ("circles", "crosses"), (24 + 2 * number, 24), 3, 2)
        made: list[str] = []
        build("smoke", replace(paths, data=other), train, 1, partial(_note, made))
        assert "samples" in made and "trivial-baselines" in made
    summary, made = run()
    assert (summary.trained, made) == ((0, RUNS), set())


def test_another_card_of_the_images_changes_what_pages_say_and_trains_nothing(run, built):
    page = built.build / "docs" / "en" / "index.md"
    run()
    assert "1 of 2" in page.read_text()
    card = built.data / "card.json"
    card.write_text('{"solved_from": 0.1}')
    summary, made = run()
    assert summary.trained == (0, RUNS) and "accuracy.features" in made
    assert "2 of 2" in page.read_text()
    assert "A run that ends at 10\N{NO-BREAK SPACE}% or more counts as solved" in page.read_text()
    assert run()[1] == set()
    card.write_text('{"solved_from": 0.1, "title": {"zh": "记号", "en": "Marks"}}')
    summary, made = run()
    assert (summary.trained, made, summary.published) == ((0, RUNS), set(), True)


def test_a_card_that_changes_while_a_build_trains_belongs_to_the_next(paths, built):
    def reads(study) -> str:
        return last_build.fingerprint(study, gather(study), paths, {})

    study = look_up_study("smoke", paths.data, paths.store)
    before = reads(study)
    (paths.data / "card.json").write_text('{"solved_from": 0.1}')
    assert reads(study) == before
    assert reads(look_up_study("smoke", paths.data, paths.store)) != before


def test_a_figure_that_a_page_newly_uses_is_drawn(run, built):
    (built.docs / "en" / "index.md").write_text(PAGE + '\n{{ figure("confusion.baseline") }}\n')
    assert run()[1] == {"confusion.baseline"}


CHANGED_FUNCTIONS = {  # figures that a change of the function draws anew
    "training/loss.py:draw": {"loss.baseline"},
    "training/accuracy.py:describe": {"accuracy.features"},
    "images/samples.py:measure": {"samples"},
    "images/mistakes.py:measure": set(),
    "toolkit/layout.py:end_labels": {"loss.baseline", "accuracy.features"},
}


def test_changed_code_redraws_what_reaches_it(run, built, tmp_path, monkeypatch):
    tree = tmp_path / "tree"
    for package in ("xo", "report_builder"):
        shutil.copytree(ROOT / package, tree / package, ignore=NO_CACHE)
    monkeypatch.setattr(artifacts, "Source", lambda: Source(tree))
    for name, redrawn in CHANGED_FUNCTIONS.items():
        file, _, function = name.partition(":")
        path = tree / "report_builder" / "figures" / file
        text = path.read_text()
        path.write_text(
            re.sub(rf"(?s)(def {function}\(.*?\) -> .*?:\n)", r"\1    changed = 1\n", text, count=1)
        )
        monkeypatch.setattr(last_build, "fingerprint", lambda *_, name=name: name)
        stale = {
            each.name.removeprefix("figure "): each.why_stale
            for each in status("smoke", built)
            if each.why_stale and each.name.startswith("figure ")
        }
        module = f"report_builder.figures.{file.removesuffix('.py').replace('/', '.')}"
        assert set(stale) == redrawn, name
        assert all(f"{module}:{function}" in why for why in stale.values()), name
        assert run()[1] == redrawn, name
        path.write_text(text)


def test_a_changed_record_redraws_its_variants_figures_and_those_of_the_study(run, built, train):
    (record,) = (built.store / "features").glob("0-*")
    shutil.rmtree(record)
    planned = look_up_study("smoke", built.data, built.store).runs
    assert [each.name for each in status("smoke", built) if each.why_stale == NEVER] == [
        "run features seed 0"
    ]
    # the same run again leaves the same digest but for its cost, so that figures are drawn for a
    # reason
    run()
    assert train.runs == ["features seed 0"] and len(planned) == RUNS


def test_a_damaged_record_is_trained_again_and_named_before(run, built, train):
    (record,) = (built.store / "baseline").glob("1-*")
    (record / "arrays.safetensors").write_bytes(b"flipped")
    assert any("damaged" in each.why_stale for each in status("smoke", built))
    run()
    assert train.runs == ["baseline seed 1"] and list((built.store / ".damaged").iterdir())


def test_a_damaged_demonstration_is_named_when_it_is_computed_again(run, built, train):
    record = next((built.store / ".demonstrations").rglob("record.json"))
    record.write_bytes(record.read_bytes()[:-9])
    said: list[str] = []
    summary = build("smoke", built, train, 1, lambda names, n: list(names), say=said.append)
    assert summary.computed[0] == 1
    (line,) = (each for each in said if "demonstration" in each)
    assert "is computed again; damaged: " in line and str(record.parent) in line


def test_other_data_share_nothing_in_the_store(run, built, train, tmp_path):
    (one,) = (built.store / "baseline").glob("0-*")
    draw_images(tmp_path / "other", ("a", "b"), (40, 60), 4, 2)
    other = Paths(tmp_path / "other", built.store, built.build, built.site, built.docs)
    build("smoke", other, train, jobs=1, follow=lambda names, n: list(names))
    assert len(train.runs) == RUNS
    assert len(list((built.store / "baseline").glob("0-*"))) == 2 and one.is_dir()
    assert not read_report(built.report).data.embedded


def test_a_template_that_fails_leaves_everything_as_it_was(run, built):
    before = files(built.build / "docs")
    (built.docs / "en" / "index.md").write_text('\n{{ value("baseline.none") }}')
    with pytest.raises(InputError, match=r"en/index.md:2: value 'baseline.none': not known"):
        run()
    assert files(built.build / "docs") == before


def test_half_drawn_figures_are_not_taken_for_whole_ones(run, built):
    (drawn,) = (built.build / "figures").glob("samples-*")
    (drawn / "en-dark.png").unlink()
    (built.build / "last.json").unlink()
    assert run()[1] == {"samples"}


def test_an_unknown_study_is_answered_with_the_known_ones(paths, train):
    with pytest.raises(
        InputError, match="study 'huge': not known; known are smoke, default, full$"
    ):
        build("huge", paths, train, jobs=1, follow=lambda names, n: list(names))


def test_a_part_of_a_study_makes_a_site_that_counts_what_is_there(paths, train):
    with pytest.raises(InputError, match="no record of the study"):
        build("smoke", paths, None, jobs=1, follow=lambda names, n: list(names))

    def train_some(missing, on_record):
        return train(
            [
                (run, why)
                for run, why in missing
                if run.variant.name == "baseline"
                or run.seed == 0
                and run.variant.name != "channels-15"
            ]
        )

    build("smoke", paths, train_some, jobs=1, follow=lambda names, n: list(names))
    (paths.docs / "en" / "index.md").write_text(
        '{{ value("features.solved") }} {{ value("channels-15.solved") }} '
        '{{ figure("loss.channels-15") }}'
    )
    summary = build("smoke", paths, None, jobs=1, follow=lambda names, n: list(names))
    runs = read_report(paths.report).runs
    assert summary.trained[0] == 0 and 0 < runs.made < runs.planned == summary.trained[1]
    page = (paths.build / "docs" / "en" / "index.md").read_text()
    assert "of 1" in page  # one seed of features is there: n is 1, not 2
    assert "—" in page and "has no run of" in page and "0 of" not in page.split("—")[1]


def test_swapping_two_variants_records_in_the_store_changes_just_what_rests_on_them(
    paths, train, tmp_path
):
    one, other = "channels-11", "channels-15"
    for language in LANGUAGES:
        (paths.docs / language / "index.md").write_text("# Page\n")

    def report(store: Path, solving: str) -> Report:
        def write(run: Run) -> RunRecord:
            solves = (
                run.variant.name == solving if run.variant.name in (one, other) else run.seed == 0
            )
            return write_record(Store(store), run.variant, run.data, run.seed, solves, run.inputs)

        at = replace(paths, store=store)
        build(
            "smoke",
            at,
            lambda missing, on_record: [write(run) for run, _ in missing],
            jobs=1,
            follow=lambda names, n: list(names),
        )
        return read_report(paths.report)

    before, after = report(tmp_path / "before", one), report(tmp_path / "after", other)
    values = {name for name, value in before.values.items() if after.values[name] != value}
    assert values and {name.partition(".")[0] for name in values} <= {
        one,
        other,
        "published",
        "readings",
    }
    assert {
        f"{one}.solved",
        f"{other}.solved",
        f"{one}.test_accuracy",
        f"{other}.test_accuracy",
    } <= values
    claims = {name for name, claim in before.claims.items() if after.claims[name] != claim}
    assert claims == {"11-channels-are-fine", "15-channels-are-worse"}  # of those not withheld


def test_a_notebook_is_stale_by_its_code_its_libraries_and_the_code_of_ours_that_it_imports(
    run, built, tmp_path, monkeypatch
):
    def why() -> str:
        return next(
            each.why_stale for each in status("smoke", built) if each.name == "notebook en/book.py"
        )

    monkeypatch.setattr(notebooks, "execute", leave_unexecuted)
    book = built.docs / "en" / "book.py"
    book.write_text("# %%\nfrom report_builder.text import percent\n\npercent(0.5, 2)\n")
    assert why() == NEVER
    assert "en/book.py" in run()[1] and why() == ""
    for package in ("xo", "report_builder"):
        shutil.copytree(
            ROOT / package,
            tmp_path / "tree" / package,
            ignore=NO_CACHE,
        )
    text = tmp_path / "tree" / "report_builder" / "text.py"
    text.write_text(
        text.read_text()
        .replace("def percent(", "def percent(*, ")
        .replace("def count(", "def count(*, ")
    )
    with monkeypatch.context() as patch:
        patch.setattr(artifacts, "Source", lambda: Source(tmp_path / "tree"))
        assert why() == "changed: code report_builder.text:percent"
    with monkeypatch.context() as patch:
        patch.setattr(
            code_outputs,
            "version",
            lambda name: "99" if name == "ipykernel" else metadata.version(name),
        )
        assert why().startswith("changed: versions ipykernel ") and why().endswith("-> 99")
    book.write_text(book.read_text() + "\n# %%\nprint(1)\n")
    assert why() == "changed: file docs/en/book.py"
    assert "en/book.py" in run()[1] and why() == ""


def test_the_prose_of_a_notebook_changes_without_running_it(run, built, tmp_path):
    book = built.docs / "en" / "book.py"
    book.write_text(
        f"# %% [markdown]\n# Prose\n\n# %%\nopen({str(tmp_path / 'log')!r}, "
        "'a').write('run')\nprint('printed')\n"
    )
    assert "en/book.py" in run()[1]
    text = book.read_text()
    for edited in (
        text.replace("# Prose", "# Other prose\n#\n# and more"),
        text + "\n# %% [markdown]\n# Other prose, and more\n",
    ):
        book.write_text(edited)
        assert not [
            each
            for each in status("smoke", built)
            if each.name == "notebook en/book.py" and each.why_stale
        ]
        assert run()[1] == set() and (tmp_path / "log").read_text() == "run"
        page = (built.build / "docs" / "en" / "book.ipynb").read_text()
        assert (
            "Other prose" in page
            and "and more" in page
            and '"printed\\n"' in page
            and "Not all cells" not in page
        )
    book.write_text(text.replace("'printed'", "'other'"))
    assert "en/book.py" in run()[1] and (tmp_path / "log").read_text() == "runrun"


def test_what_rests_on_runs_that_are_gone_waits_for_them(run, built):
    shutil.rmtree(built.store / "baseline")
    found = {each.name: each.why_stale for each in status("smoke", built) if each.why_stale}
    assert found["run baseline seed 0"] == NEVER
    for name in (
        "figure loss.baseline",
        "value baseline.n",
        "table accuracy",
        "claim 15-channels-are-worse",
    ):
        assert found[name] == "changed: run baseline/0, run baseline/1", name
    assert "value baseline.solved" in found["page en/index.md"]
    assert not any(
        name.startswith(("value features.", "figure accuracy.features", "asset ")) for name in found
    )


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ["store", "build", "site"])
def test_a_folder_of_somebody_elses_is_refused_before_anything_is_written(
    run, paths, train, tmp_path, name
):
    foreign = getattr(paths, name) / "docs" / "notes.txt"
    foreign.parent.mkdir(parents=True)
    foreign.write_text("mine")
    before = contents(tmp_path)
    with pytest.raises(
        InputError, match=f"{getattr(paths, name)}: not empty, and not a {name} folder .* --{name}"
    ):
        run()
    assert contents(tmp_path) == before and not train.runs


def test_a_folder_that_holds_the_pages_sources_is_refused(paths, train, tmp_path):
    before = contents(tmp_path)
    for name, folder, reason in (
        ("build", tmp_path, "holds the other"),
        ("build", paths.docs, "and docs .* are the same folder"),
        ("site", paths.docs / "zh" / "new", "and docs .* holds the other"),
        ("build", ROOT, "is or holds the checkout"),
        ("site", ROOT, "is or holds the checkout"),
    ):
        with pytest.raises(InputError, match=reason):
            build(
                "smoke",
                replace(paths, **{name: folder}),
                train,
                jobs=1,
                follow=lambda names, n: list(names),
            )
    assert contents(tmp_path) == before and not train.runs


def test_a_file_among_the_rendered_pages_is_neither_lost_nor_published(run, built):
    page = built.docs / "en" / "index.md"
    page.write_text(page.read_text() + "\nmore\n")
    notes, dotted = built.build / "docs" / "en" / "notes.md", built.build / "docs" / ".notes.swp"
    notes.write_text("mine")
    dotted.write_text("mine")
    before = contents(built.build / "docs")
    with pytest.raises(
        InputError, match="build/docs/en/notes.md: was not rendered, .*; move it out"
    ):
        run()
    assert contents(built.build / "docs") == before
    notes.unlink()
    run()
    assert (
        "more" in (built.build / "docs" / "en" / "index.md").read_text()
        and dotted.read_text() == "mine"
    )


def test_a_site_offers_its_records_only_while_asked_to(built, train):
    def make(attach: bool) -> Report:
        build("smoke", built, train, jobs=1, follow=lambda names, n: [*names], attach=attach)
        return read_report(built.report)

    offered = built.build / "docs" / "runs-smoke.zip"
    assert make(False).attached_runs is None and not offered.exists()
    attached = make(True).attached_runs
    content = offered.read_bytes()
    assert attached and (attached.runs, attached.bytes) == (RUNS, len(content))
    assert attached.sha256 == hashlib.sha256(content).hexdigest()
    assert not [each for each in status("smoke", built) if each.why_stale]
    assert make(False).attached_runs is None and not offered.exists()
    assert not train.runs


def test_an_edition_that_the_site_lacks_is_made_though_nothing_else_is(built, train, monkeypatch):
    asked: list[Edition | None] = []

    def publish(publisher: object, paths: Paths, edition: Edition | None) -> Published:
        asked.append(edition)
        return Published(True, "all of it")

    def make(edition: bool) -> list[str]:
        lines: list[str] = []
        build(
            "smoke",
            built,
            train,
            jobs=1,
            follow=lambda names, n: [*names],
            say=lines.append,
            edition=edition,
        )
        return lines

    monkeypatch.setattr(build_module, "_publish", publish)
    monkeypatch.setattr(editions, "find_browser", lambda: None)
    make(False)
    make(False)
    assert asked == [None]
    (line,) = make(True)
    assert "no browser" in line and asked == [None, Edition(None, ())]
    monkeypatch.setattr(build_module, "offers", lambda site, edition: edition is not None)
    assert make(True) == [line] and len(asked) == 2
    make(False)
    assert asked[2:] == [None]


def test_a_build_is_found_up_to_date_without_importing_what_makes_results():
    code = (
        "import sys, report_builder.build\n"
        "made = {'scipy', 'matplotlib', 'torch', 'report_builder.results.claims'}\n"
        "assert not made & sys.modules.keys(), made & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
