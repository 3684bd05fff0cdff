"""What a build makes anew and what it leaves, with made-up records instead of training; publishing has tests of its own."""

from __future__ import annotations

import shutil
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pytest

from report_builder import build as build_module
from report_builder.results import artefacts
from report_builder.results import results
from report_builder.build import Places, build, draw_one, read_value
from report_builder.figures.table import Style
from report_builder.pages.render import load_report
from report_builder.status import status
from xo.store.source_digest import ROOT, Source
from xo.errors import InputError
from xo.runs.record import RunRecord
from xo.store.store import Store
from xo.runs.study import STUDIES, Run
from xo.variants import VARIANTS

from .conftest import draw_images, write_record

PAGE = '# Page\n\n{{ value("baseline.solved") }}\n\n{{ figure("samples") }}\n\n{{ figure("loss.baseline") }}\n'
PAGE += '\n{{ figure("accuracy.features") }}\n'
SMOKE = STUDIES["smoke"]
RUNS = sum(SMOKE.but.get(name, SMOKE.seeds) for name in VARIANTS)


@pytest.fixture
def places(tmp_path, monkeypatch) -> Places:
    monkeypatch.setattr(build_module, "_publish", lambda publisher, places: True)
    monkeypatch.setattr(build_module, "load_machinery", int)
    monkeypatch.setattr(build_module, "is_published", lambda site: True)
    for language in ("zh", "en"):
        (tmp_path / "docs" / language).mkdir(parents=True)
        (tmp_path / "docs" / language / "index.md").write_text(PAGE)
    draw_images(tmp_path / "data", ("circles", "crosses"), (30, 30), 8, 6)
    return Places(tmp_path / "data", tmp_path / "runs", tmp_path / "build", tmp_path / "site", tmp_path / "docs")


@pytest.fixture
def train(places, tmp_path):
    """Stands in for training: writes a made-up record for each run and remembers which were asked for."""
    asked: list[str] = []

    def write(run: Run) -> RunRecord:
        return write_record(Store(places.store), run.variant, run.data, run.seed, run.seed == 0, run.inputs)

    def train(missing: list[tuple[Run, str]]) -> list[RunRecord]:
        asked.extend(str(run) for run, _ in missing)
        return [write(run) for run, _ in missing]

    train.asked = asked
    return train


@pytest.fixture
def run(places, train):
    """Builds the smoke study and returns the summary and the names of what was made."""

    def run():
        made: list[str] = []
        summary = build("smoke", places, train, jobs=1, follow=lambda names, n: made.extend(names))
        return summary, set(made)

    return run


def files(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_the_first_build_makes_everything_and_the_second_nothing(run, places, train):
    summary, made = run()
    assert made == {"samples", "loss.baseline", "accuracy.features"}
    assert summary.trained == (RUNS, RUNS) and len(train.asked) == RUNS
    for name in ("zh/index.md", "en/figures/loss.baseline.dark.svg", "zh/figures/samples.light.png", "en/figures/samples.csv"):
        assert (places.build / "docs" / name).stat().st_size > 0
    before = files(places.build) | files(places.store)
    summary, made = run()
    assert (summary.trained, summary.drawn, made) == ((0, RUNS), (0, 3), set()) and not summary.published
    assert files(places.build) | files(places.store) == before


def test_a_changed_page_is_rendered_and_nothing_else_made(run, places):
    run()
    page = places.docs / "en" / "index.md"
    page.write_text(PAGE + "\nMore.\n")
    before = files(places.build / "docs")
    summary, made = run()
    assert made == set() and summary.trained == (0, RUNS)
    after = files(places.build / "docs")
    assert {path.relative_to(places.build / "docs").as_posix() for path in after if after[path] != before.get(path)} == \
        {"en/index.md"}


def test_a_figure_that_a_page_newly_uses_is_drawn(run, places):
    run()
    (places.docs / "en" / "index.md").write_text(PAGE + '\n{{ figure("confusion.baseline") }}\n')
    assert run()[1] == {"confusion.baseline"}


@pytest.mark.parametrize("file, function, redrawn", [
    ("report_builder/figures/training/curves.py", "loss", {"loss.baseline"}),
    ("report_builder/figures/training/curves.py", "accuracy", {"accuracy.features"}),
    ("report_builder/figures/images/images.py", "samples", {"samples"}),
    ("report_builder/figures/images/images.py", "mistakes", set()),
    ("report_builder/figures/toolkit/layout.py", "end_labels", {"loss.baseline", "accuracy.features"}),
])
def test_changed_code_redraws_what_reaches_it(run, places, tmp_path, monkeypatch, file, function, redrawn):
    run()
    for package in ("xo", "report_builder"):
        shutil.copytree(ROOT / package, tmp_path / "tree" / package, ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / "tree" / file
    text = path.read_text()
    head = text[text.index(f"def {function}("):]
    body = head[:head.index('"""') + 3 + head[head.index('"""') + 3:].index('"""') + 3]
    path.write_text(text.replace(body, body + "\n    changed = 1"))
    monkeypatch.setattr(artefacts, "Source", lambda: Source(tmp_path / "tree"))
    monkeypatch.setattr(build_module, "_fingerprint", lambda plan, places, read: "changed")
    stale = {standing.name.removeprefix("figure "): standing.why for standing in status("smoke", places)
             if standing.why and standing.name.startswith("figure ")}
    assert set(stale) == redrawn
    assert all(f"{file.removesuffix('.py').replace('/', '.')}:{function}" in why for why in stale.values())
    assert run()[1] == redrawn


def test_a_changed_record_redraws_its_variants_figures_and_those_of_the_study(run, places, train):
    run()
    (record,) = (places.store / "features").glob("0-*")
    shutil.rmtree(record)
    train.asked.clear()
    meta = build_module.planned("smoke", places).runs
    assert [standing.name for standing in status("smoke", places) if standing.why.startswith("never trained")] == \
        ["run features seed 0"]
    # the same run again leaves the same digest but for its cost, so that figures are drawn for a reason
    run()
    assert train.asked == ["features seed 0"] and len(meta) == RUNS


def test_a_damaged_record_is_trained_again_and_named_before(run, places, train):
    run()
    (record,) = (places.store / "baseline").glob("1-*")
    (record / "arrays.safetensors").write_bytes(b"flipped")
    train.asked.clear()
    assert any("damaged" in standing.why for standing in status("smoke", places))
    run()
    assert train.asked == ["baseline seed 1"] and list((places.store / ".damaged").iterdir())


def test_other_data_share_nothing_in_the_store(run, places, train, tmp_path):
    run()
    (one,) = (places.store / "baseline").glob("0-*")
    draw_images(tmp_path / "other", ("a", "b"), (40, 60), 4, 2)
    other = Places(tmp_path / "other", places.store, places.build, places.site, places.docs)
    train.asked.clear()
    build("smoke", other, train, jobs=1, follow=lambda names, n: list(names))
    assert len(train.asked) == RUNS
    assert len(list((places.store / "baseline").glob("0-*"))) == 2 and one.is_dir()
    assert "embedded\": false" in (places.build / "report.json").read_text()


def test_a_template_that_fails_leaves_everything_as_it_was(run, places):
    run()
    before = files(places.build / "docs")
    (places.docs / "en" / "index.md").write_text('\n{{ value("baseline.none") }}')
    with pytest.raises(InputError, match=r"en/index.md:2: value 'baseline.none' is not known"):
        run()
    assert files(places.build / "docs") == before


def test_half_drawn_figures_are_not_taken_for_whole_ones(run, places):
    run()
    (drawn,) = (places.build / "figures" / "samples").iterdir()
    (drawn / "meta.json").unlink()
    (places.build / "last.json").unlink()
    assert run()[1] == {"samples"}


def test_one_figure_by_name(run, places, tmp_path):
    with pytest.raises(InputError, match="no record of the study smoke"):
        draw_one("samples", "smoke", places, Style("zh", "light"), tmp_path / "samples.png")
    run()
    path = draw_one("loss.baseline", "smoke", places, Style("en", "dark"), tmp_path / "loss.svg")
    drawn = next((places.build / "figures" / "loss.baseline").iterdir()) / "en-dark.svg"
    assert path.read_bytes() == drawn.read_bytes()
    with pytest.raises(InputError, match=r"figure 'los': not known; known are passage, samples"):
        draw_one("los", "smoke", places, Style("zh", "light"), None)
    with pytest.raises(InputError, match="ends in .svg or .png"):
        draw_one("samples", "smoke", places, Style("zh", "light"), tmp_path / "x.gif")


def test_an_unknown_study_is_answered_with_the_known_ones(places, train):
    with pytest.raises(InputError, match="study 'huge': not known; known are smoke, default, full"):
        build("huge", places, train, jobs=1, follow=lambda names, n: list(names))


def test_a_part_of_a_study_makes_a_site_that_counts_what_is_there(places, train):
    with pytest.raises(InputError, match="no record of the study"):
        build("smoke", places, None, jobs=1, follow=lambda names, n: list(names))

    def train_some(missing):
        return train([(run, why) for run, why in missing if run.variant.name == "baseline" or run.seed == 0 and
                      run.variant.name != "channels-15"])

    build("smoke", places, train_some, jobs=1, follow=lambda names, n: list(names))
    (places.docs / "en" / "index.md").write_text('{{ value("features.solved") }} {{ value("channels-15.solved") }} {{ figure("loss.channels-15") }}')
    summary = build("smoke", places, None, jobs=1, follow=lambda names, n: list(names))
    runs = load_report(places.build / "report.json")["runs"]
    assert summary.trained[0] == 0 and 0 < runs["made"] < runs["planned"] == summary.trained[1]
    page = (places.build / "docs" / "en" / "index.md").read_text()
    assert "of 1" in page  # one seed of features is there: n is 1, not 2
    assert "—" in page and "has no run of" in page and "0 of" not in page.split("—")[1]


def test_swapping_two_variants_records_in_the_store_changes_just_what_rests_on_them(places, train, tmp_path):
    one, other = "channels-11", "channels-15"

    def report(store: Path, solving: str) -> dict:
        def write(run: Run) -> RunRecord:
            solves = run.variant.name == solving if run.variant.name in (one, other) else run.seed == 0
            return write_record(Store(store), run.variant, run.data, run.seed, solves, run.inputs)

        at = replace(places, store=store)
        build("smoke", at, lambda missing: [write(run) for run, _ in missing], jobs=1, follow=lambda names, n: list(names))
        return load_report(places.build / "report.json")

    before, after = report(tmp_path / "before", one), report(tmp_path / "after", other)
    values = {name for name, value in before["values"].items() if after["values"][name] != value}
    assert values and {name.partition(".")[0] for name in values} <= {one, other, "published", "readings"}
    assert {f"{one}.solved", f"{other}.solved", f"{one}.test_accuracy", f"{other}.test_accuracy"} <= values
    claims = {name for name, claim in before["claims"].items() if after["claims"][name] != claim}
    assert claims == {"11-channels-are-fine", "15-channels-are-worse", "accuracy-near-99.7"}


def test_what_is_told_of_the_records_is_kept_until_one_of_its_inputs_changes(run, places, monkeypatch):
    run()
    told = results.told
    monkeypatch.setattr(results, "told", lambda evidence: pytest.fail("told again"))
    page = places.docs / "en" / "index.md"
    page.write_text(page.read_text() + "\nMore.\n")
    run()
    monkeypatch.setattr(results, "told", told)
    plan_ = build_module.planned("smoke", places)
    evidence, build_dir = build_module.gather(plan_, plan_.state.found), places.build / "elsewhere"
    code = Source().reach(build_module.RESULTS)
    changed = results.results(evidence, build_dir, code | {"report_builder.results.values:_of_cost": "another"})  # edited since it was loaded
    assert changed["values"] and not build_dir.exists()
    assert results.results(evidence, build_dir, code) == changed and len(list((build_dir / "results").iterdir())) == 1
    results.results(replace(evidence, study="other"), build_dir, code)
    assert len(list((build_dir / "results").iterdir())) == 2


def test_one_value_by_name(run, places):
    run()
    found = read_value("baseline.solved", "smoke", places)
    assert found.text == {"zh": "2 个种子中的 1 个", "en": "1 of 2"} and "n = 2 seeds" in found.note["en"]
    with pytest.raises(InputError, match=r"value 'baseline.x': not known; known are baseline.parameters, baseline.*n"):
        read_value("baseline.x", "smoke", places)
    with pytest.raises(InputError, match=r"value 'x': not known; known are baseline..., .*study..."):
        read_value("x", "smoke", places)


def test_a_notebook_is_stale_by_its_text_its_libraries_and_the_code_of_ours_that_it_imports(run, places, tmp_path, monkeypatch):
    def execute(source: Path, target: Path, environment: dict[str, str]) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(source.read_text())

    def why() -> str:
        return next(standing.why for standing in status("smoke", places) if standing.name == "notebook en/book.py")

    monkeypatch.setattr(artefacts.notebooks, "execute", execute)
    book = places.docs / "en" / "book.py"
    book.write_text("# %%\nfrom report_builder.wording import percent\n\npercent(0.5, 2)\n")
    assert why() == "never executed"
    assert "en/book.py" in run()[1] and why() == ""
    for package in ("xo", "report_builder"):
        shutil.copytree(ROOT / package, tmp_path / "tree" / package, ignore=shutil.ignore_patterns("__pycache__"))
    wording = tmp_path / "tree" / "report_builder" / "wording.py"
    wording.write_text(wording.read_text().replace("def percent(", "def percent(*, ").replace("def count(", "def count(*, "))
    with monkeypatch.context() as patch:
        patch.setattr(artefacts, "Source", lambda: Source(tmp_path / "tree"))
        assert why() == "changed: code report_builder.text:percent"
    with monkeypatch.context() as patch:
        patch.setattr(artefacts, "version", lambda name: "99" if name == "ipykernel" else metadata.version(name))
        assert why().startswith("changed: versions ipykernel ") and why().endswith("-> 99")
    book.write_text(book.read_text() + "\n# %%\nprint(1)\n")
    assert why() == "changed: file docs/en/book.py"
    assert "en/book.py" in run()[1] and why() == ""


def test_what_rests_on_runs_that_are_gone_waits_for_them(run, places):
    run()
    shutil.rmtree(places.store / "baseline")
    found = {standing.name: standing.why for standing in status("smoke", places) if standing.why}
    assert found["run baseline seed 0"] == "never trained"
    for name in ("figure loss.baseline", "figure samples", "value baseline.n", "table accuracy", "claim 15-channels-are-worse"):
        assert found[name] == "changed: run baseline/0, run baseline/1", name
    assert "value baseline.solved" in found["page en/index.md"]
    assert not any(name.startswith(("value features.", "figure accuracy.features", "asset ")) for name in found)
