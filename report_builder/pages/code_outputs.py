"""Code on pages, `{{ run(\"\"\"code\"\"\") }}`: run by a build and shown with what it printed.

`mkdocs serve` never runs it. Each block stands alone: it runs in a process of its own with this
project's Python.
"""

from __future__ import annotations

import ast
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from textwrap import dedent, indent
from typing import NamedTuple

from xo.errors import CheckFailed
from xo.store.artifact import Artifact
from xo.store.inputs import Inputs, sha256
from xo.store.processes import ONE_THREAD
from xo.store.source_digest import ROOT, Source
from xo.store.store import Store

KIND = "code output"  # of artifact
TIMEOUT = 120  # seconds
RUNNING = ("numpy", "torch")  # libraries whose version decides what code prints


class CodeBlock(NamedTuple):
    """Code and a page that it stands on."""

    name: str  # local-3f2a9c1b: the page and a digest of the code without its comments
    code: str
    page: str  # below docs
    margin: str = ""  # spaces before its lines on the page, where it stands in an answer

    @classmethod
    def of(cls, code: str, page: str) -> CodeBlock:
        """`code` as it stands between the quotes of `run`.

        Code that differs in comments alone, as on the other language's page, has the same name.
        """
        written, code = code.strip("\n"), dedent(code).strip("\n")
        margin = " " * (_first_column(written) - _first_column(code))
        try:
            significant = ast.unparse(ast.parse(code))
        except SyntaxError:  # which running it will report
            significant = code
        name = f"{Path(page).stem}-{sha256(significant.encode())[:8]}"
        return cls(name, code, page, margin)


def _first_column(code: str) -> int:
    """How many spaces stand before the first line."""
    return len(code) - len(code.lstrip(" "))


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """The environment of a script or notebook that uses this project, one thread of it."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    encoding = {"PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}
    return {**os.environ, **ONE_THREAD, **encoding, **variables}


def inputs(block: CodeBlock, source: Source, data: str, records: Mapping[str, str]) -> Inputs:
    """What decides the output: code, versions, and data and records where the code reads them.

    `data` is the digest of the data set; `records` are those of the study, run name to digest.
    """
    found: Inputs = {"code": source.reach_of_text(block.code), "versions": versions(RUNNING)}
    if "XO_DATA" in block.code:
        found["data"] = data
    if "XO_STORE" in block.code:
        found["records"] = dict(records)
    return found


def make(
    block: CodeBlock, inputs: Inputs, store: Store, docs: Path, variables: Mapping[str, str]
) -> Artifact:
    """Runs the code and stores what it printed, as `printed` of the artifact's content."""
    printed = execute(block, docs, variables)
    return store.add(KIND, block.name, inputs, {"printed": printed}, {})


def versions(libraries: Iterable[str]) -> dict[str, str]:
    """Of Python and these libraries."""
    return {"python": platform.python_version()} | {name: version(name) for name in libraries}


def execute(block: CodeBlock, docs: Path, variables: Mapping[str, str]) -> str:
    """What the code prints, run with these variables (XO_DATA, XO_STORE, XO_STUDY).

    Raises CheckFailed, which names the page's line, where it fails or runs for longer than TIMEOUT.
    """
    with tempfile.TemporaryDirectory() as scratch:
        script = Path(scratch) / "code.py"
        script.write_text(f"{block.code}\n", encoding="utf-8")
        try:
            done = subprocess.run(
                [sys.executable, script],
                cwd=scratch,
                env=environment(variables),
                capture_output=True,
                encoding="utf-8",
                timeout=TIMEOUT,
            )
        except subprocess.TimeoutExpired:
            raise CheckFailed(
                f"{_place(block, docs)}: the code ran for more than {TIMEOUT} s; mend it"
            ) from None
    if done.returncode:
        lines = re.findall(rf'File "{re.escape(str(script))}", line (\d+)', done.stderr)
        last = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        place = _place(block, docs, int(lines[-1]) if lines else 1)
        raise CheckFailed(f"{place}: the code failed with {last[-1]}; mend it")
    return done.stdout.rstrip("\n")


def _place(block: CodeBlock, docs: Path, line: int = 1) -> str:
    """File and line of the page where that line of the code stands."""
    page = docs / block.page
    first = next(line for line in block.code.splitlines() if line.strip())
    text = page.read_text(encoding="utf-8")
    written = indent(block.code, block.margin)
    start = max(text.find(written), 0) or max(text.find(first), 0)
    return f"{page}:{text[:start].count(chr(10)) + line}"
