"""What a build makes anew and what it leaves, with made-up records instead of training; publishing has tests of its own."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from importlib import metadata
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from report_builder import build as build_module
from report_builder.build import Places, build, draw_one, read_value, report_head
from report_builder.figures.table import Style
from report_builder.pages import code_outputs as snippets
from report_builder.pages import notebooks
from report_builder.pages import render as pages
from report_builder.pages.render import load_report
from report_builder.results import artefacts, results
from report_builder.status import status
from xo.data.dataset import import_images
from xo.demonstrations.table import DEMONSTRATIONS
from xo.errors import InputError
from xo.runs.execute import execute
from xo.runs.record import RunRecord
from xo.runs.study import STUDIES, Run
from xo.store.source_digest import ROOT, Source
from xo.store.store import Store
from xo.variants import VARIANTS

from .conftest import draw_images, write_record

PAGE = '# Page\n\n{{ value("baseline.solved") }}\n\n{{ figure("samples") }}\n\n{{ figure("loss.baseline") }}\n'
PAGE += '\n{{ figure("accuracy.features") }}\n'
SMOKE = STUDIES["smoke"]
RUNS = sum(SMOKE.exceptions.get(name, SMOKE.seeds) for name in VARIANTS)


@pytest.fixture
def places(tmp_path, monkeypatch) -> Places:
    monkeypatch.setattr(build_module, "_publish", lambda publisher, places: True)
    monkeypatch.setattr(build_module, "load_mkdocs", int)
    monkeypatch.setattr(build_module, "is_published", lambda site: True)
    for language in ("zh", "en"):
        (tmp_path / "docs" / language).mkdir(parents=True)
        (tmp_path / "docs" / language / "index.md").write_text(PAGE)
    draw_images(tmp_path / "data", ("circles", "crosses"), (30, 30), 8, 6)
    return Places(
        tmp_path / "data",
        tmp_path / "runs",
        tmp_path / "build",
        tmp_path / "site",
        tmp_path / "docs",
    )


@pytest.fixture
def train(places, tmp_path):
    """Stands in for training: writes a made-up record for each run and remembers which were asked for."""
    asked: list[str] = []

    def write(run: Run) -> RunRecord:
        return write_record(
            Store(places.store), run.variant, run.data, run.seed, run.seed == 0, run.inputs
        )

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


def leave_unexecuted(source: Path, target: Path, environment: dict[str, str]) -> None:
    """Stands in for executing a notebook."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(notebooks.current(source, None, "en"))


def files(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_the_first_build_makes_everything_and_the_second_nothing(run, places, train):
    summary, made = run()
    assert made == {"samples", "loss.baseline", "accuracy.features"}
    assert summary.trained == (RUNS, RUNS) and len(train.asked) == RUNS
    for name in (
        "zh/index.md",
        "en/figures/loss.baseline.dark.svg",
        "zh/figures/samples.light.png",
        "en/figures/samples.csv",
    ):
        assert (places.build / "docs" / name).stat().st_size > 0
    before = files(places.build) | files(places.store)
    summary, made = run()
    assert (summary.trained, summary.drawn, made) == (
        (0, RUNS),
        (0, 3),
        set(),
    ) and not summary.published
    assert files(places.build) | files(places.store) == before


def test_a_changed_page_is_rendered_and_nothing_else_made(run, places):
    run()
    page = places.docs / "en" / "index.md"
    page.write_text(PAGE + "\nMore.\n")
    before = files(places.build / "docs")
    summary, made = run()
    assert made == set() and summary.trained == (0, RUNS)
    after = files(places.build / "docs")
    assert {
        path.relative_to(places.build / "docs").as_posix()
        for path in after
        if after[path] != before.get(path)
    } == {"en/index.md"}


def test_a_figure_that_a_page_newly_uses_is_drawn(run, places):
    run()
    (places.docs / "en" / "index.md").write_text(PAGE + '\n{{ figure("confusion.baseline") }}\n')
    assert run()[1] == {"confusion.baseline"}


@pytest.mark.parametrize(
    "file, function, redrawn",
    [
        ("report_builder/figures/training/curves.py", "loss", {"loss.baseline"}),
        ("report_builder/figures/training/curves.py", "accuracy", {"accuracy.features"}),
        ("report_builder/figures/images/images.py", "samples", {"samples"}),
        ("report_builder/figures/images/images.py", "mistakes", set()),
        (
            "report_builder/figures/toolkit/layout.py",
            "end_labels",
            {"loss.baseline", "accuracy.features"},
        ),
    ],
)
def test_changed_code_redraws_what_reaches_it(
    run, places, tmp_path, monkeypatch, file, function, redrawn
):
    run()
    for package in ("xo", "report_builder"):
        shutil.copytree(
            ROOT / package,
            tmp_path / "tree" / package,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    path = tmp_path / "tree" / file
    text = path.read_text()
    head = text[text.index(f"def {function}(") :]
    body = head[: head.index('"""') + 3 + head[head.index('"""') + 3 :].index('"""') + 3]
    path.write_text(text.replace(body, body + "\n    changed = 1"))
    monkeypatch.setattr(artefacts, "Source", lambda: Source(tmp_path / "tree"))
    monkeypatch.setattr(build_module, "_fingerprint", lambda plan, places, read: "changed")
    stale = {
        standing.name.removeprefix("figure "): standing.why
        for standing in status("smoke", places)
        if standing.why and standing.name.startswith("figure ")
    }
    assert set(stale) == redrawn
    assert all(
        f"{file.removesuffix('.py').replace('/', '.')}:{function}" in why for why in stale.values()
    )
    assert run()[1] == redrawn


def test_a_changed_record_redraws_its_variants_figures_and_those_of_the_study(run, places, train):
    run()
    (record,) = (places.store / "features").glob("0-*")
    shutil.rmtree(record)
    train.asked.clear()
    meta = build_module.planned("smoke", places).runs
    assert [
        standing.name
        for standing in status("smoke", places)
        if standing.why.startswith("never trained")
    ] == ["run features seed 0"]
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
    assert 'embedded": false' in (places.build / "report.json").read_text()


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
    assert path.read_bytes().startswith(drawn.read_bytes())
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
        return train(
            [
                (run, why)
                for run, why in missing
                if run.variant.name == "baseline"
                or run.seed == 0
                and run.variant.name != "channels-15"
            ]
        )

    build("smoke", places, train_some, jobs=1, follow=lambda names, n: list(names))
    (places.docs / "en" / "index.md").write_text(
        '{{ value("features.solved") }} {{ value("channels-15.solved") }} {{ figure("loss.channels-15") }}'
    )
    summary = build("smoke", places, None, jobs=1, follow=lambda names, n: list(names))
    runs = load_report(places.build / "report.json")["runs"]
    assert summary.trained[0] == 0 and 0 < runs["made"] < runs["planned"] == summary.trained[1]
    page = (places.build / "docs" / "en" / "index.md").read_text()
    assert "of 1" in page  # one seed of features is there: n is 1, not 2
    assert "—" in page and "has no run of" in page and "0 of" not in page.split("—")[1]


def test_swapping_two_variants_records_in_the_store_changes_just_what_rests_on_them(
    places, train, tmp_path
):
    one, other = "channels-11", "channels-15"

    def report(store: Path, solving: str) -> dict:
        def write(run: Run) -> RunRecord:
            solves = (
                run.variant.name == solving if run.variant.name in (one, other) else run.seed == 0
            )
            return write_record(Store(store), run.variant, run.data, run.seed, solves, run.inputs)

        at = replace(places, store=store)
        build(
            "smoke",
            at,
            lambda missing: [write(run) for run, _ in missing],
            jobs=1,
            follow=lambda names, n: list(names),
        )
        return load_report(places.build / "report.json")

    before, after = report(tmp_path / "before", one), report(tmp_path / "after", other)
    values = {name for name, value in before["values"].items() if after["values"][name] != value}
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
    claims = {name for name, claim in before["claims"].items() if after["claims"][name] != claim}
    assert claims == {"11-channels-are-fine", "15-channels-are-worse", "accuracy-near-99.7"}


def test_what_is_told_of_the_records_is_kept_until_one_of_its_inputs_changes(
    run, places, monkeypatch
):
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
    changed = results.results(
        evidence, build_dir, code | {"report_builder.results.values:_of_cost": "another"}
    )  # edited since it was loaded
    assert changed["values"] and not build_dir.exists()
    assert (
        results.results(evidence, build_dir, code) == changed
        and len(list((build_dir / "results").iterdir())) == 1
    )
    results.results(replace(evidence, study="other"), build_dir, code)
    assert len(list((build_dir / "results").iterdir())) == 2


def test_one_value_by_name(run, places):
    run()
    found = read_value("baseline.solved", "smoke", places)
    assert (
        found.text == {"zh": "2 个种子中的 1 个", "en": "1 of 2"}
        and "n = 2 seeds" in found.note["en"]
    )
    with pytest.raises(
        InputError,
        match=r"value 'baseline.x': not known; known are baseline.parameters, baseline.*n",
    ):
        read_value("baseline.x", "smoke", places)
    with pytest.raises(
        InputError, match=r"value 'x': not known; known are baseline..., .*study..."
    ):
        read_value("x", "smoke", places)


def test_a_notebook_is_stale_by_its_code_its_libraries_and_the_code_of_ours_that_it_imports(
    run, places, tmp_path, monkeypatch
):
    def why() -> str:
        return next(
            standing.why
            for standing in status("smoke", places)
            if standing.name == "notebook en/book.py"
        )

    monkeypatch.setattr(notebooks, "execute", leave_unexecuted)
    book = places.docs / "en" / "book.py"
    book.write_text("# %%\nfrom report_builder.wording import percent\n\npercent(0.5, 2)\n")
    assert why() == "never executed"
    assert "en/book.py" in run()[1] and why() == ""
    for package in ("xo", "report_builder"):
        shutil.copytree(
            ROOT / package,
            tmp_path / "tree" / package,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    wording = tmp_path / "tree" / "report_builder" / "wording.py"
    wording.write_text(
        wording.read_text()
        .replace("def percent(", "def percent(*, ")
        .replace("def count(", "def count(*, ")
    )
    with monkeypatch.context() as patch:
        patch.setattr(artefacts, "Source", lambda: Source(tmp_path / "tree"))
        assert why() == "changed: code report_builder.text:percent"
    with monkeypatch.context() as patch:
        patch.setattr(
            artefacts,
            "version",
            lambda name: "99" if name == "ipykernel" else metadata.version(name),
        )
        assert why().startswith("changed: versions ipykernel ") and why().endswith("-> 99")
    book.write_text(book.read_text() + "\n# %%\nprint(1)\n")
    assert why() == "changed: file docs/en/book.py"
    assert "en/book.py" in run()[1] and why() == ""


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text.replace("# Prose", "# Other prose\n#\n# and more"),
        lambda text: text + "\n# %% [markdown]\n# Other prose, and more\n",
    ],
)
def test_the_prose_of_a_notebook_changes_without_running_it(run, places, tmp_path, edit):
    book = places.docs / "en" / "book.py"
    book.write_text(
        f"# %% [markdown]\n# Prose\n\n# %%\nopen({str(tmp_path / 'log')!r}, 'a').write('run')\nprint('printed')\n"
    )
    assert "en/book.py" in run()[1]
    book.write_text(edit(book.read_text()))
    assert not [
        standing
        for standing in status("smoke", places)
        if standing.name == "notebook en/book.py" and standing.why
    ]
    assert run()[1] == set() and (tmp_path / "log").read_text() == "run"
    page = (places.build / "docs" / "en" / "book.ipynb").read_text()
    assert (
        "Other prose" in page
        and "and more" in page
        and '"printed\\n"' in page
        and "Not all cells" not in page
    )
    book.write_text(book.read_text().replace("'printed'", "'other'"))
    assert "en/book.py" in run()[1] and (tmp_path / "log").read_text() == "runrun"


def test_a_small_data_set_of_which_few_variants_have_runs_gets_a_site(tmp_path, monkeypatch):
    """Published by MkDocs with every link and anchor checked. 28x28 pixels are too few for the shifts of C3."""
    draw_images(tmp_path / "source", ("cats", "dogs"), (28, 28), 40, 12)
    import_images(tmp_path / "source", tmp_path / "data")
    places = Places(*(tmp_path / name for name in ("data", "runs", "build", "site")))

    def train(missing: list[tuple[Run, str]]) -> list[RunRecord]:
        wanted = [
            run
            for run, _ in missing
            if run.variant.name in ("baseline", "features") and run.seed == 0
        ]
        return list(execute(wanted, Store(places.store), jobs=1))

    monkeypatch.setattr(
        notebooks, "execute", leave_unexecuted
    )  # they, and the code on pages, have tests of their own
    monkeypatch.setattr(snippets, "execute", lambda snippet, docs, environment: "printed\n")
    assert build("smoke", places, train, jobs=1, follow=lambda names, n: list(names)).published
    claims = (places.site / "en" / "evidence" / "claims" / "index.html").read_text()
    assert (
        "No figure here: images are no larger than 32 pixels" in claims
        and "#figure-shifts" not in claims
    )
    assert (
        "The study smoke has no run of" in claims
        and 'href="../../redesign/channels/#figure-solved"' in claims
    )


@pytest.mark.parametrize(
    "there",
    [
        VARIANTS.keys(),
        VARIANTS.keys() - {"baseline"},
        VARIANTS.keys() - {"features"},
        {"three-conv"},
    ],
    ids=["all", "without baseline", "without features", "only three-conv"],
)
def test_links_to_figures_lead_to_pages_that_show_them(evidence, tmp_path, monkeypatch, there):
    partial = replace(
        evidence,
        variants=tuple(each for each in evidence.variants if each.name in there),
        records={name: runs for name, runs in evidence.records.items() if name in there},
        demonstrations={
            name: each
            for name, each in evidence.demonstrations.items()
            if there >= set(DEMONSTRATIONS[name].variants)
        },
    )
    head = report_head(partial, 30, ROOT / "docs", Store(Path("runs")))
    words = {"alt": "", "caption": "", "width": 1, "height": 1}
    shown = {
        name: {"kind": "svg", "folder": str(tmp_path), "zh": words, "en": words}
        for name in head["figure_pages"]
    }
    for name in ("zh-light.svg", "zh-dark.svg", "en-light.svg", "en-dark.svg", "data.csv"):
        (tmp_path / name).touch()
    for name in (
        "figure_fold",
        "values_table",
        "values_csv",
    ):  # made-up records do not say what code made them
        monkeypatch.setattr(pages.origin, name, lambda *of: "")
    pages.render(ROOT / "docs", head | results.told(partial) | {"figures": shown}, tmp_path / "out")
    links = [
        (file, link)
        for file in (tmp_path / "out").rglob("*.md")
        for link in re.findall(r"\]\(([^()]*)#(figure-[^()]*)\)", file.read_text())
    ]
    assert links
    for file, (page, anchor) in links:
        assert f'id="{anchor}"' in (file.parent / page).read_text(), (file, page, anchor)
    for language in ("zh", "en"):
        assert "]()" not in (tmp_path / "out" / language / "evidence" / "claims.md").read_text()


def test_what_rests_on_runs_that_are_gone_waits_for_them(run, places):
    run()
    shutil.rmtree(places.store / "baseline")
    found = {standing.name: standing.why for standing in status("smoke", places) if standing.why}
    assert found["run baseline seed 0"] == "never trained"
    for name in (
        "figure loss.baseline",
        "figure samples",
        "value baseline.n",
        "table accuracy",
        "claim 15-channels-are-worse",
    ):
        assert found[name] == "changed: run baseline/0, run baseline/1", name
    assert "value baseline.solved" in found["page en/index.md"]
    assert not any(
        name.startswith(("value features.", "figure accuracy.features", "asset ")) for name in found
    )


# Nothing foreign is overwritten or deleted


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ["store", "build", "site"])
def test_a_folder_of_somebody_elses_is_refused_before_anything_is_written(
    run, places, train, tmp_path, name
):
    foreign = getattr(places, name) / "docs" / "notes.txt"
    foreign.parent.mkdir(parents=True)
    foreign.write_text("mine")
    before = contents(tmp_path)
    with pytest.raises(
        InputError, match=f"{getattr(places, name)}: not empty, and not a {name} folder .* --{name}"
    ):
        run()
    assert contents(tmp_path) == before and not train.asked


def test_a_folder_that_holds_the_pages_sources_is_refused(places, train, tmp_path):
    before = contents(tmp_path)
    for name, folder, reason in (
        ("build", tmp_path, "holds the other"),
        ("build", places.docs, "and docs .* are the same folder"),
        ("site", places.docs / "zh" / "new", "and docs .* holds the other"),
        ("build", ROOT, "is or holds the checkout"),
        ("site", ROOT, "is or holds the checkout"),
    ):
        with pytest.raises(InputError, match=reason):
            build(
                "smoke",
                replace(places, **{name: folder}),
                train,
                jobs=1,
                follow=lambda names, n: list(names),
            )
    assert contents(tmp_path) == before and not train.asked


def test_a_file_among_the_rendered_pages_is_neither_lost_nor_published(run, places):
    run()
    page = places.docs / "en" / "index.md"
    page.write_text(page.read_text() + "\nmore\n")
    notes, dotted = places.build / "docs" / "en" / "notes.md", places.build / "docs" / ".notes.swp"
    notes.write_text("mine")
    dotted.write_text("mine")
    before = contents(places.build / "docs")
    with pytest.raises(
        InputError, match="build/docs/en/notes.md: was not rendered, .*; move it out"
    ):
        run()
    assert contents(places.build / "docs") == before
    notes.unlink()
    run()
    assert (
        "more" in (places.build / "docs" / "en" / "index.md").read_text()
        and dotted.read_text() == "mine"
    )


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_a_figure_is_drawn_again_over_itself_and_over_nothing_else(run, places, tmp_path, kind):
    run()
    out = tmp_path / f"figure.{kind}"

    def draw() -> bytes:
        return draw_one("loss.baseline", "smoke", places, Style("en", "light"), out).read_bytes()

    assert draw() == draw()  # the second over the first
    own, foreign = (
        out.read_bytes(),
        next((places.build / "figures" / "samples").rglob("*.png")).read_bytes(),
    )
    image = Image.open(out) if kind == "png" else None
    for content in (
        b"",
        b"mine",
        foreign,
        own.replace(b"</svg>", b"<g/></svg>") if kind == "svg" else _edited(image),
    ):
        out.write_bytes(content)
        with pytest.raises(
            InputError,
            match=f"figure.{kind}: exists, and is no figure .*; remove it, or choose another name with --out",
        ):
            draw()
        assert out.read_bytes() == content
    out.unlink()
    out.symlink_to(tmp_path / "nowhere")
    with pytest.raises(InputError, match="exists"):
        draw()
    assert not (tmp_path / "nowhere").exists()
    with pytest.raises(InputError, match="expected a folder .*absent, found none"):
        draw_one(
            "loss.baseline",
            "smoke",
            places,
            Style("en", "light"),
            tmp_path / "absent" / f"x.{kind}",
        )


def _edited(image: Image.Image) -> bytes:
    """With another pixel, its texts kept as an editor does."""
    texts, out = PngInfo(), BytesIO()
    for key, text in image.text.items():
        texts.add_text(key, text)
    edited = image.convert("RGB")
    edited.putpixel((0, 0), (1, 2, 3))
    edited.save(out, "PNG", pnginfo=texts)
    return out.getvalue()
