"""The report as pages and site read it back."""

from __future__ import annotations

from report_builder.results.report import Report, Value, read_report, write_report
from report_builder.text import Text


def test_a_report_reads_back_as_it_was_written_in_the_same_order(tmp_path):
    path = tmp_path / "report.json"
    values = {"study.runs": Value(Text("13", "13")), "baseline.n": Value(Text("3", "3"))}
    write_report(path, Report(study="smoke", values=values))
    report = read_report(path)
    assert report == Report(study="smoke", values=values)
    assert list(report.values) == ["study.runs", "baseline.n"]  # as a build shows them


def test_without_a_report_or_with_one_of_another_version_there_are_no_results(tmp_path):
    path = tmp_path / "report.json"
    assert not read_report(path).has_results
    path.write_text('{"values": {"baseline.n": "3"}}')
    assert not read_report(path).has_results


def test_an_unchanged_report_is_left_alone(tmp_path):
    path = tmp_path / "report.json"
    write_report(path, Report(study="smoke"))
    before = path.stat().st_mtime_ns
    write_report(path, Report(study="smoke"))
    assert path.stat().st_mtime_ns == before
