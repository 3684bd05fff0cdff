"""What both command lines say of themselves, and how they answer names that are not known."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version

import click
import pytest
from click.testing import CliRunner

from report_builder.options import language_of_locale
from report_builder.results.claims import CLAIMS
from xo.runs.study import STUDIES
from xo.variants import VARIANTS

PACKAGES = ("xo", "report_builder")


def all_commands() -> Iterator[tuple[str, ...]]:
    """("xo",), ("xo", "data"), ("xo", "data", "import"), ..."""

    def below(words: tuple[str, ...], command: click.Command) -> Iterator[tuple[str, ...]]:
        yield words
        for name, each in getattr(command, "commands", {}).items():
            yield from below((*words, name), each)

    for package in PACKAGES:
        yield from below((package,), import_module(f"{package}.cli").main)


def run(package: str, *words: str):
    main = import_module(f"{package}.cli").main
    return CliRunner().invoke(main, words, terminal_width=80, prog_name=f"python -m {package}")


@pytest.mark.parametrize("words", list(all_commands()), ids=" ".join)
def test_help_has_whole_sentences_and_an_example_that_works(words):
    shown = run(*words, "--help").stdout
    assert "..." not in re.sub(r"\]\.\.\.|[A-Z]\.\.\.|\(.*, \.\.\.\)", "", shown)  # IMAGE...
    (example,) = re.findall(r"Example: (.+)", shown)
    python, option, package, *rest = shlex.split(example)
    assert (python, option, package) == ("python", "-m", words[0])
    command = import_module(f"{package}.cli").main
    while isinstance(command, click.Group):
        command = command.commands[rest.pop(0)]
    assert tuple(shlex.split(example)[3:][: len(words) - 1]) == words[1:]
    command.make_context(command.name, rest)  # reads the options, and does nothing


@pytest.mark.parametrize("words", list(all_commands()), ids=" ".join)
def test_every_option_is_explained(words):
    command = import_module(f"{words[0]}.cli").main
    for word in words[1:]:
        command = command.commands[word]
    for option in command.params:
        assert isinstance(option, click.Argument) or option.help, option.name


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("xo list", VARIANTS),
        ("xo train", VARIANTS),
        ("xo predict", VARIANTS),
        ("xo runs export", STUDIES),
        ("report_builder build", [*STUDIES, *CLAIMS]),
        ("report_builder figure", STUDIES),
        ("report_builder verify", VARIANTS),
    ],
)
def test_names_are_choices(command, names):
    shown = run(*command.split(), "--help").stdout
    words = re.split(r"[\s,\[\]|]+", shown)
    assert [name for name in names if name not in words] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_both_say_their_version(package):
    assert run(package, "--version").stdout == f"xo-report {version('xo-report')}\n"


@pytest.mark.parametrize(
    ("command", "meant"),
    [
        ("xo list baselin", "baseline"),
        ("xo train three-cnv", "three-conv"),
        ("xo predict o.png --variant featurs", "features"),
        ("xo runs export runs.zip --study defalt", "default"),
        ("report_builder status --study smok", "smoke"),
        ("report_builder build --settle seed-decide", "seed-decides"),
        ("report_builder verify --sample 1 --variant kaimin", "kaiming"),
    ],
)
def test_a_mistyped_name_is_answered_before_anything_is_done(tmp_path, monkeypatch, command, meant):
    monkeypatch.chdir(tmp_path)
    result = run(*command.split())
    (line,) = result.stderr.splitlines()
    assert result.exit_code == 2 and f"not known (did you mean {meant}" in line
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["figure", "value"])
def test_one_or_all_of_figures_and_values_are_asked_for(command):
    for words in ((), ("x", "--list")):
        result = run("report_builder", command, *words)
        assert result.exit_code == 2 and "--list" in result.stderr


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_TW"}, "zh"),
        ({"LANG": "C.UTF-8", "LC_ALL": ""}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_language_is_that_of_the_locale(monkeypatch, variables, language):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert language_of_locale() == language
