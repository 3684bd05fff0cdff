"""What the commands print, their exit status, one line for each mistake."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from xo.cli import main
from xo.data.load import load
from xo.runs.execute import execute
from xo.runs.record import run_record
from xo.runs.study import one_run
from xo.store.artifact import read
from xo.store.ownership import claim
from xo.store.source_digest import ROOT, Source
from xo.store.store import Store
from xo.variants import VARIANTS


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs a command in an empty folder, away from the project's own data and store."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(
        main, list(map(str, arguments)), catch_exceptions=False
    )


@pytest.fixture(scope="module", autouse=True)
def _one_epoch():
    """Has `features` trained for one epoch."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(VARIANTS, "features", replace(VARIANTS["features"], epochs=1))
        yield


@pytest.fixture(scope="module")
def trained(small, tmp_path_factory):
    """A data folder and a store that holds a trained `features` network."""
    root = tmp_path_factory.mktemp("trained")
    store = Store(root / "runs")
    claim(store.root, "store")
    shutil.copytree(small.root, root / "small")
    run = one_run(VARIANTS["features"], 0, load(root / "small", store), Source())
    list(execute([run], store, jobs=1, keep_weights=True))
    return root


def one_line(result, status: int) -> str:
    assert result.exit_code == status
    (line,) = result.stderr.strip().splitlines()
    return line


def test_list_shows_computed_totals(run, trained):
    result = run(
        "list", "baseline", "three-conv", "--data", trained / "small", "--store", trained / "runs"
    )
    assert result.exit_code == 0
    for text in ("4,452,694", "9x57x57", "5x27x27", "3x12x12", "multiply-adds"):
        assert text in result.stdout


@pytest.mark.parametrize("width", [80, 200])
def test_list_is_one_table_of_what_tells_variants_apart(run, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    head, *rows, _ = (line.split() for line in run("list").stdout.splitlines())
    assert head == "variant maps pooling dense epochs rate parameters otherwise".split()
    assert [row[0] for row in rows] == list(VARIANTS)
    assert len({tuple(row[1:]) for row in rows}) == len(rows)


def test_list_needs_no_torch_data_or_store(tmp_path):
    code = "import sys; from xo.cli import main; main(['list'], standalone_mode=False); "
    done = subprocess.run(
        [sys.executable, "-c", code + "sys.exit('torch' in sys.modules)"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
    )
    assert done.returncode == 0 and not list(tmp_path.iterdir())


def test_train_prints_the_originals_lines(run, trained):
    result = run("train", "features", "--data", trained / "small", "--store", trained / "runs")
    assert result.exit_code == 0
    assert re.search(r"^Accuracy on the 20 test images: \d+\.\d\d %$", result.stdout, re.MULTILINE)


def test_a_damaged_record_is_named_and_trained_again(run, small, tmp_path):
    arguments = ("train", "features", "--data", small.root, "--store", tmp_path / "runs")
    first = run(*arguments)
    (folder,) = (tmp_path / "runs" / "features").iterdir()
    (folder / "arrays.safetensors").write_bytes(b"flipped")
    again = run(*arguments)
    assert (
        "features seed 0 is trained again; damaged" in again.stderr and "moved to" in again.stderr
    )
    assert again.exit_code == 0 and again.stdout == first.stdout
    assert "trained again" not in run(*arguments).stderr


def test_an_unknown_variant_is_answered_with_the_known_ones(run, trained):
    line = one_line(
        run("train", "vgg", "--data", trained / "small", "--store", trained / "runs"), 2
    )
    assert "'vgg'" in line and all(name in line for name in VARIANTS)


@pytest.fixture
def image(trained, tmp_path):
    path = tmp_path / "o.png"
    shutil.copy(next((trained / "small" / "test" / "circles").iterdir()), path)
    return path


def predict(run, trained, *arguments):
    return run(
        "predict",
        *arguments,
        "--variant",
        "features",
        "--seed",
        0,
        "--data",
        trained / "small",
        "--store",
        trained / "runs",
    )


def test_predict_prints_path_class_and_probability(run, trained, image):
    result = predict(run, trained, image, image)
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert [row[0] for row in rows] == [str(image)] * 2
    assert rows[0][1] in ("circles", "crosses") and 0.5 <= float(rows[0][2]) <= 1
    (parsed,) = map(json.loads, predict(run, trained, image, "--json").stdout.splitlines())
    assert parsed["path"] == str(image) and f"{parsed['probability']:.4f}" == rows[0][2]


def test_predict_agrees_with_the_record(run, trained):
    (record,) = (Store(trained / "runs").root / "features").glob("*/record.json")
    found = run_record(read(record.parent))
    probabilities = found.array("test_probabilities")
    paths = [trained / "small" / "test" / name for name in found.test_ids[:5]]
    for line, expected in zip(predict(run, trained, *paths).stdout.splitlines(), probabilities):
        assert float(line.split("\t")[2]) == pytest.approx(expected.max(), abs=1e-4)


@pytest.mark.parametrize("suffix", ["bmp", "jpg"])
def test_predict_reads_bmp_and_jpg(run, trained, image, suffix, tmp_path):
    path = tmp_path / f"o.{suffix}"
    Image.open(image).convert("L").save(path)
    assert predict(run, trained, path).exit_code == 0


def test_an_image_of_another_size_is_refused_unless_asked_to_resize(run, trained, tmp_path):
    path = tmp_path / "small.png"
    Image.fromarray(np.full((60, 50), 255, np.uint8)).save(path)
    line = one_line(predict(run, trained, path), 2)
    assert "small.png" in line and "50x60" in line and "116x116" in line and "--resize" in line
    assert predict(run, trained, path, "--resize").exit_code == 0


def test_what_is_no_image_is_named(run, trained, tmp_path):
    (tmp_path / "note.png").write_text("not an image")
    assert "note.png" in one_line(predict(run, trained, tmp_path / "note.png"), 2)
    assert "missing.png" in one_line(predict(run, trained, tmp_path / "missing.png"), 2)


def test_without_a_trained_network_the_command_that_trains_one_is_named(
    run, trained, image, tmp_path
):
    result = run("predict", image, "--data", trained / "small", "--store", tmp_path / "empty")
    assert "python -m xo train baseline" in one_line(result, 2)


def test_the_best_network_answers_and_its_accuracy_is_said(run, trained, image):
    """One epoch is far from 98 %."""
    store = trained / "runs"
    (record,) = (
        run_record(read(file.parent)) for file in (store / "features").glob("0-*/record.json")
    )
    assert not record.solved
    arguments = image, "--variant", "features", "--data", trained / "small", "--store", store
    result = run("predict", *arguments)
    assert result.exit_code == 0 and len(result.stdout.splitlines()) == 1
    assert result.stderr == (
        f"network: features seed 0, test accuracy {record.test_accuracy:.2%} (n = 20 test images); "
        "below 98% a network has not solved its task\n"
    )
    result = run("predict", *arguments, "--json")
    assert (
        json.loads(result.stdout).items()
        >= {
            "variant": "features",
            "seed": 0,
            "test_accuracy": record.test_accuracy,
            "test_images": 20,
        }.items()
        and not result.stderr
    )


def test_the_command_that_predict_names_makes_it_answer(run, trained, image, tmp_path):
    shutil.copytree(trained, tmp_path / "a copy")
    (weights,) = (tmp_path / "a copy" / "runs" / "features").glob("0-*/weights.safetensors")
    weights.unlink()
    arguments = (
        image,
        "--variant",
        "features",
        "--data",
        tmp_path / "a copy" / "small",
        "--store",
        tmp_path / "a copy" / "runs",
    )
    line = one_line(run("predict", *arguments), 2)
    assert "no record with weights of features" in line
    python, _, package, *command = shlex.split(line.partition("make one with: ")[2])
    assert (python, package) == ("python", "xo") and run(*command).exit_code == 0
    assert run("predict", *arguments).exit_code == 0


@pytest.mark.parametrize("source", [".", "..", "../pics.v2", "train/.."])
def test_a_folder_named_by_where_one_stands_is_imported_to_another_place(
    run, trained, tmp_path, monkeypatch, source
):
    shutil.copytree(trained / "small", tmp_path / "pics.v2")
    monkeypatch.chdir(tmp_path / "pics.v2" / ("train" if source == ".." else ""))
    inside = run("data", "import", source)  # to data/pics.v2, which would lie among the images
    line = one_line(inside, 2)
    assert "data/pics.v2" in line and "--to" in line and not os.path.exists("data")
    result = run("data", "import", source, "--to", tmp_path / "copy")
    assert result.exit_code == 0 and (tmp_path / "copy/train/circles").is_dir()


def test_a_folder_without_a_name_needs_one(run, trained):
    assert "--to data/NAME" in one_line(run("data", "import", "/"), 2)


def test_generate_import_and_check(run, small, tmp_path):
    result = run("data", "generate")
    assert result.exit_code == 0 and "1700 images (850 circles, 850 crosses)" in result.stdout
    assert (
        "cannot" not in result.stdout and (tmp_path / "data" / "xo" / "test" / "crosses").is_dir()
    )
    assert "ink_mean" in run("data", "check", "--statistics").stdout
    assert "train and test" in one_line(run("data", "check", tmp_path / "data"), 2)
    imported = run("data", "import", small.root, "--to", tmp_path / "mine")
    assert imported.exit_code == 0
    *described, following = imported.stdout.splitlines()
    assert described[1:] == run("data", "check", small.root).stdout.splitlines()[1:]
    assert following == f"next: python -m report_builder build --data {tmp_path / 'mine'}"


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash to read the command")
@pytest.mark.parametrize("name", ["my images; rm", "it's", "o\x1b[31m\n'\\x"])
def test_the_command_that_follows_an_import_can_be_pasted(run, trained, tmp_path, name):
    result = run("data", "import", trained / "small", "--to", tmp_path / name)
    assert result.exit_code == 0
    (command,) = (line for line in result.stdout.splitlines() if line.startswith("next: "))
    assert "\x1b" not in command
    echoed = command.removeprefix("next: ").replace("python", "printf '%s\\n'", 1)
    pasted = subprocess.run(["bash", "-c", echoed], capture_output=True, text=True, check=True)
    assert pasted.stdout == f"-m\nreport_builder\nbuild\n--data\n{tmp_path / name}\n"


def test_a_file_whose_name_steers_the_terminal_is_shown_and_not_obeyed(run, trained, image):
    hostile = image.with_name("o\x1b[31m\n\u2028\u202e 95\xa0%.png")
    image.rename(hostile)
    result = predict(run, trained, hostile)
    assert result.exit_code == 0
    (line,) = result.stdout.splitlines()
    assert "o\\x1b[31m\\n\\u2028\\u202e 95\xa0%.png\t" in line
    assert "\\x1b" in one_line(predict(run, trained, hostile.with_name("none\x1b\n.png")), 2)


def test_an_unwritable_store_is_named(run, trained, tmp_path):
    (tmp_path / "store").write_text("a file where a folder should be")
    line = one_line(
        run("train", "features", "--data", trained / "small", "--store", tmp_path / "store"), 2
    )
    assert "store" in line


@pytest.mark.skipif(os.name != "posix", reason="elsewhere there is no terminal to make")
def test_ctrl_c_stops_in_one_line_and_says_what_is_kept(trained, tmp_path):
    """In a terminal, whose progress shows that an epoch has ended."""
    command = [
        sys.executable,
        "-m",
        "xo",
        "train",
        "no-pooling",
        "--data",
        trained / "small",
        "--store",
        tmp_path / "runs",
    ]
    screen, terminal = os.openpty()
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "300", "TERM": "xterm", "CI": ""},
        stderr=terminal,
        start_new_session=True,
    ) as process:
        os.close(terminal)
        shown = b""
        while b"epoch 1/20" not in shown:
            shown += os.read(screen, 4096)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers as well
        with suppress(OSError):  # as Linux says that the other end is closed
            while read := os.read(screen, 4096):
                shown += read
    os.close(screen)
    assert b"Traceback" not in shown
    *_, last = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", shown.decode()).split("\n")[:-1]
    assert (
        last.strip() == f"stopped: 0 of 1 runs are finished and kept in {tmp_path / 'runs'}; "
        "the same command goes on from there"
    )
    assert process.returncode == 130
    assert not list((tmp_path / "runs").glob("no-pooling/0-*"))


@pytest.mark.parametrize("encoding", ["gbk", "cp1252"])
def test_a_console_that_lacks_characters_gets_the_nearest(encoding):
    code = (
        "import click\n"
        "from xo.command_line import CommandGroup\n"
        "@click.command(cls=CommandGroup, invoke_without_command=True)\n"
        "def main():\n"
        "    click.echo('10\\u00a0% of \\u221223\\u202f\\u2009\\u4e2d\\u207b')\n"
        "    click.echo('\\u00d7\\u00a0', err=True)\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"PYTHONIOENCODING": encoding},
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr
    shown = "\u4e2d" if encoding == "gbk" else "\\u4e2d"
    printed = done.stdout.decode(encoding).replace("\u00a0", " ").rstrip()
    assert printed == f"10 % of -23  {shown}\\u207b"
    assert done.stderr.decode(encoding).strip() == "\u00d7"


WAITING = """
import click, os, signal, sys, time
from xo.command_line import CommandGroup

@click.group(cls=CommandGroup)
def main():
    pass

@main.command()
def wait():
    print("waits", flush=True)
    time.sleep(60)

@main.command()
def serverless():
    from multiprocessing import forkserver
    from xo.store import processes
    with processes.pool(1) as executor:
        pid = forkserver._forkserver._forkserver_pid
        os.kill(pid, signal.SIGSTOP)  # it accepts work and dies before it does any
        signal.signal(signal.SIGALRM, lambda *_: os.kill(pid, signal.SIGKILL))
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        executor.submit(time.sleep, 60).result()

if __name__ == "__main__":
    main()
"""


@pytest.mark.skipif(os.name != "posix", reason="these signals are of POSIX")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_command_that_is_told_to_end_says_so_in_one_line(tmp_path, name):
    (tmp_path / "script.py").write_text(WAITING)
    with subprocess.Popen(
        [sys.executable, "script.py", "wait"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # As in a terminal: below nohup the command would go on, as it should.
        preexec_fn=lambda: signal.signal(getattr(signal, name), signal.SIG_DFL),
    ) as process:
        assert process.stdout.readline() == "waits\n"
        process.send_signal(getattr(signal, name))
        (line,) = process.stderr.read().splitlines()
    assert line == "stopped: what was finished is kept; the same command goes on from there"
    assert process.returncode == 130


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no server of processes")
def test_where_the_server_of_processes_is_killed_one_line_says_so(tmp_path):
    (tmp_path / "script.py").write_text(WAITING)
    done = subprocess.run(
        [sys.executable, "script.py", "serverless"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        text=True,
        capture_output=True,
        timeout=60,
    )
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: a process that works for this command was killed")
    assert done.returncode == 1
