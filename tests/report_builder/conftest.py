"""Fixtures of all tests of the report: a made-up study, logs, and builds of a small project."""

# ruff: noqa: F401
from tests.report_builder.made_up_logs import runs, study
from tests.report_builder.made_up_study import (
    decided,
    draw_images,
    evidence,
    make_evidence,
    small_evidence,
    with_fate,
    with_losses,
    write_record,
)
from tests.report_builder.small_builds import built, made_once, paths, run, train
