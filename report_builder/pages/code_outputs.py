"""Code on pages, `{{ run(\"\"\"code\"\"\") }}`: run by a build and shown with what it printed.

`mkdocs serve` never runs it. Each block stands alone: it runs in a process of its own, which has
the libraries in memory already.
"""

from __future__ import annotations

import ast
import os
import platform
import re
import runpy
import sys
import tempfile
import traceback
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from textwrap import dedent, indent
from typing import NamedTuple

from report_builder.pages import sources
from report_builder.pages.templating import fill
from xo.errors import CheckFailed
from xo.store.artifact import Artifact
from xo.store.inputs import Inputs, sha256
from xo.store.processes import ONE_THREAD, Process, begin
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

    def shown(self, printed: str | None, language: str) -> str:
        """The code and what it printed, None before it has run, as they stand on the page.

        Both are indented as the code is, so that they stay within the answer to an exercise.
        """
        longest = max(map(len, re.findall("`+", printed or "")), default=0)
        fence = "`" * max(3, longest + 1)
        text = fill("code_output.md", language, code=self.code, printed=printed, fence=fence)
        return indent(text, self.margin).removeprefix(self.margin)


def _first_column(code: str) -> int:
    """How many spaces stand before the first line."""
    return len(code) - len(code.lstrip(" "))


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """The environment of a script or notebook that uses this project, one thread of it."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    encoding = {"PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}
    return {**os.environ, **ONE_THREAD, **encoding, **variables}


def inputs(block: CodeBlock, source: Source, data: Inputs, records: Mapping[str, str]) -> Inputs:
    """What decides the output: code, versions, and data and records where the code reads them.

    `data` are those of the data set; `records` are those of the study, run name to digest.
    """
    found: Inputs = {"code": source.reach_of_text(block.code), "versions": versions(RUNNING)}
    if "XO_DATA" in block.code:
        found |= data
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
        folder = Path(scratch, "code")
        folder.mkdir()
        script = folder / "code.py"
        script.write_text(f"{block.code}\n", encoding="utf-8")
        printed, errors = Path(scratch, "printed"), Path(scratch, "errors")
        arguments = (script, printed, errors, environment(variables))
        process = Process(target=_run, args=arguments, daemon=True)  # ends with its caller
        process.start()
        process.join(TIMEOUT)
        if process.is_alive():
            process.kill()
            process.join()
            raise CheckFailed(
                f"{_place(block, docs)}: the code ran for more than {TIMEOUT} s; mend it"
            )
        if process.exitcode:
            failure = errors.read_text(encoding="utf-8")
            lines = re.findall(rf'File "{re.escape(str(script))}", line (\d+)', failure)
            last = failure.strip().splitlines() or [f"exit status {process.exitcode}"]
            place = _place(block, docs, int(lines[-1]) if lines else 1)
            raise CheckFailed(f"{place}: the code failed with {last[-1]}; mend it")
        return printed.read_text(encoding="utf-8").rstrip("\n")


def _run(script: Path, printed: Path, errors: Path, variables: Mapping[str, str]) -> None:
    """In a process of its own: runs a script in its folder; what it prints goes to two files."""
    begin()
    os.environ.update(variables)
    os.chdir(script.parent)
    for stream, path in ((1, printed), (2, errors)):  # of the programs that it starts as well
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
    sys.stdout, sys.stderr = (open(stream, "w", encoding="utf-8") for stream in (1, 2))
    sys.argv = [str(script)]
    sys.path.insert(0, str(script.parent))
    try:
        runpy.run_path(str(script), run_name="__main__")
    except Exception:
        traceback.print_exc()
        sys.exit(1)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _place(block: CodeBlock, docs: Path, line: int = 1) -> str:
    """File and line of the page where that line of the code stands."""
    page = docs / block.page
    first = next(line for line in block.code.splitlines() if line.strip())
    text = sources.read(page)
    written = indent(block.code, block.margin)
    start = max(text.find(written), 0) or max(text.find(first), 0)
    return f"{page}:{text[:start].count(chr(10)) + line}"
