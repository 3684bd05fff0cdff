"""Values say what the records hold, with their n."""

from __future__ import annotations

import re
from dataclasses import replace

from report_builder.evidence.fates import FATES
from report_builder.results.fate_words import FATE_VALUES
from report_builder.results.report import Value
from report_builder.results.values import values
from report_builder.text import LANGUAGES, Text, same
from tests.report_builder.made_up_study import with_fate, with_losses
from xo.variants import VARIANTS


def test_values_say_what_the_records_hold(evidence):
    found = values(evidence)
    assert found["baseline.n"].text["en"] == "3"
    assert found["baseline.solved_share"].text["en"] == "67\u00a0% [21, 94]"
    assert found["baseline.solved"].text == Text("3 个种子中的 2 个", "2 of 3")
    assert "n = 3 seeds, 95 % Wilson interval" in found["baseline.solved"].note["en"]
    assert found["data.train_images"].text["zh"] == "16"
    assert found["study.runs"].text["en"] == str(3 * len(VARIANTS))
    record = evidence.runs("baseline")[0]
    assert found["baseline.parameters"].text["en"] == f"{record.parameters:,}"
    assert found["baseline.seed"].text["en"] == "0"
    # three epochs: whether a seed would have solved the task by epoch 10 is not known, which is
    # not 'none did'
    assert found["baseline.solved_by_10"].text["en"] == "—"
    assert "fewer than 10 epochs" in found["baseline.solved_by_10"].note["en"]


def test_a_value_of_a_block_sees_what_its_windows_and_steps_add_up_to(evidence):
    found = values(evidence)
    assert [found[f"features.field{k}"].text["en"] for k in (1, 2, 3)] == ["4", "10", "22"]
    assert [found[f"no-pooling.field{k}"].text["en"] for k in (1, 2)] == ["3", "5"]


def test_when_no_seed_solves_nothing_is_said_of_the_solved(make_evidence):
    found = values(make_evidence(solving=0, seeds=1, epochs=1))
    assert found["baseline.solved"].text["en"] == "0 of 1"
    assert found["baseline.accuracy_solved"] == Value(
        same("—"), Text("没有种子学会", "no seed solved the task")
    )
    assert found["baseline.escape_epoch"] == Value(
        same("—"), Text("没有种子达到过 98\u00a0%", "no seed ever reached 98\u00a0%")
    )


def test_values_count_how_runs_ended_and_those_of_the_study_leave_replays_out(make_evidence):
    rows = tuple(VARIANTS[name] for name in ("baseline", "three-conv-wrong-folder"))
    evidence = make_evidence(seeds=4, variants=rows, epochs=2, dense=(8,))
    ended = tuple(map(with_fate, evidence.runs("baseline"), FATES))
    replays = tuple(
        with_fate(run, "never left chance") for run in evidence.runs("three-conv-wrong-folder")
    )
    records = {"baseline": ended[1:], "three-conv-wrong-folder": replays}
    found = values(replace(evidence, records=records))
    for group in ("baseline", "study"):
        counts = [found[f"{group}.fates.{name}"].text.en for name in FATE_VALUES.values()]
        assert counts == ["0", "1", "1", "1"]
        assert found[f"{group}.fates"].text == Text(
            "1\u00a0次未定，1\u00a0次崩溃，1\u00a0次从未离开瞎猜",
            "1 unsettled, 1 collapsed, 1 never left chance",
        )
    assert "n = 3 runs" in found["baseline.fates.collapsed"].note.en
    assert found["study.class_runs"].text.en == "3" and found["study.runs"].text.en == "7"
    assert found["three-conv-wrong-folder.fates.never-left"].text.en == "4"


def test_a_random_result_never_comes_without_n(evidence):
    for name, value in values(evidence).items():
        if name.rpartition(".")[2] in (
            "solved",
            "solved_share",
            "test_accuracy",
            "final_loss",
            "epoch_seconds",
            "peak_memory",
        ):
            assert all(re.search(r"n = \d+", value.note[language]) for language in LANGUAGES), name


def test_a_loss_that_diverged_is_the_largest_of_all(evidence):
    first, *others = evidence.runs("baseline")
    lost = with_losses(first, float("nan"))
    found = values(replace(evidence, records=evidence.records | {"baseline": (lost, *others)}))
    value = found["baseline.final_loss"]
    assert "nan" not in f"{value}"
    assert value.note.zh.endswith("最大 发散") and value.note.en.endswith("most diverged")


def test_a_study_that_prints_nothing_cannot_place_the_logs(evidence):
    found = values(evidence)
    assert found["published.baseline.as_far"].text.en == "—"
    assert found["published.right.rows"].text.en == "2"
