"""Values say what the records hold, with their n."""

from __future__ import annotations

import re
from dataclasses import replace
from math import log

import numpy as np
import pytest

from report_builder.evidence.fates import FATES, chance_accuracy, chance_loss
from report_builder.evidence.original_logs import logs
from report_builder.figures.training import accuracy, loss
from report_builder.results.fate_words import FATE_VALUES
from report_builder.results.report import Value
from report_builder.results.values import values
from report_builder.text import LANGUAGES, Text, percent, same
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


def test_values_count_how_the_runs_of_a_variant_ended(make_evidence):
    evidence = make_evidence(seeds=4, variants=(VARIANTS["baseline"],), epochs=2, dense=(8,))
    ended = tuple(map(with_fate, evidence.runs("baseline"), FATES))
    found = values(replace(evidence, records={"baseline": ended[1:]}))
    counts = [found[f"baseline.fates.{name}"].text.en for name in FATE_VALUES.values()]
    assert counts == ["0", "1", "1", "1"]
    assert found["baseline.fates"].text == Text(
        "1\u00a0次未定，1\u00a0次崩溃，1\u00a0次从未离开随机猜测",
        "1 unsettled, 1 collapsed, 1 never left chance",
    )
    assert "n = 3 runs" in found["baseline.fates.collapsed"].note.en


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


@pytest.mark.parametrize("k", [2, 3])
def test_chance_is_one_in_as_many_classes_as_there_are(make_evidence, k):
    classes = ("circles", "crosses", "bars")[:k]
    study = make_evidence(classes=classes, seeds=2, solving=0, variants=(VARIANTS["baseline"],))
    found = values(study)
    assert found["data.class_count"].text.en == str(k)
    assert found["data.chance_loss"].text.en == f"{log(k):.3f}"
    assert found["data.chance_printed"].text.en == f"{log(k) / 10:.3f}"
    assert found["data.chance_accuracy"].text.en == percent(1 / k)
    (run, _) = study.runs("baseline")  # answers one class to all
    assert chance_loss(run) == pytest.approx(log(k))
    assert chance_accuracy(run) == pytest.approx(1 / k) == run.test_accuracy
    assert accuracy.measure(study, "baseline").blind == pytest.approx(1 / k)
    assert loss.measure(study, "baseline").even == pytest.approx(log(k))


def test_where_a_log_falls_it_is_compared_with_our_seeds(study):
    printed = logs()["baseline"].rows
    slower, mixed = np.full_like(printed, 0.069), np.full_like(printed, 0.069)
    mixed[3] = 0.001  # below the log in epoch 4, when it prints 0.0155 on average
    ahead = values(study({"baseline": [slower, slower], "three-conv": None, "channels-11": None}))
    assert ahead["published.baseline.below_in_fall"].text.en == "0 of 2"
    assert "epochs 3 to 5" in ahead["published.baseline.below_in_fall"].note.en
    assert ahead["published.ahead_of_all"].text.en == (
        "1 of the 1 logs that fall print less than all of our seeds in every epoch of the fall "
        "(Baseline, 10 epochs)"
    )
    behind = values(study({"baseline": [slower, mixed], "three-conv": None, "channels-11": None}))
    assert behind["published.baseline.below_in_fall"].text.en == "1 of 2"
    assert behind["published.ahead_of_all"].text.en.startswith("0 of the 1 logs that fall")
    nothing = values(study(dict.fromkeys(("baseline", "three-conv", "channels-11"))))
    assert "no runs to compare" in nothing["published.ahead_of_all"].text.en
    assert nothing["published.no-pooling.below_in_fall"].text.en == "—"  # it learned something else


def test_six_in_ten_is_far_from_guessing_and_one_half_is_one_answer(make_evidence):
    found = values(make_evidence(epochs=10, variants=(VARIANTS["three-conv"],)))
    assert found["published.ten-epochs.right"].text.en == "180"
    assert found["published.ten-epochs.z"].text.en == "3.5"
    assert found["published.ten-epochs.p"].text.en == "0.0003"
    # two seeds are all right, the third answers one class to all
    assert found["published.ten-epochs.blind"].text.en == "1 of 3"
    assert found["published.ten-epochs.above"].text.en == "0 of 3"
    short = values(make_evidence(epochs=1, seeds=1, variants=(VARIANTS["three-conv"],)))
    assert short["published.ten-epochs.blind"].text.en == "—"


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
