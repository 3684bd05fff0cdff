"""The page of checks counts what was there to look at."""

from __future__ import annotations

from pathlib import Path

from report_builder.checks.coverage import with_coverage
from report_builder.pages.render import page_requests
from report_builder.results.report import Report, Table, Value
from report_builder.status import status
from report_builder.text import same

COUNTED = (("data.train_images", "8"), ("data.test_images", "4"), ("baseline.n", "2"))


def rows(table: Table) -> dict[str, str]:
    """What is asked -> what was looked at, in English."""
    return {row[1].en: row[3].en for row in table.rows}


def test_counts_are_of_this_build(tmp_path: Path):
    for language in ("zh", "en"):
        (tmp_path / language).mkdir()
        (tmp_path / language / "page.md").write_text(
            '# Title\n\nOne sentence here. Another one, no?\n\n{{ value("baseline.n") }}\n\n'
            '{{ cite("zhang-2019") }} {{ table("checked") }}\n'
        )
    report = Report(
        values={name: Value(same(text)) for name, text in COUNTED},
        run_names={"baseline/0": "baseline/0-k", "baseline/1": "baseline/1-k"},
        variants=("baseline",),
    )
    found = with_coverage(report, tmp_path, page_requests(tmp_path, Report()))
    assert found.tables.keys() == {"checked"}  # no page shows the other one
    counts = rows(found.tables["checked"])
    assert counts["images are readable; sizes, classes, split agree"] == "8 + 4 images"
    assert counts["no result is typed in"] == "4 sentences, 2 files"
    assert counts["every value that pages quote exists"] == "2 uses of 3 values"
    assert counts["both languages have the same headings, results, links"] == "1 pair of pages"
    assert counts["pages have exercises of three kinds, each with an answer"] == (
        "0 exercises, 0 pages"
    )
    assert counts["records are as written, rehashed at each use"] == "2 records"
    assert counts["n is the number of stored runs"] == "1 pair of numbers"
    assert counts["rows add up to their total"] == "0 pairs of numbers"
    tests = counts["text neither overlaps nor leaves; colors can be read"]
    assert int(tests.removesuffix(" tests")) > 50


def test_a_site_without_that_page_counts_nothing(tmp_path: Path):
    (tmp_path / "zh").mkdir()
    assert with_coverage(Report(), tmp_path, []) == Report()


def test_each_place_that_is_named_is_there():
    from importlib import import_module

    from report_builder.checks import coverage
    from xo.store.source_digest import ROOT

    report = Report(values={name: Value(same(text)) for name, text in COUNTED})
    for row in coverage.checked(report, ROOT / "docs", []).rows:
        place = row[2].en
        assert (ROOT / place).is_dir() if "/" in place else import_module(place), place


def test_the_counts_are_stale_once_any_page_changes(run, paths):
    for language in ("zh", "en"):
        page = paths.docs / language / "checked.md"
        page.write_text('# Checked\n\n{{ table("checked") }}\n\n{{ table("legibility") }}\n')
    run()
    rendered = (paths.rendered / "en" / "checked.md").read_text()
    assert "\n| loss | 1" in rendered and "| 3 figures, " in rendered
    assert [each.name for each in status("smoke", paths) if each.why_stale] == []
    with (paths.docs / "zh" / "index.md").open("a") as page:
        page.write("\n再加一句话。\n")
    stale = {each.name: each.why_stale for each in status("smoke", paths) if each.why_stale}
    assert set(stale) == {
        f"page {page}" for page in ("zh/index.md", "zh/checked.md", "en/checked.md")
    }
    assert "table checked" in stale["page en/checked.md"]
