from __future__ import annotations

import ast

import pytest

from xo.store.source_digest import ROOT, Source, _digest

NO_WORDS: frozenset[str] = frozenset()
MAIN = '''
"""Docstring."""
from xo import helper
from xo.helper import direct
if TYPE_CHECKING:
    from xo.table import Row

LIMIT = 3

def target(row: Row):
    """Says something."""
    return helper.through(LIMIT) + direct()  # a comment

def bystander():
    return 1
'''
HELPER = """
STEP = 1

def through(x):
    return x + STEP

def direct():
    return 2

def unused():
    return 3
"""


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "xo").mkdir()
    for name, text in {
        "__init__": "",
        "main": MAIN,
        "helper": HELPER,
        "table": "Row = 1\n",
    }.items():
        (tmp_path / "xo" / f"{name}.py").write_text(text)
    return tmp_path


def reach(tree):
    return Source(tree).reach("xo.main:target")


def test_reaches_what_is_used_and_nothing_else(tree):
    names = {name for name in reach(tree) if not name.endswith(":")}
    assert names == {
        "xo.main:target",
        "xo.main:LIMIT",
        "xo.helper:through",
        "xo.helper:STEP",
        "xo.helper:direct",
    }


@pytest.mark.parametrize(
    "file, old, new, changed",
    [
        ("helper", "STEP = 1", "STEP = 2", {"xo.helper:STEP"}),
        ("main", "LIMIT = 3", "LIMIT = 4", {"xo.main:LIMIT"}),
        ("main", "# a comment", "# another", set()),
        ("main", "Says something", "Says more", set()),
        ("main", "return 1", "return 5", set()),
        ("helper", "return 3", "return 4", set()),
        ("table", "Row = 1", "Row = 2", set()),
    ],
)
def test_a_change_shows_where_it_was_made(tree, file, old, new, changed):
    before = reach(tree)
    path = tree / "xo" / f"{file}.py"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    after = reach(tree)
    assert {name for name in before | after if before.get(name) != after.get(name)} == changed


def test_training_reaches_the_model_but_not_the_table_of_variants():
    names = Source(ROOT).reach("xo.network.train:train")
    assert "xo.network.model:Net" in names and "xo.network.step:sgd_step" in names
    assert not any(name.startswith(("xo.variants", "xo.runs.", "xo.cli")) for name in names)


def test_a_field_that_another_python_adds_to_every_function_changes_no_digest(monkeypatch):
    """Python 3.12 gave functions a field for type parameters, empty in this project."""
    source = "def target(x=None, *y):\n    return [*y, (x, None), True]"
    (now,), (later,) = ast.parse(source).body, ast.parse(source).body
    later._fields = (*ast.FunctionDef._fields, "more")
    later.more = []
    assert _digest([now], NO_WORDS) == _digest([later], NO_WORDS)
    for other in ("x=0, *y", "x=False, *y", "*y, x=None"):
        (changed,) = ast.parse(source.replace("x=None, *y", other)).body
        assert _digest([changed], NO_WORDS) != _digest([now], NO_WORDS)


SPOKEN = """
from xo.helper import shown

def target(n):
    text = Text("eins {n}", "one").format(n=shown(n))
    return text, n > 1, "plain".format(n), other(Text("inner", "inner"))

def other(text):
    return text
"""


@pytest.mark.parametrize(
    "old, new, changes",
    [
        ('"one"', '"another"', False),
        ("format(n=shown(n))", "format(n=n)", False),
        ('Text("inner", "inner")', 'Text("else", "else").format(a=1)', False),
        ("n > 1", "n > 2", True),
        ('"plain"', '"other"', True),  # a string that is not wording may decide
        ('other(Text("inner", "inner"))', 'other(n, Text("inner", "inner"))', True),
        ("return text\n", "return None\n", True),
    ],
)
def test_wording_counts_only_where_it_is_not_said_to_be_wording(tree, old, new, changes):
    file = tree / "xo" / "main.py"
    assert old in SPOKEN
    texts = (SPOKEN, SPOKEN.replace(old, new))

    def digests(words):
        (tree / "xo" / "helper.py").write_text("def shown(n):\n    return n\n")
        for text in texts:
            file.write_text(text)
            found = Source(tree, words).reach("xo.main:target")
            yield {name: found[name] for name in ("xo.main:target", "xo.main:other")}

    before, after = digests(frozenset({"Text"}))
    assert (before != after) == changes
    before, after = digests(NO_WORDS)
    assert before != after


@pytest.mark.parametrize(
    "script",
    [
        "%matplotlib inline\nfrom xo.helper import direct\ndirect()",
        "from xo.helper import direct\ndirect(",
        "from xo.not_there import direct\ndirect()",
        "from xo.helper import *\ndirect()",
        "direct = '\0'",
    ],
)
def test_what_cannot_be_followed_reaches_everything(tree, script):
    found = Source(tree).reach_of_text(script)
    assert {"xo.helper:unused", "xo.main:bystander", "xo.table:Row"} <= found.keys()
    (tree / "xo" / "helper.py").write_text(HELPER.replace("return 2", "return 5"))
    assert Source(tree).reach_of_text(script) != found
