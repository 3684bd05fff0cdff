"""The shell lines of the page about several machines, as the page has them, train a whole study, of
which all runs but one are there already.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.xo.records import stored_run
from xo.data.load import load_embedded, open_data
from xo.runs.study import STUDIES, find_records, plan, shard, study_data
from xo.store.ownership import claim
from xo.store.source_digest import ROOT, Source
from xo.store.store import Store

PAGES = [ROOT / "docs" / language / "hands-on/several-machines.md" for language in ("en", "zh")]
# Stand in for tools that a machine may lack: each carries out the job here, one after another.
TRAINED = "three-conv"  # the variant whose run is trained here
STUBS = {
    "sbatch": 'for i in 1 2; do SLURM_ARRAY_TASK_ID=$i bash "${@: -1}" || exit 1; done',
    "ssh": 'cd "$FARM/$1" && bash -c "$2"',
    "scp": 'cp "$FARM/${1%%:*}/${1#*:}" "$2"',
}


def source(page: Path) -> str:
    """The page as it is for the embedded images, whose folder commands need not name."""
    return page.read_text("utf-8").replace("{{ data_option }}", "")


def blocks(page: Path) -> dict[str, str]:
    return dict(re.findall(r'```bash title="(.+?)"\n(.*?)```', source(page), re.S))


def test_both_languages_have_the_same_lines():
    first, second = (re.findall(r"```bash.*?```", page.read_text("utf-8"), re.S) for page in PAGES)
    assert first == second and len(first) == 5


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the embedded images, and a store that holds them decoded and nothing else."""
    folder = tmp_path_factory.mktemp("images")
    claim(folder / "runs", "store")
    load_embedded(folder / "data/xo", Store(folder / "runs"))
    return folder


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, fresh: Path) -> Path:
    """A folder with the shards of a study, trained as the page begins."""
    folder = tmp_path_factory.mktemp("machines")
    give_images(fresh, folder, "runs", "shards/1", "shards/2")
    study = STUDIES["smoke"]
    data = study_data(study, load_embedded(fresh / "data/xo", Store(fresh / "runs")))
    planned = plan(study, data, Source())
    for index in (1, 2):
        for run in shard(planned, index, 2):
            if run.variant.name != TRAINED:
                stored_run(Store(folder / f"shards/{index}"), run)
    (first, *_) = re.findall(r"```bash\n(.*?)```", source(PAGES[0]), re.S)
    shell(first, folder)
    return folder


def give_images(fresh: Path, folder: Path, *stores: str) -> None:
    """The embedded images, for commands in a folder; decoded, for new stores there."""
    (folder / "data").symlink_to(fresh / "data")
    for store in stores:
        shutil.copytree(fresh / "runs", folder / store)


def shell(lines: str, folder: Path, **variables: str) -> None:
    """Runs lines of the page in a folder, with the tests' Python and no tool but stubs."""
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    (programs / "python").unlink(missing_ok=True)
    (programs / "python").symlink_to(sys.executable)
    for name, line in STUBS.items():
        if name != "sbatch" or not shutil.which(name):
            (programs / name).write_text(f"#!/bin/bash\n{line}\n")
            (programs / name).chmod(0o755)
    path = f"{programs}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", lines.replace("python -m", f"{sys.executable} -m")],
        cwd=folder,
        env=os.environ | {"PATH": path, "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def is_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the store of the folder has every run of the smoke study."""
    monkeypatch.chdir(folder)
    study = STUDIES["smoke"]
    data = study_data(study, open_data(Path("data/xo"), Path("runs")))
    return not find_records(plan(study, data, Source()), Store(Path("runs"))).missing


def test_shards_merge_to_the_whole_study(trained, monkeypatch):
    assert is_whole(trained, monkeypatch)


def test_a_slurm_array(trained, fresh, tmp_path, monkeypatch):
    """The shards are there already: the lines find them by the array's index."""
    give_images(fresh, tmp_path, "runs")
    shutil.copytree(trained / "shards", tmp_path / "shards")
    script = blocks(PAGES[0])["shard.sh"].replace("python -m", f"{sys.executable} -m")
    (tmp_path / "shard.sh").write_text(script)
    shell(blocks(PAGES[0])["slurm"], tmp_path)
    assert is_whole(tmp_path, monkeypatch)


def test_a_kubernetes_job(trained, fresh, tmp_path):
    give_images(fresh, tmp_path)
    shutil.copytree(trained / "shards", tmp_path / "shards")
    before = sorted((tmp_path / "shards").rglob("record.json"))
    for index in ("0", "1"):
        shell(blocks(PAGES[0])["pod"], tmp_path, JOB_COMPLETION_INDEX=index)
    assert sorted((tmp_path / "shards").rglob("record.json")) == before


def test_plain_ssh(trained, fresh, tmp_path, monkeypatch):
    give_images(fresh, tmp_path, "runs")
    for index, machine in enumerate(("one", "two"), 1):
        clone = tmp_path / "farm" / machine / "xo-report"
        clone.mkdir(parents=True)
        give_images(fresh, clone)
        shutil.copytree(trained / "shards" / str(index), clone / "runs")
    lines = blocks(PAGES[0])["ssh"]
    shell(lines, tmp_path, FARM=str(tmp_path / "farm"))
    assert is_whole(tmp_path, monkeypatch)
