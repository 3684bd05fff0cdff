"""A shard trains its share of a study and nothing else; the shards together are the study."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from report_builder.cli import main
from tests.xo.records import stored_run
from xo.errors import InputError
from xo.runs.shard import train_shard
from xo.runs.study import STUDIES, plan, study_data
from xo.store.source_digest import Source
from xo.store.store import Store


@pytest.fixture
def train(store):
    """Writes a record for each run instead of training it, and lists them."""

    def train(missing):
        train.runs += [str(run) for run, _ in missing]
        return [stored_run(store, run) for run, _ in missing]

    train.runs = []
    return train


def test_the_shards_of_a_study_train_each_run_once(small, store, train):
    asked = plan(STUDIES["smoke"], study_data(STUDIES["smoke"], small), Source())
    for share in ("1/3", "2/3", "3/3"):
        line = train_shard("smoke", share, small.root, store.root, train)
        assert line.startswith(f"shard {share} of smoke: trained ") and f"{store.root}" in line
    assert sorted(train.runs) == sorted(map(str, asked))
    again = train_shard("smoke", "1/3", small.root, store.root, train)
    assert "trained 0 of " in again and len(train.runs) == len(asked)


def test_a_share_that_has_no_run_is_no_error(small, store, train):
    assert "trained 0 of 0 runs" in train_shard("smoke", "90/90", small.root, store.root, train)


@pytest.mark.parametrize("share", ["", "1", "0/2", "3/2", "-1/2", "a/b", "1/2/3", "1/0", "1.5/2"])
def test_a_share_that_is_none_is_refused(small, store, share):
    with pytest.raises(InputError, match=f"shard {share}.*expected I/N"):
        train_shard("smoke", share, small.root, store.root, lambda missing: [])


def test_the_command_writes_no_site_and_ends_with_one_line(small, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    asked = ["build", "--study", "smoke", "--data", str(small.root), "--store", "shard"]
    result = CliRunner().invoke(main, [*asked, "--shard", "90/90"], catch_exceptions=False)
    assert result.exit_code == 0 and result.stdout.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "data0") == ["shard"]
    for wrong in (
        ["--shard", "3/2"],
        ["--shard", "1/2", "--partial"],
        ["--shard", "1/2", "--attach-runs"],
        ["--shard", "1/2", "--edition"],
    ):
        refused = CliRunner().invoke(main, [*asked, *wrong])
        assert refused.exit_code == 2 and len(refused.stderr.splitlines()) == 1
    assert not list(Store(tmp_path / "shard").all("run"))
